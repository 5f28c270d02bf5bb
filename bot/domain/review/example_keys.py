"""Note published example keys and placeholders, which a report mentions without stating a fact."""

from collections.abc import Callable, Iterable, Iterator

from bot.domain.review.citations import SourceText
from bot.domain.review.report import Note

MOST_NOTES = 20  # per report


def find_example_keys(text: SourceText, in_question: Callable[[int], bool]) -> Iterator[Note]:
    """Yield a note on each example key and placeholder on the lines in question. Its value stays hidden."""
    for secret in text.secrets:
        if secret.example and in_question(text.line_of(secret.start)):
            citation = text.cite(secret.start, secret.end)
            if citation is not None:
                wording = f"This value looks like {secret.example}, so it isn't reported as a secret."
                yield Note(text=wording, citation=citation)


def limit_notes(notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return the first notes, one for each line and wording."""
    places = {(note.citation.path, note.citation.line_start, note.text): note for note in notes}
    return tuple(places.values())[:MOST_NOTES]
