"""Check a model's proposals against the code. Drop those that cannot be quoted or contradict a signal."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.review.context import ChangeText, ContextPack, CutPart, NearbyText, ReadableFile
from bot.domain.review.model_answers import (
    ProposedConcern,
    ProposedMovement,
    ProposedQuestion,
    Quote,
    ReadAnswer,
)
from bot.domain.review.question_selection import MOST_CITATIONS, QuotedHit
from bot.domain.review.quote_location import locate_quote
from bot.domain.review.report import Citation, Concern, Movement, Question, Strength
from bot.domain.secrets.detection import Redactor

Line = tuple[str, str, int]
"""A line of the change: its path, side and number."""

# A claim that something is missing. It is wrong if a signal found it in the same file for the same check.
_ABSENCE = re.compile(r"\b(?:no|not|never|without|lacks?|missing|none|nothing)\b|n't\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadingMaterial:
    """The input of a model's reading.

    ``files`` are both sides of the changed files, ``words`` the texts of the change, ``neighbours`` unchanged
    text that explains it, ``found`` and ``facts`` the hits of signals and the resulting concerns. ``notes``
    names what could not be read.
    """

    files: Sequence[ReadableFile]
    words: Sequence[ChangeText]
    neighbours: Sequence[NearbyText]
    found: Sequence[QuotedHit]
    facts: Sequence[Concern]
    redactor: Redactor
    baseline: bool
    notes: Sequence[CutPart] = ()


@dataclass(frozen=True, slots=True)
class LocatedProposals:
    """The part of an answer whose quotes were found in the code."""

    movements: list[Movement]
    concerns: list[Concern]
    questions: list[Question]


@dataclass(slots=True)
class ProposalLocator:
    """Turns proposals into items of a report; ``dropped`` counts the refused ones by reason."""

    packs: Sequence[ContextPack]
    material: ReadingMaterial
    dropped: Counter[str]
    _files: Mapping[str, ReadableFile] = field(init=False)

    def __post_init__(self) -> None:
        """Index the files by path."""
        self._files = {readable.file.path: readable for readable in self.material.files}

    def locate(self, answer: ReadAnswer) -> LocatedProposals:
        """Locate an answer's movements, concerns and questions. A baseline asks no questions."""
        return LocatedProposals(
            list(self._locate_movements(answer.movements)),
            list(self._locate_concerns(answer.concerns)),
            [] if self.material.baseline else list(self._locate_questions(answer.questions)),
        )

    def locate_strengths(self, answer: ReadAnswer) -> list[Strength]:
        """Locate an answer's strengths."""
        return [
            Strength(text=strength.text, citation=citation)
            for strength in answer.strengths
            if (citation := self._locate_quote(strength, "strength"))
        ]

    def _locate_quote(self, quote: Quote, kind: str) -> Citation | None:
        side = None if quote.source == "text" else quote.side
        citation = locate_quote(quote.quote, quote.path, side, self.packs, self._files)
        if citation is None:
            self.dropped[f"{kind}: quote not found"] += 1
        return citation

    def _locate_movements(self, proposals: Iterable[ProposedMovement]) -> Iterator[Movement]:
        for proposal in proposals:
            located = [self._locate_quote(quote, "movement") for quote in proposal.quotes]
            citations = tuple(citation for citation in located if citation)[:MOST_CITATIONS]
            if citations:
                yield Movement(
                    check=proposal.check,
                    direction=proposal.direction,
                    partial=proposal.partial,
                    missing=proposal.missing,
                    source="model",
                    citations=citations,
                )

    def _locate_concerns(self, proposals: Iterable[ProposedConcern]) -> Iterator[Concern]:
        stated = list_cited_lines(self.material.facts)
        for proposal in proposals:
            citation = self._locate_quote(proposal, "concern")
            if citation is None:
                continue
            if not stated.isdisjoint(cited_lines(citation)):
                self.dropped["concern: a signal states it"] += 1
            elif _contradicts_signal(proposal, citation, self.material.found):
                self.dropped["concern: a signal found what it misses"] += 1
            else:
                yield Concern(
                    signal=None, check=proposal.check, text=proposal.fact, source="model", citation=citation
                )

    def _locate_questions(self, proposals: Iterable[ProposedQuestion]) -> Iterator[Question]:
        stated = list_cited_lines(self.material.facts)
        for proposal in proposals:
            citation = self._locate_quote(proposal, "question")
            if citation is None:
                continue
            if not stated.isdisjoint(cited_lines(citation)):
                self.dropped["question: a fact stands there"] += 1
            else:
                yield Question(
                    check=proposal.check, text=proposal.question, source="model", citation=citation
                )


def cited_lines(citation: Citation) -> Iterator[Line]:
    """Yield each line of a citation."""
    numbers = range(citation.line_start, citation.line_end + 1)
    return ((citation.path, citation.side, number) for number in numbers)


def list_cited_lines(concerns: Iterable[Concern]) -> set[Line]:
    """Return all lines that concerns cite."""
    return {line for concern in concerns for line in cited_lines(concern.citation)}


def _contradicts_signal(proposal: ProposedConcern, citation: Citation, found: Iterable[QuotedHit]) -> bool:
    return bool(_ABSENCE.search(proposal.fact)) and any(
        hit.armed.signal.yields == "evidence"
        and hit.armed.check.id == proposal.check
        and hit.citation.path == citation.path
        for hit in found
    )
