"""Pairs in words that every surface shares: what became of one, what to do next, a question to begin with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.dojo.people import Profile
from bot.domain.pairing.counterfactual import Counterfactual, ImpossiblePair, MovedParticipant
from bot.domain.pairing.fit import FOR_LEADS, PairReason, PairReasonKind
from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.records import Pair
from bot.domain.pairing.solver import SolvedPair as Matched
from bot.domain.pairing.states import PairState
from bot.domain.pairing.unassigned import Unassigned
from bot.rendering.pairing import explanations
from bot.rendering.text.safe_text import count

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
    PairState.VETOED: "You said no to this one. Somebody else is looked for.",
    PairState.REPLACED: "Somebody else was found meanwhile; there is nothing for you to do.",
    PairState.ENDED: "This pair has ended.",
}


@dataclass(frozen=True, slots=True)
class PreviousPair:
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
NO_PROFILE = "no_profile"
"""The blame of a participant who has said nothing of themselves yet."""


def barred(by: Constraint) -> str:
    """Say what forbids a pair: ``they share too few working hours``. Of a confidential one no more."""
    return _BARRED[by]


def blame_of(one: Unassigned) -> str:
    """Write what is to blame as one word: causes of which each suffices, or which only do it together."""
    return (_ANY if one.alone else _TOGETHER).join(one.causes)


def blamed(participant: str, blame: str, names: Mapping[str, str]) -> str:
    """Say in a sentence, for leads, why somebody has no sensei; ``blame`` is as ``blame_of`` made it."""
    if blame == NO_PROFILE:
        return f"{names[participant]} has not said yet when they work and what they look for."
    by = _TOGETHER if _TOGETHER in blame else _ANY
    causes = tuple(Constraint(cause) for cause in blame.split(by))
    return explanations.unpaired(Unassigned(participant, causes, by == _ANY), names)


_ANY, _TOGETHER = ",", "+"


def reasons(it: Pair, names: Mapping[str, str], *you: str) -> tuple[str, ...]:
    """Say why two people were matched, the strongest reason first, to those of them who read it, or to leads.

    Whose wish it was alone, and what nobody brings, leads read and the two themselves do not.
    """
    given = (
        PairReason(
            PairReasonKind(one["kind"]), tuple(one["subjects"]), one["want"], one["have"], one["minutes"]
        )
        for one in it.reasons
    )
    kept = tuple(one for one in given if not you or one.kind not in FOR_LEADS)
    pair = Matched(it.participant, it.sensei, it.fit, False, it.locked, kept)
    return explanations.reasons(pair, names, {**SKILLS, **STACKS}, you)


def why_not(it: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Say to a lead why two people are no pair, from what ``pairing_why.solved`` has found."""
    one, other = it["participant"], it["sensei"]
    if it["answer"] == "already":
        return f"{names[one]} with {names[other]} is what the best pairing has."
    if it["answer"] == "impossible":
        barred_by = ImpossiblePair(one, other, Constraint(it["constraint"]), it["minutes"])
        return explanations.why_not(barred_by, names, it["minimum"])
    moves = tuple(MovedParticipant(who, before, after) for who, before, after in it["moves"][:_MOST_MOVES])
    found = Counterfactual(one, other, it["instead_of"], it["full"], moves, it["fit_before"], it["fit_after"])
    more = len(it["moves"]) - len(moves)
    return explanations.why_not(found, names) + (f" And {more:,} more would move." if more else "")


_MOST_MOVES = 8


def working_out(without: int) -> str:
    """Answer a lead who asks for pairs."""
    if not without:
        return "Everybody active has a sensei, so there is nobody to pair."
    return (
        f"Pairs for {count(without, 'participant')} are being worked out. The proposal comes as a message in "
        "a moment, and goes to every lead."
    )


def nothing_new(outcome: str) -> str:
    """Tell a lead that solving has changed nothing."""
    if outcome == "same":
        return "Worked out again: the proposal that waits is still the best there is. Nothing was changed."
    return "Everybody active has a sensei, so there is nobody to pair."


def proposed(outcome: Mapping[str, Any]) -> str:
    """Say what came of proposing, at the command line."""
    match outcome["outcome"]:
        case "nobody":
            return "Everybody active has a sensei, so there is nobody to pair."
        case "same":
            return f"Proposal {outcome['proposal']} is still the best there is; `sensei pair show` shows it."
    made = f"Proposal {outcome['proposal']} is made"
    return f"{made}: `sensei pair show` shows it, `sensei pair approve` approves pairs."


def approved(number: int) -> str:
    """Say how many pairs were approved."""
    if not number:
        return "No pair was approved."
    whose = "its sensei is" if number == 1 else "their senseis are"
    return f"{count(number, 'pair')} approved: {whose} asked, and silence for a day is a yes."


def not_all(refused: int) -> str:
    """Tell a lead that some pairs were not approved."""
    return (
        f"{count(refused, 'pair')} could not be approved, as something has changed since. The "
        "rest is done. “Work out again” finds others."
    )


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
    if pairs and waiting == pairs:
        parts = [f"{count(pairs, 'pair')} for you to decide"]
    elif pairs:
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
    """Return ``A, B and C``, or ``A, B and 3 more``."""
    last = f"{len(names) - most:,} more" if len(names) > most else ""
    *shown, end = [*names[:most], *([last] if last else [])] or [""]
    return f"{', '.join(shown)} and {end}" if shown else end
