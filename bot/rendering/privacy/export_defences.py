"""What an export's page says about design documents and defences."""

from collections.abc import Iterator

from bot.rendering.privacy.export_words import Json, day, quote_lines
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.defence_outcomes import OUTCOMES
from bot.rendering.text.safe_text import count

_OPEN = {"preparing": "still to come", "ready": "still to come", "cancelled": "not held: nothing was asked"}


def document_lines(found: Json) -> Iterator[str]:
    """Yield the design documents that a person gave, with what Sensei quoted from them."""
    if found["design_documents"]:
        yield from ("", "#### Design documents", "")
    for document in found["design_documents"]:
        where = "pasted" if document["source"] == "pasted" else f"the file {code(document['path'] or '?')}"
        read = f", read on {day(document['read_at'])}" if document["read_at"] else ", not read"
        yield f"- Given on {day(document['at'])}: {where}{read}."
        if document["text"]:
            yield ""
            yield from quote_lines(document["text"], "  ")
            yield ""
        found_in = document["findings"] or {}
        for finding in found_in.get("findings", ()):
            yield f"  - {code(finding['check'])}, line {finding['line']}:"
            yield from quote_lines(finding["quote"], "    ")
        for question in found_in.get("questions", ()):
            yield f"  - Asked: {plain(question)}"


def defence_lines(found: Json) -> Iterator[str]:
    """Yield a person's defences. The questions of one that is still to come aren't in the export."""
    if found["defences"]:
        yield from ("", "#### Defences", "")
    for defence in found["defences"]:
        held = f"held on {day(defence['held_at'])}" if defence["held_at"] else _OPEN[defence["state"]]
        yield f"- Prepared on {day(defence['prepared_at'])}, {held}."
        for question in defence["questions"]:
            yield f"  - {plain(question['text'])}"
            yield f"    About {code(question['path'])}, line {question['line_start']}."
            for ruling in question["rulings"]:
                yield f"    On {day(ruling['at'])}: {OUTCOMES[ruling['outcome']]}."
                if ruling["note"]:
                    yield from quote_lines(ruling["note"], "    ")


def defence_ruled_lines(elsewhere: Json) -> Iterator[str]:
    """Yield documents and defences in former capstones, and how often a person ruled as a sensei."""
    yield from document_lines(elsewhere)
    yield from defence_lines(elsewhere)
    rulings = elsewhere["defence_rulings"]
    if rulings:
        yield f"- You ruled on {count(len(rulings), 'question')} of defences:"
    for ruling in rulings:
        if ruling["note"]:
            yield f"  On {day(ruling['at'])}, you wrote:"
            yield from quote_lines(ruling["note"], "  ")
