"""Pairs in words that every surface shares: what became of one, what to do next, a question to begin with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.pairing.fit import ReasonKind
from bot.domain.pairing.problem import Constraint
from bot.domain.people import Profile
from bot.ports.dojo import PairState
from bot.rendering.text import count

SKILLS: Mapping[str, str] = {
    "outcome": "Outcome and product thinking",
    "integration": "Enterprise AI integration",
    "risk": "Risk-aware system design",
    "validation": "Continuous validation",
    "context": "Context engineering",
    "reliability": "Reliability",
    "governance": "Governance and traceability",
    "performance_cost": "Performance and cost",
    "security": "Security",
    "delivery": "Testing, rollout and operation",
}
"""Titles of the criteria of ``rubrics/capstone.yaml``, in its order; others are called by their id."""
STACKS: Mapping[str, str] = {
    "amazon-bedrock": "Amazon Bedrock",
    "anthropic": "Anthropic",
    "coding-assistants": "Coding assistants",
    "google-adk": "Google ADK",
    "open-models": "Open models",
    "openai": "OpenAI",
}
"""Names of the stacks of ``rubrics/stacks``, short enough for a list."""

BEGIN_WITH: Mapping[str, str] = {
    "outcome": "Who would notice on a Monday morning if this system were gone, and how could you tell?",
    "integration": "Which existing system is hardest to fit in with, and what have you assumed of it?",
    "risk": "What is the worst thing this system could do to somebody, and who would see it first?",
    "validation": "How would you know within a day that it had become worse?",
    "context": "What does the model have to know to do this well, and what must it never be shown?",
    "reliability": "The model is down for an hour in the middle of the day: what do people see?",
    "governance": "In a year somebody asks why the system said what it said: what can you show them?",
    "performance_cost": "What may one answer cost, how long may it take, and who says so?",
    "security": "Somebody writes to this system who wants it to do harm: what can they reach?",
    "delivery": "What would you want to have seen before you let a hundred people use it?",
}
"""A first question by the criterion that it is about: open, about a choice, with no one right answer."""

_OF_THE_CAPSTONE = "Which choice in your capstone are you least sure of, and what would make you change it?"
_OF_GOALS = (
    "What would you like to be able to decide at the end that you would not trust yourself with today?"
)

_STATES: Mapping[PairState, str] = {
    PairState.PROPOSED: "waits for a lead",
    PairState.APPROVED: "waits for the sensei",
    PairState.ACTIVE: "is active: both are introduced",
    PairState.DECLINED: "was declined by a lead",
    PairState.VETOED: "was turned down by the sensei",
    PairState.REPLACED: "was replaced by another proposal",
    PairState.ENDED: "has ended",
}
_NEXT: Mapping[PairState, str] = {
    PairState.PROPOSED: "It can be approved, swapped, locked or declined.",
    PairState.APPROVED: "The sensei can accept it or turn it down; a lead can swap it or take it back.",
    PairState.ACTIVE: "It can be ended.",
}
_OVER = "Propose anew to find somebody for who has nobody."
_DECIDED: Mapping[PairState, str] = {
    PairState.PROPOSED: "",
    PairState.APPROVED: "",
    PairState.ACTIVE: "Agreed: you two are introduced.",
    PairState.DECLINED: "Taken back by a lead; there is nothing for you to do.",
    PairState.VETOED: "You said that it is not this one. Somebody else is looked for.",
    PairState.REPLACED: "Somebody else was found meanwhile; there is nothing for you to do.",
    PairState.ENDED: "This pair has ended.",
}


@dataclass(frozen=True, slots=True)
class Before:
    """How a participant's last pair came to its end: the sensei's name, vetoed or ended, and the words."""

    sensei: str
    state: PairState
    why: str


_BARRED: Mapping[Constraint, str] = {
    Constraint.GONE: "one of them is not in the cohort, or has no profile yet",
    Constraint.SELF: "that is the same person",
    Constraint.PAUSED: "one of them is paused",
    Constraint.OVERLAP: "they share too few working hours",
    Constraint.CAPACITY: "there is no free place",
    Constraint.LOCKED: "pairs that are locked or stand already leave no place",
    Constraint.VETOED: "it was turned down before",
    Constraint.CONFIDENTIAL: "a confidential constraint",
}
_IN_THE_WAY: Mapping[str, str] = {
    Constraint.GONE: "there is no sensei in the cohort",
    Constraint.PAUSED: "who would fit is paused",
    Constraint.OVERLAP: "too few working hours in common with whoever has a place",
    Constraint.CAPACITY: "no place is free with whoever would fit",
    Constraint.LOCKED: "pairs that are locked or stand already",
    Constraint.VETOED: "whoever is left was turned down before",
    Constraint.CONFIDENTIAL: "a confidential constraint",
}
NO_PROFILE = "no_profile"
"""The blame of a participant who has said nothing of themselves yet."""


def barred(by: Constraint) -> str:
    """Say what forbids a pair: ``they share too few working hours``. Of a confidential one no more."""
    return _BARRED[by]


def blamed(blame: str) -> str:
    """Say in a sentence why somebody has no sensei; ``blame`` is as ``blame_of`` made it."""
    if blame == NO_PROFILE:
        return "Has not said yet when they work and what they look for."
    if _TOGETHER in blame:
        return f"In the way, together: {_joined(blame.split(_TOGETHER), ' and ')}."
    return f"In the way: {_joined(blame.split(_ANY), '; or ')}."


_ANY, _TOGETHER = ",", "+"


def blame_of(causes: Sequence[str], *, alone: bool) -> str:
    """Write what is to blame as one word: causes of which each suffices, or which only do it together."""
    return (_ANY if alone else _TOGETHER).join(causes)


def _joined(causes: Sequence[str], by: str) -> str:
    return by.join(_IN_THE_WAY.get(cause, "nobody who is there can take them") for cause in causes)


def counterfactual(it: Mapping[str, Any], names: Mapping[str, str], asker: str | None) -> tuple[str, ...]:
    """Say why two people are no pair, in sentences: to a lead (``asker`` None), or to one of the two."""
    return tuple(_counterfactual(it, names, asker))


def _counterfactual(it: Mapping[str, Any], names: Mapping[str, str], asker: str | None) -> Iterator[str]:
    if asker is not None:
        yield from _to_one_of_them(it, names, asker)
        return
    participant, sensei = names[it["participant"]], names[it["sensei"]]
    match it["answer"]:
        case "already":
            yield f"{participant} with {sensei} is what the best pairing has."
        case "impossible":
            yield f"Not possible: {_BARRED[Constraint(it['constraint'])]}."
            if it["constraint"] == Constraint.OVERLAP:
                yield f"{_time(it['minutes'])} a week in which both work."
        case _:
            if it["full"]:
                yield f"{sensei} is full in the best pairing."
            yield _movers(it)
            for who, before, after in it["moves"][:_MOST_MOVES]:
                yield f"{names[who]}: {_whom(before, names)} → {_whom(after, names)}"
            if len(it["moves"]) > _MOST_MOVES:
                yield f"and {len(it['moves']) - _MOST_MOVES:,} more."
            yield _loss(it)


_MOST_MOVES = 8


def _to_one_of_them(it: Mapping[str, Any], names: Mapping[str, str], asker: str) -> Iterator[str]:
    """Name nobody but the one who was asked about, and no constraint: it may be somebody's in confidence."""
    other = names[it["sensei"] if asker == it["participant"] else it["participant"]]
    match it["answer"]:
        case "already":
            yield f"You and {other} are together in the best pairing there is now."
        case "impossible":
            yield (
                f"You and {other} together is not possible as things are. It can be places, hours, pauses or "
                "something said in confidence; which, is not said here. Your lead can talk it over with you."
            )
        case _:
            yield f"You and {other} together is possible. {_movers(it)}"
            yield _loss(it)


