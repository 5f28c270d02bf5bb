"""The evaluation of hearing: answers to questions, and what two readers hear in them.

A case is a question with a participant's messages. Each reader says, without seeing the other's labels, what
the answer does (its stance) and which parts of a decision its own words fill. A part that only might count is
``either``: it is neither right nor wrong.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.domain.articulation.conversations import Stance
from bot.domain.articulation.slots import Slot
from bot.domain.evals.intervals import Tally
from bot.domain.evals.kappa import Agreement, Labels, measure_agreement
from bot.domain.rubrics.signal_rules import Id, Words


class AnswerKind(StrEnum):
    """How people answer."""

    TERSE = "terse"
    RAMBLING = "rambling"
    EVASIVE = "evasive"
    WRONG_BUT_ARGUED = "wrong_but_argued"
    RIGHT_BUT_UNARGUED = "right_but_unargued"
    PASTED = "pasted"
    SECOND_LANGUAGE = "second_language"
    HOSTILE = "hostile"


Message = Annotated[str, Field(min_length=1, max_length=8000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Heard(_Strict):
    """What a reader hears: the stance, the parts that are filled, and those that might be (``either``)."""

    stance: Stance
    slots: tuple[Slot, ...] = ()
    either: tuple[Slot, ...] = ()

    @model_validator(mode="after")
    def _check_apart(self) -> Self:
        if both := set(self.slots) & set(self.either):
            raise ValueError(f"{min(both)} is in both `slots` and `either`")
        return self


class AnswerCase(_Strict):
    """A question about lines of code, and the participant's messages. ``heard`` is the first reader's."""

    id: Id
    kind: AnswerKind
    check: Id
    question: Words
    path: Words
    quote: Words
    messages: Annotated[tuple[Message, ...], Field(min_length=1)]
    heard: Heard


class AskedFollowUp(NamedTuple):
    """The follow-up about a missing part.

    ``own``: in the model's words, and not the rubric's. ``refused`` says why the model's words aren't used.
    """

    slot: Slot
    text: str
    own: bool
    refused: str


class HeardCase(NamedTuple):
    """What a model heard in a case, and its quotes: those that were located, and those that were dropped."""

    heard: Heard
    located: int
    dropped: int
    follow_up: AskedFollowUp | None


class SlotScore(NamedTuple):
    """How well one part was heard. ``agreement`` compares the two labels, filled or not, case by case."""

    found: Tally
    right: Tally
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class HearingScore:
    """How far a hearing agrees with a reader, for each part and for the stance.

    Of a ``SlotScore``, ``found`` counts the parts that the reader hears and that were found, ``right`` those
    that were found and that the reader hears.
    """

    cases: int
    slots: Mapping[Slot, SlotScore]
    stance: Agreement
    by_kind: Mapping[AnswerKind, Tally]
    remarks: tuple[tuple[str, str], ...]


def score_hearing(cases: Sequence[AnswerCase], heard: Mapping[str, Heard]) -> HearingScore:
    """Compare what was heard, by the id of the case, with the first reader.

    Cases that were not heard are left out.
    """
    pairs = [(case, heard[case.id]) for case in cases if case.id in heard]
    slots = {slot: _score_slot(slot, pairs) for slot in Slot}
    stance = measure_agreement([Labels([(case.heard.stance, other.stance)]) for case, other in pairs])
    return HearingScore(len(pairs), slots, stance, _agree_by_kind(pairs), tuple(_list_remarks(pairs)))


def total(score: HearingScore) -> tuple[Tally, Tally]:
    """Return the parts found of those heard, and right of those found, over all parts."""
    found, right = Tally(), Tally()
    for part in score.slots.values():
        found, right = found.plus(part.found), right.plus(part.right)
    return found, right


_Pair = tuple[AnswerCase, Heard]


def _score_slot(slot: Slot, pairs: Sequence[_Pair]) -> SlotScore:
    decided = [
        (slot in case.heard.slots, slot in other.slots)
        for case, other in pairs
        if slot not in (*case.heard.either, *other.either)
    ]
    votes = Counter(decided)
    both = votes[True, True]
    return SlotScore(
        Tally(both, both + votes[True, False]),
        Tally(both, both + votes[False, True]),
        measure_agreement([Labels([(str(first), str(second))]) for first, second in decided]),
    )


def _agree_by_kind(pairs: Sequence[_Pair]) -> Mapping[AnswerKind, Tally]:
    """Count, for each kind of answer, the parts on which both readers agree, out of all that both decided."""
    tallies: dict[AnswerKind, Tally] = {}
    for case, other in pairs:
        wrong = len(_differences(case.heard, other))
        undecided = len({*case.heard.either, *other.either})
        of = len(Slot) - undecided
        tallies[case.kind] = tallies.get(case.kind, Tally()).plus(Tally(of - wrong, of))
    return {kind: tallies[kind] for kind in AnswerKind if kind in tallies}


def _differences(first: Heard, second: Heard) -> Collection[Slot]:
    undecided = {*first.either, *second.either}
    return [
        slot for slot in Slot if slot not in undecided and (slot in first.slots) != (slot in second.slots)
    ]


def _list_remarks(pairs: Sequence[_Pair]) -> list[tuple[str, str]]:
    remarks = []
    for case, other in pairs:
        remarks += [
            (
                case.id,
                f"{slot}: {'missed' if slot in case.heard.slots else 'heard, but not by the first reader'}",
            )
            for slot in _differences(case.heard, other)
        ]
        if case.heard.stance is not other.stance:
            remarks.append(
                (case.id, f"stance: {other.stance}, but the first reader says {case.heard.stance}")
            )
    return remarks
