"""Pairs in words that every surface shares: what became of one, what to do next, a question to begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.people import Profile
from bot.ports.dojo import PairState
from bot.rendering.text import count

BEGIN_WITH: Mapping[str, str] = {
    "outcome": "Who would notice on a Monday morning if this system were gone, and how could you tell?",
    "integration": "Which system that exists already will be hardest to fit in with, and what have you assumed about it?",
    "risk": "What is the worst thing this system could do to somebody, and who would see it first?",
    "validation": "How would you know within a day that it had become worse?",
    "context": "What does the model have to know to do this well, and what must it never be shown?",
    "reliability": "The model is down for an hour in the middle of the day: what do people see?",
    "governance": "In a year somebody asks why the system said what it said: what will you be able to show them?",
    "performance_cost": "What may one answer cost, and how long may somebody wait for it? Where do those numbers come from?",
    "security": "Somebody writes to this system who wants it to do harm: what can they reach?",
    "delivery": "What would you want to have seen before you let a hundred people use it?",
}
"""A first question by the criterion that it is about: open, about a choice, with no one right answer."""

_OF_THE_CAPSTONE = "Which choice in your capstone are you least sure of, and what would make you change it?"
_OF_GOALS = "What would you like to be able to decide at the end that you would not trust yourself with today?"

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


def first_question(participant: Profile | None, sensei: Profile | None, titles: Mapping[str, str]) -> str:
    """Return a question that two people can begin with: of a skill that one looks for and the other brings.

    Skills that ``titles`` does not know are passed over; of equals the first in the rubric's order is taken.
    """
    if participant is None:
        return _OF_THE_CAPSTONE
    brings = sensei.skills if sensei else {}
    sought = [
        (-want * brings.get(skill, 0), -want, order, skill)
        for order, skill in enumerate(titles)
        if (want := participant.skills.get(skill, 0)) and skill in BEGIN_WITH
    ]
    if sought:
        skill = min(sought)[3]
        return f"{titles[skill]}: {BEGIN_WITH[skill][0].lower()}{BEGIN_WITH[skill][1:]}"
    return _OF_THE_CAPSTONE if participant.brief.strip() else _OF_GOALS


def listed(names: Sequence[str], most: int = 5) -> str:
    """Return ``A, B and 3 more``."""
    shown = ", ".join(names[:most])
    return shown + (f" and {len(names) - most:,} more" if len(names) > most else "")