def _movers(it: Mapping[str, Any]) -> str:
    moves = it["moves"]
    if not moves:
        return "Nobody else would have to move."
    left = sum(after is None for _, _, after in moves)
    of_whom = f", {left:,} of them to nobody" if left else ""
    return f"{'One other person' if len(moves) == 1 else f'{len(moves):,} others'} would move{of_whom}."


def _whom(person: str | None, names: Mapping[str, str]) -> str:
    return "nobody" if person is None else names[person]


def _loss(it: Mapping[str, Any]) -> str:
    if it["loss"] == 0:
        return "The cohort's fit would be the same."
    if it["loss"] < 0 or it["percent"] is None:
        return "Fewer people would have a sensei."
    percent = it["percent"]
    return (
        f"The cohort's fit would fall by {percent:.1f} %."
        if percent >= 0.05
        else ("The cohort's fit would fall by less than 0.1 %.")
    )


def working_out(without: int) -> str:
    """Answer a lead who asks for pairs."""
    if not without:
        return "Everybody active has a sensei, so there is nobody to pair."
    return (
        f"Pairs for {count(without, 'participant')} are being worked out. The proposal comes as a message in a "
        "moment, and goes to every lead."
    )


def nothing_new(outcome: str) -> str:
    """Tell a lead that solving has changed nothing."""
    if outcome == "same":
        return "Solved again: the proposal that waits is still the best there is. Nothing was changed."
    return "Everybody active has a sensei, so there is nobody to pair."


