"""What may be seen of pairs, and by whom: leads see all of a cohort's, the two of a pair their own."""

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.pairing.records import Pair, Proposal
from bot.domain.pairing.states import PairState
from bot.ports.store import Tx
from bot.rendering.pairing import wording as words
from bot.rendering.pairing.slack import (
    IntroducedPerson,
    ProposalBoard,
    ShownPair,
    ShownUnassigned,
    SwapChoice,
)
from bot.workflows.pairing.eligibility import PairChecks
from bot.workflows.pairing.lifecycle import VETO_WINDOW, PersonNames, names_of

_OVER = (PairState.VETOED, PairState.ENDED)
_SHOWN = tuple(state for state in PairState if state is not PairState.REPLACED)


def build_board(tx: Tx, proposal: Proposal) -> ProposalBoard:
    """Show a proposal as it is now: for leads alone. Pairs that others have replaced are left out."""
    cohort = tx.cohorts.get(proposal.cohort)
    names = names_of(tx, cohort.id)
    pairs = [it for it in tx.pairings.of_proposal(proposal.id) if it.state in _SHOWN]
    pairs.sort(key=lambda it: (it.state is not PairState.PROPOSED, names[it.participant].casefold(), it.id))
    return ProposalBoard(
        proposal.id,
        cohort.name,
        proposal.at,
        tuple(show_pair(tx, it, names) for it in pairs),
        tuple(
            ShownUnassigned(
                names[one.participant],
                words.blamed(one.participant, one.blame, names),
                _before(tx, one.participant, cohort.id, names),
            )
            for one in proposal.unassigned
            if not _has_somebody(tx, one.participant, cohort.id)
        ),
    )


def _has_somebody(tx: Tx, participant: str, cohort: int) -> bool:
    return any(
        it.participant == participant
        and it.cohort == cohort
        and it.state in {PairState.PROPOSED, PairState.APPROVED, PairState.ACTIVE}
        for it in tx.pairings.of_person(participant)
    )


def show_pair(tx: Tx, it: Pair, names: PersonNames) -> ShownPair:
    """Show a pair to a lead."""
    return ShownPair(
        it.id,
        names[it.participant],
        names[it.sensei],
        it.state,
        it.fit,
        words.reasons(it, names),
        it.locked,
        it.why,
        it.changed_at + VETO_WINDOW if it.state is PairState.APPROVED else None,
        _before(tx, it.participant, it.cohort, names, it.id),
    )


def _before(
    tx: Tx, participant: str, cohort: int, names: PersonNames, than: int | None = None
) -> words.PreviousPair | None:
    """Return how the last pair of a participant came to its end, for leads."""
    for it in tx.pairings.of_person(participant):
        if it.cohort != cohort or it.participant != participant or (than is not None and it.id >= than):
            continue
        if it.state in _OVER:
            return words.PreviousPair(names[it.sensei], it.state, it.why)
    return None


def swap_choices(checks: PairChecks, it: Pair, names: PersonNames) -> tuple[SwapChoice, ...]:
    """Return with whom a pair's participant can be instead: senseis with a free place, and pairs to change
    places with; the best for the cohort first. What is barred is left out, without a word why.
    """
    now = checks.percent(it.participant, it.sensei)
    found = [
        SwapChoice(f"s {one.person}", one.name, checks.percent(it.participant, one.person) - now)
        for one in checks.senseis()
        if one.person != it.sensei and checks.free(one.person) and not checks.bars(it.participant, one.person)
    ]
    for other in checks.rows.going_on:
        waits = other.state in {PairState.PROPOSED, PairState.APPROVED}
        if not waits or other.id == it.id or other.sensei == it.sensei:
            continue
        if checks.bars(it.participant, other.sensei) or checks.bars(other.participant, it.sensei):
            continue
        change = checks.percent(it.participant, other.sensei) + checks.percent(other.participant, it.sensei)
        change -= now + checks.percent(other.participant, other.sensei)
        name = f"{names[other.sensei]}, for {names[other.participant]}"
        found.append(SwapChoice(f"p {other.id}", name, change))
    found.sort(key=lambda one: (-one.change, one.name.casefold(), one.value))
    return tuple(found)


def introduced_person(tx: Tx, person: str, cohort: int) -> IntroducedPerson:
    """Return somebody as the one they are introduced to sees them."""
    it = find_member(tx, person, cohort)
    if it is None:
        return IntroducedPerson(PersonNames()[person])
    profile = it.profile
    return IntroducedPerson(
        it.name, it.chat, profile.goals if profile else "", profile.brief if profile else ""
    )


def find_member(tx: Tx, person: str, cohort: int, role: str | None = None) -> Member | None:
    """Return what somebody is in a cohort; who is there still comes before who has left."""
    found = [one for one in tx.members.roles(person) if one.cohort == cohort and role in {None, one.role}]
    found.sort(key=lambda one: one.state is EnrolmentState.LEFT)
    return found[0] if found else None
