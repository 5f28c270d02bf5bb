"""Merge the answers for several packs. A model selects the best proposals by number, and cannot add any."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bot.domain.review.lenient_values import as_line, as_list, as_number
from bot.domain.review.model_answers import (
    READ_CAPS,
    AnswerLimits,
    ParsedAnswer,
    Proposal,
    ProposedConcern,
    ProposedMovement,
    ProposedQuestion,
    ProposedStrength,
    ReadAnswer,
    merge_movements,
)

T = TypeVar("T")


def number_proposals(answers: Sequence[ReadAnswer]) -> tuple[Proposal, ...]:
    """Return all proposals of several answers, ordered by kind and then by answer. Numbers start at 1."""
    kinds = ("movements", "concerns", "questions", "strengths")
    return tuple(proposal for kind in kinds for answer in answers for proposal in getattr(answer, kind))


def parse_reduce(
    document: Any, answers: Sequence[ReadAnswer], caps: AnswerLimits = READ_CAPS
) -> ParsedAnswer[ReadAnswer]:
    """Parse the answer to ``review/reduce``, which selects proposals by number."""
    selection = _Selection(document, number_proposals(answers))
    answer = ReadAnswer(
        touched=tuple(dict.fromkeys(name for answer in answers for name in answer.touched)),
        movements=merge_movements(selection.movements(caps.movements)),
        concerns=tuple(selection.choose("concerns", ProposedConcern, caps.concerns)),
        questions=tuple(selection.choose("questions", ProposedQuestion, caps.questions)),
        strengths=tuple(selection.choose("strengths", ProposedStrength, caps.strengths)),
    )
    return ParsedAnswer(answer, selection.dropped)


class _Selection:
    """Looks up proposals by their numbers, and counts unknown numbers."""

    def __init__(self, document: Any, proposals: Sequence[Proposal]) -> None:
        self.dropped: Counter[str] = Counter()
        self._document = document if isinstance(document, Mapping) else {}
        if not isinstance(document, Mapping):
            self.dropped["answer: not an object"] += 1
        self._proposals = proposals

    def choose(self, key: str, kind: type[T], limit: int) -> list[T]:
        chosen = self._find_numbered(self._document.get(key), kind)
        if len(chosen) > limit:
            self.dropped[f"{key.removesuffix('s')}: more than {limit}"] += len(chosen) - limit
        return chosen[:limit]

    def movements(self, limit: int) -> list[ProposedMovement]:
        chosen: list[ProposedMovement] = []
        for item in as_list(self._document.get("movements")):
            entry = item if isinstance(item, Mapping) else {"numbers": item}
            parts = self._find_numbered(entry.get("numbers"), ProposedMovement)
            if not parts:
                continue
            matching = [
                part for part in parts if (part.check, part.direction) == (parts[0].check, parts[0].direction)
            ]
            self.dropped["movement: joined to another check"] += len(parts) - len(matching)
            chosen.append(_join_movements(matching, entry))
        self.dropped[f"movement: more than {limit}"] += max(0, len(chosen) - limit)
        self.dropped = +self.dropped
        return chosen[:limit]

    def _find_numbered(self, value: Any, kind: type[T]) -> list[T]:
        found: dict[int, T] = {}
        for item in as_list(value):
            number = as_number(item, len(self._proposals))
            proposal = self._proposals[number - 1] if number else None
            if number and isinstance(proposal, kind):
                found[number] = proposal
            else:
                self.dropped["number: no such proposal"] += 1
        return list(found.values())


def _join_movements(parts: Sequence[ProposedMovement], entry: Mapping[str, Any]) -> ProposedMovement:
    (joined,) = merge_movements(parts)
    is_whole = entry.get("partial") in (False, "false") and not as_line(entry.get("missing"))
    # Each answer saw only part of the evidence, so only several together can support the whole check.
    return replace(joined, partial=False, missing="") if is_whole and len(parts) > 1 else joined
