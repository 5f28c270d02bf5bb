"""The passages of sources as a model and a reader see them: without secrets and invisible characters.

Quotes are looked up in this form too, so what a model saw is what it can be held to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.review.context.display import escape_for_display
from bot.domain.secrets.detection import Redactor
from bot.domain.sources.documents import FoundPassage

MOST_PASSAGES = 12
MOST_OF_A_PASSAGE = 2000
"""Maximum characters of a passage. What follows isn't shown, so it can't be quoted."""
MOST_OF_A_TITLE = 200


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage in the form in which it is shown. ``link`` is an http or https address, or ""."""

    title: str
    headings: tuple[str, ...]
    text: str
    link: str

    @property
    def name(self) -> str:
        """Its title and its last heading, as a citation names it."""
        heading = self.headings[-1] if self.headings else ""
        return f"{self.title}: {heading}" if heading and heading != self.title else self.title


def show_passages(passages: Sequence[FoundPassage]) -> tuple[ShownPassage, ...]:
    """Return the first passages as they are shown, in the same order."""
    return tuple(map(_show, passages[:MOST_PASSAGES]))


def _show(found: FoundPassage) -> ShownPassage:
    redact = Redactor().redact
    headings = tuple(_line(redact(heading)) for heading in found.passage.headings)
    text = escape_for_display(redact(found.passage.text))[:MOST_OF_A_PASSAGE]
    link = found.passage.link
    safe = link.startswith(("https://", "http://")) and link.isascii() and not set(link) & set(" <>|\"'\n")
    return ShownPassage(_line(redact(found.title)), headings, text, link if safe else "")


def _line(text: str) -> str:
    return " ".join(escape_for_display(text).split())[:MOST_OF_A_TITLE]
