"""The code around the facts and the questions of a report, for a person who reads it away from an editor."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from bot.domain.review.citations import SourceText
from bot.domain.review.context import ReadableFile
from bot.domain.review.paths import display_path
from bot.domain.review.question_selection import QuotedHit
from bot.domain.review.report import Citation, CodeLine, Concern, Question

# The pages show the first places of each fact with their code, and only list the others.
MOST_PLACES = 3
MOST_EXCERPTS = 60  # of facts in a report
MOST_KEPT_PER_SIGNAL = 50  # while reading: which of them a report needs is only known at the end

Item = TypeVar("Item", Concern, Question)
_Place = tuple[str, str, int, int]


class Excerpts:
    """Collects the lines around the hits of signals while the texts are at hand.

    A committed secret gets no excerpt: the lines next to it are the likeliest to hold another secret, which
    no rule recognises.
    """

    def __init__(self, *, wanted: bool) -> None:
        """If they are not ``wanted``, no excerpt is kept or attached."""
        self._wanted = wanted
        self._kept: dict[_Place, tuple[CodeLine, ...]] = {}
        self._numbers: Counter[str] = Counter()

    def keep(self, text: SourceText, hits: Iterable[QuotedHit]) -> None:
        """Keep the lines around the hits in a text that a report may state or ask about."""
        for hit in hits if self._wanted else ():
            signal, citation = hit.armed.signal, hit.citation
            if signal.yields == "evidence" or self._numbers[signal.id] >= MOST_KEPT_PER_SIGNAL:
                continue
            self._numbers[signal.id] += 1
            self._kept[_place(citation)] = text.lines_around(citation.line_start, citation.line_end)

    def attach(self, items: Sequence[Item], files: Sequence[ReadableFile]) -> list[Item]:
        """Return the items, the first of each text with their excerpts. ``files`` are those a model read."""
        texts: dict[tuple[str, str], SourceText] = {
            (display_path(text.path), text.side): text
            for file in files
            for text in (file.head, file.base)
            if text is not None
        }
        attached: list[Item] = []
        number = 0
        of_text: Counter[str] = Counter()
        for item in items:
            of_text[item.text] += 1
            found: tuple[CodeLine, ...] = ()
            if self._wanted and number < MOST_EXCERPTS and of_text[item.text] <= MOST_PLACES:
                found = self._find(item, texts)
            number += bool(found)
            attached.append(item.model_copy(update={"excerpt": found}) if found else item)
        return attached

    def _find(
        self, item: Concern | Question, texts: dict[tuple[str, str], SourceText]
    ) -> tuple[CodeLine, ...]:
        citation = item.citation
        if item.source == "signal":
            return self._kept.get(_place(citation), ())
        text = texts.get((citation.path, citation.side)) if citation.source == "commit" else None
        return text.lines_around(citation.line_start, citation.line_end) if text else ()


def _place(citation: Citation) -> _Place:
    return citation.path, citation.side, citation.line_start, citation.line_end
