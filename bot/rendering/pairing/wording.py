"""Short sentences about pairs and proposals, shared by Slack, the terminal and errors."""

from collections.abc import Mapping
from typing import Any

from bot.domain.pairing.states import PairState
from bot.rendering.text.safe_text import count

# A sensei reads these too. Two wordings would tell them a confidential request from a lead's decision.
_WITHDRAWN = "is no longer proposed"
_NO_LONGER_PROPOSED = f"This pair {_WITHDRAWN}. You don't need to do anything."

_STATES: Mapping[PairState, str] = {
    PairState.PROPOSED: "is waiting for a lead",
    PairState.APPROVED: "is waiting for the sensei",
    PairState.ACTIVE: "is active",
    PairState.DECLINED: _WITHDRAWN,
    PairState.VETOED: "was turned down by the sensei",
    PairState.REPLACED: _WITHDRAWN,
    PairState.ENDED: "has ended",
}
_NEXT_STEPS: Mapping[PairState, str] = {
    PairState.PROPOSED: "A lead can approve, swap, lock or decline this pair.",
    PairState.APPROVED: (
        "The sensei can accept this pair or turn it down. A lead can swap the sensei or withdraw the pair."
    ),
    PairState.ACTIVE: "A lead can end this pair.",
}
_OVER = "If the participant still needs a sensei, a lead can propose pairs again."
_DECISIONS: Mapping[PairState, str] = {
    PairState.PROPOSED: "",
    PairState.APPROVED: "",
    PairState.ACTIVE: "Agreed: the two of you are now a pair.",
    PairState.DECLINED: _NO_LONGER_PROPOSED,
    PairState.VETOED: "You said no. I'm looking for another sensei for this participant.",
    PairState.REPLACED: _NO_LONGER_PROPOSED,
    PairState.ENDED: "This pair has ended.",
}
NOBODY_TO_PAIR = "There's nobody to pair: every active participant already has a sensei."
NO_OTHER_LEAD = "If there's no other lead, the person who runs Sensei can do this with `sensei pair`."


OWN_OUTCOME = "own"
"""The outcome for a lead who is waiting for a sensei: it doesn't say what was proposed for them."""


def _describe_nobody(cohort: str) -> str:
    return f"There's nobody to pair in {cohort}: every active participant already has a sensei."


def describe_solving(without: int, cohort: str) -> str:
    """Answer a lead who asks for pairs in a cohort, where ``without`` participants have no sensei."""
    if not without:
        return _describe_nobody(cohort)
    return (
        f"I'm working out pairs for {count(without, 'participant')} in {cohort}. "
        "I'll send the proposal to every lead in a moment."
    )


def describe_no_news(outcome: str) -> str:
    """Tell a lead that working out pairs changed nothing."""
    if outcome == OWN_OUTCOME:
        return (
            "I've worked out the pairs. There's nothing new for you to decide. Another lead will decide on "
            f"your own pair. {NO_OTHER_LEAD}"
        )
    if outcome == "same":
        return (
            "I worked out the pairs again. The current proposal is still the best, so nothing has changed. "
            "If pairs are still waiting for your decision, you can open the proposal again from this app's "
            "Home tab."
        )
    return NOBODY_TO_PAIR


def describe_proposal(outcome: Mapping[str, Any], cohort: str, flag: str) -> str:
    """Say what was proposed in a cohort, at the command line. ``flag`` is for the commands to run next."""
    number = outcome.get("proposal")
    match outcome["outcome"]:
        case "nobody":
            return _describe_nobody(cohort)
        case "same":
            return (
                f"Proposal {number} is still the best one for {cohort}. "
                f"To see it, run `sensei pair show{flag}`."
            )
    return (
        f"Proposal {number} for {cohort} is ready. To see it, run `sensei pair show{flag}`. "
        f"To approve all its pairs, run `sensei pair approve --all{flag}`."
    )


def describe_approval(number: int, cohort: str) -> str:
    """Say how many pairs of a cohort were approved."""
    if not number:
        return f"No pair was approved in {cohort}."
    asked = "the sensei" if number == 1 else "each sensei"
    return (
        f"{count(number, 'pair')} approved in {cohort}. Sensei is asking {asked}. "
        f"If {'the' if number == 1 else 'a'} sensei doesn't answer within 24 working hours, that counts as a "
        "yes."
    )


def describe_refusals(refused: int) -> str:
    """Tell a lead that some pairs could not be approved."""
    return (
        f"I couldn't approve {count(refused, 'pair')}, because something has changed since the proposal. The "
        "other pairs are approved. To find new pairs, choose “Work out pairs again”."
    )


def describe_state(state: PairState) -> str:
    """Return a pair's state as a predicate: ``is waiting for a lead``."""
    return _STATES[state]


def next_step(state: PairState) -> str:
    """Say what can be done with a pair in a state."""
    return _NEXT_STEPS.get(state, _OVER)


def describe_decision(state: PairState) -> str:
    """Tell a sensei the decision on a pair they were asked about; empty while there is none."""
    return _DECISIONS[state]


def summarise_proposal(pairs: int, waiting: int, unassigned: int) -> str:
    """Return a line about a proposal: ``8 pairs, 3 still to decide, 1 participant without a sensei.``"""
    parts = [count(pairs, "pair")]
    if pairs and waiting == pairs:
        parts = [f"{count(pairs, 'pair')} for you to decide"]
    elif pairs:
        parts.append(f"{waiting:,} still to decide" if waiting else "all decided")
    if unassigned:
        parts.append(f"{count(unassigned, 'participant')} without a sensei")
    return ", ".join(parts) + "."


def format_points(points: int) -> str:
    """Return ``+3`` or ``−12``."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "±0"
