"""Reads pairs and proposals in the form in which people may see them.

Leads see all pairs of a cohort. Other people see their own pairs.
"""

from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.records import Pair, Proposal
from bot.domain.pairing.shown_pairs import (
    IntroducedPerson,
    PreviousPair,
    ProposalBoard,
    ShownPair,
    ShownUnassigned,
    SwapChoice,
)
from bot.domain.pairing.states import GOING_ON, PairState
from bot.ports.store import Tx
from bot.rendering.pairing.explanations import explain_blame, explain_pair
from bot.workflows.pairing.eligibility import PairChecks
from bot.workflows.pairing.lookups import PersonNames, find_enrolment, names_of

_OVER = (PairState.VETOED, PairState.ENDED)
_SHOWN = tuple(state for state in PairState if state is not PairState.REPLACED)


def build_board(tx: Tx, proposal: Proposal, vocabulary: Vocabulary) -> ProposalBoard:
    """Return a proposal as leads see it, without replaced pairs."""
    cohort = tx.cohorts.get(proposal.cohort)
    names = names_of(tx, cohort.id)
    pairs = [pair for pair in tx.pairings.by_proposal(proposal.id) if pair.state in _SHOWN]
    pairs.sort(
        key=lambda pair: (pair.state is not PairState.PROPOSED, names[pair.participant].casefold(), pair.id)
    )
    return ProposalBoard(
        proposal.id,
        cohort.name,
        proposal.at,
        tuple(show_pair(tx, pair, names, vocabulary) for pair in pairs),
        tuple(
            ShownUnassigned(
                names[unassigned.participant],
                explain_blame(unassigned.participant, unassigned.blame, names),
                _find_previous(tx, unassigned.participant, cohort.id, names),
            )
            for unassigned in proposal.unassigned
            if not _has_pair(tx, unassigned.participant, cohort.id)
        ),
    )


def _has_pair(tx: Tx, participant: str, cohort: int) -> bool:
    return any(
        pair.participant == participant and pair.cohort == cohort and pair.state in GOING_ON
        for pair in tx.pairings.by_person(participant)
    )


def show_pair(tx: Tx, pair: Pair, names: PersonNames, vocabulary: Vocabulary) -> ShownPair:
    """Return a pair as leads see it."""
    return ShownPair(
        pair.id,
        names[pair.participant],
        names[pair.sensei],
        pair.state,
        pair.fit,
        explain_pair(pair, names, vocabulary),
        pair.locked,
        pair.why,
        pair.deadline if pair.state is PairState.APPROVED else None,
        _find_previous(tx, pair.participant, pair.cohort, names, pair.id),
    )


def _find_previous(
    tx: Tx, participant: str, cohort: int, names: PersonNames, before: int | None = None
) -> PreviousPair | None:
    """Return how a participant's last pair ended. Only pairs with an id below ``before`` count."""
    for pair in tx.pairings.by_person(participant):
        if pair.cohort != cohort or pair.participant != participant:
            continue
        if pair.state in _OVER and (before is None or pair.id < before):
            return PreviousPair(names[pair.sensei], pair.state, pair.why)
    return None


def swap_choices(checks: PairChecks, pair: Pair, names: PersonNames) -> tuple[SwapChoice, ...]:
    """Return the choices for a swap, best for the cohort first.

    They are senseis with a free place, and other pairs to exchange senseis with. Forbidden pairs are left
    out.
    """
    now = checks.percent(pair.participant, pair.sensei)
    choices = [
        SwapChoice(f"s {sensei.person}", sensei.name, checks.percent(pair.participant, sensei.person) - now)
        for sensei in checks.senseis()
        if sensei.person != pair.sensei
        and checks.free_places(sensei.person)
        and not checks.bars(pair.participant, sensei.person)
    ]
    for other in checks.rows.going_on:
        waits = other.state in {PairState.PROPOSED, PairState.APPROVED}
        if not waits or other.id == pair.id or other.sensei == pair.sensei:
            continue
        if checks.bars(pair.participant, other.sensei) or checks.bars(other.participant, pair.sensei):
            continue
        change = checks.percent(pair.participant, other.sensei)
        change += checks.percent(other.participant, pair.sensei)
        change -= now + checks.percent(other.participant, other.sensei)
        name = f"{names[other.sensei]}, swap with {names[other.participant]}"
        choices.append(SwapChoice(f"p {other.id}", name, change))
    choices.sort(key=lambda choice: (-choice.change, choice.name.casefold(), choice.value))
    return tuple(choices)


def introduced_person(tx: Tx, person: str, cohort: int) -> IntroducedPerson:
    """Return a person in the form shown to the person they are introduced to."""
    member = find_enrolment(tx, person, cohort)
    if member is None:
        return IntroducedPerson(PersonNames()[person])
    profile = member.profile
    return IntroducedPerson(
        member.name, member.chat, profile.goals if profile else "", profile.brief if profile else ""
    )