def not_all(refused: int) -> str:
    """Tell a lead that some pairs were not approved."""
    return (
        f"{count(refused, 'pair')} could not be approved, as something has changed since. The "
        "rest is done. “Solve again” finds others."
    )


def reasons(given: Sequence[Mapping[str, Any]], *, to_lead: bool) -> tuple[str, ...]:
    """Say why two people were matched, the strongest reason first.

    Whose wish it was, and what nobody brings, leads alone read: the two themselves hear of a wish only if it
    was both of theirs.
    """
    return tuple(_reasons(given, to_lead=to_lead))


_PLAIN: Mapping[str, str] = {
    ReasonKind.KEPT: "They are a pair already.",
    ReasonKind.CHOSEN: "Chosen by a lead.",
    ReasonKind.WISHED_BY_BOTH: "Both wished for this.",
    ReasonKind.WISHED_BY_PARTICIPANT: "The participant wished for this.",
    ReasonKind.WISHED_BY_SENSEI: "The sensei wished for this.",
    ReasonKind.COVERS: "Looked for and brought: {subjects}.",
    ReasonKind.OVERLAP: "{time} a week in which both work.",
    ReasonKind.STACKS: "Stacks of both: {subjects}.",
    ReasonKind.LACKS: "Looked for, not brought: {subjects}.",
}
_FOR_LEADS = frozenset(
    {
        ReasonKind.CHOSEN,
        ReasonKind.WISHED_BY_PARTICIPANT,
        ReasonKind.WISHED_BY_SENSEI,
        ReasonKind.LACKS,
    }
)


def _reasons(given: Sequence[Mapping[str, Any]], *, to_lead: bool) -> Iterator[str]:
    kinds: dict[str, list[Mapping[str, Any]]] = {}
    for one in given:
        kinds.setdefault(one["kind"], []).append(one)
    titles = {**SKILLS, **STACKS}
    for kind, ones in kinds.items():
        if kind in _PLAIN and (to_lead or kind not in _FOR_LEADS):
            subjects = [titles.get(subject, subject) for one in ones for subject in one["subjects"]]
            yield _PLAIN[kind].format(subjects=listed(subjects, 3), time=_time(ones[0]["minutes"]))


def _time(minutes: int) -> str:
    return count(round(minutes / 60), "hour") if minutes >= 90 else count(minutes, "minute")


def where(state: PairState) -> str:
    """Say where a pair is: ``waits for a lead``."""
    return _STATES[state]


def next_step(state: PairState) -> str:
    """Say what is possible with a pair, in a sentence."""
    return _NEXT.get(state, _OVER)


def decided(state: PairState) -> str:
    """Tell a sensei what became of a pair that they were asked about; nothing while it waits for them."""
    return _DECIDED[state]


def proposal_in_short(pairs: int, waiting: int, unassigned: int) -> str:
    """Say in a line how a proposal stands."""
    parts = [count(pairs, "pair")]
    if pairs and waiting != pairs:
        parts.append(f"{waiting:,} still to decide" if waiting else "all decided")
    if unassigned:
        parts.append(f"{count(unassigned, 'participant')} without a sensei")
    return ", ".join(parts) + "."


def signed(points: int) -> str:
    """Return ``+3`` or ``−12``."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "±0"


def first_question(participant: Profile | None, sensei: Profile | None) -> str:
    """Return a question that two people can begin with: of a skill that one looks for and the other brings.

    Skills that are not the rubric's are passed over; of equals the first in its order is taken.
    """
    if participant is None:
        return _OF_THE_CAPSTONE
    brings = sensei.skills if sensei else {}
    sought = [
        (-want * brings.get(skill, 0), -want, order, skill)
        for order, skill in enumerate(SKILLS)
        if (want := participant.skills.get(skill, 0))
    ]
    if sought:
        skill = min(sought)[3]
        return f"{SKILLS[skill]}: {BEGIN_WITH[skill][0].lower()}{BEGIN_WITH[skill][1:]}"
    return _OF_THE_CAPSTONE if participant.brief.strip() else _OF_GOALS


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return ``A, B and 3 more``."""
    shown = ", ".join(names[:most])
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")
