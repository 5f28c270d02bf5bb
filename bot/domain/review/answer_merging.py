"""From several readers' proposals to one answer: a model chooses among them by number and cannot add one."""

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
    merge_answers,
)

T = TypeVar("T")


def number_proposals(answers: Sequence[ReadAnswer]) -> tuple[Proposal, ...]:
    """Return all that several readers propose, by kind and then by reader; number 1 is the first."""
    kinds = ("movements", "concerns", "questions", "strengths")
    return tuple(one for kind in kinds for answer in answers for one in getattr(answer, kind))


def parse_reduce(
    document: Any, answers: Sequence[ReadAnswer], caps: AnswerLimits = READ_CAPS
) -> ParsedAnswer[ReadAnswer]:
    """Read the answer to ``review/reduce``: it chooses among proposals by number and cannot add one."""
    chooser = _Chooser(document, number_proposals(answers))
    answer = ReadAnswer(
        touched=tuple(dict.fromkeys(name for one in answers for name in one.touched)),
        movements=merge_answers(chooser.movements(caps.movements)),
        concerns=tuple(chooser.choose("concerns", ProposedConcern, caps.concerns)),
        questions=tuple(chooser.choose("questions", ProposedQuestion, caps.questions)),
        strengths=tuple(chooser.choose("strengths", ProposedStrength, caps.strengths)),
    )
    return ParsedAnswer(answer, chooser.dropped)


class _Chooser:
    """Takes proposals by their numbers; counts the numbers that are none."""

    def __init__(self, document: Any, proposals: Sequence[Proposal]) -> None:
        self.dropped: Counter[str] = Counter()
        self._document = document if isinstance(document, Mapping) else {}
        if not isinstance(document, Mapping):
            self.dropped["answer: not an object"] += 1
        self._proposals = proposals

    def choose(self, key: str, kind: type[T], most: int) -> list[T]:
        chosen = self._numbered(self._document.get(key), kind)
        if len(chosen) > most:
            self.dropped[f"{key.removesuffix('s')}: more than {most}"] += len(chosen) - most
        return chosen[:most]

    def movements(self, most: int) -> list[ProposedMovement]:
        chosen: list[ProposedMovement] = []
        for item in as_list(self._document.get("movements")):
            entry = item if isinstance(item, Mapping) else {"numbers": item}
            parts = self._numbered(entry.get("numbers"), ProposedMovement)
            if not parts:
                continue
            same = [
                one for one in parts if (one.check, one.direction) == (parts[0].check, parts[0].direction)
            ]
            self.dropped["movement: joined to another check"] += len(parts) - len(same)
            chosen.append(_joined(same, entry))
        self.dropped[f"movement: more than {most}"] += max(0, len(chosen) - most)
        self.dropped = +self.dropped
        return chosen[:most]

    def _numbered(self, value: Any, kind: type[T]) -> list[T]:
        found: dict[int, T] = {}
        for each in as_list(value):
            n = as_number(each, len(self._proposals))
            one = self._proposals[n - 1] if n else None
            if n and isinstance(one, kind):
                found[n] = one
            else:
                self.dropped["number: no such proposal"] += 1
        return list(found.values())


def _joined(parts: Sequence[ProposedMovement], entry: Mapping[str, Any]) -> ProposedMovement:
    (one,) = merge_answers(parts)
    whole = entry.get("partial") in (False, "false") and not as_line(entry.get("missing"))
    # Where each reader saw a part, only several together can have seen the whole.
    return replace(one, partial=False, missing="") if whole and len(parts) > 1 else one
