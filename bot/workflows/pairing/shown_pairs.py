"""Reads pairs and proposals in the form in which people may see them.

Leads see all pairs of a cohort, but their own only as the participant or sensei does. Other people see their
own pairs.
"""

from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.pairing.parties import is_listed, is_party, may_read_reason, may_swap, shown_state
from bot.domain.pairing.records import OPERATOR, Pair, Proposal, UnassignedParticipant
from bot.domain.pairing.shown_pairs import (
    IntroducedPerson,
    PreviousPair,
    ProposalBoard,
    ShownPair,
    ShownUnassigned,
    SwapChoice,
)
from bot.domain.pairing.states import GOING_ON, PairState
from bot.domain.pairing.unassigned import NO_PROFILE
from bot.ports.store import Tx
from bot.rendering.pairing.explanations import explain_blame, explain_pair, withhold_blame
from bot.workflows.pairing.eligibility import PairChecks
from bot.workflows.pairing.lookups import PersonNames, find_enrolment, names_of
from bot.workflows.pairing.own_pairs import has_role

_OVER = (PairState.VETOED, PairState.ENDED)


def build_board(tx: Tx, proposal: Proposal, vocabulary: Vocabulary, reader: str = OPERATOR) -> ProposalBoard:
    """Return a proposal as a lead sees it, without replaced pairs. ``reader`` is the lead's id."""
    cohort = tx.cohorts.get(proposal.cohort)
    names = names_of(tx, cohort.id)
    pairs = [pair for pair in tx.pairings.by_proposal(proposal.id) if is_listed(pair, reader)]
    is_sensei = has_role(tx, reader, cohort.id, CohortRole.SENSEI)
    pairs.sort(
        key=lambda pair: (pair.state is not PairState.PROPOSED, names[pair.participant].casefold(), pair.id)
    )
    return ProposalBoard(
        proposal.id,
        cohort.name,
        proposal.at,
        tuple(show_pair(tx, pair, names, vocabulary, reader) for pair in pairs),
        tuple(
            ShownUnassigned(
                names[unassigned.participant],
                _explain_blame(unassigned, names, is_sensei=is_sensei),
                _find_previous(tx, unassigned.participant, cohort.id, names, reader),
            )
            for unassigned in proposal.unassigned
            if unassigned.participant != reader and not _has_pair(tx, unassigned.participant, cohort.id)
        ),
        has_role(tx, reader, cohort.id, CohortRole.PARTICIPANT),
        is_sensei,
    )


def _explain_blame(unassigned: UnassignedParticipant, names: PersonNames, *, is_sensei: bool) -> str:
    """Return why a participant has no sensei. A lead who is a sensei isn't told: they could be the cause.

    They are never told, whatever the cause is. Otherwise, the silence itself would reveal it.
    """
    if is_sensei and unassigned.blame != NO_PROFILE:
        return withhold_blame(names[unassigned.participant])
    return explain_blame(unassigned.participant, unassigned.blame, names)


def _has_pair(tx: Tx, participant: str, cohort: int) -> bool:
    return any(
        pair.participant == participant and pair.cohort == cohort and pair.state in GOING_ON
        for pair in tx.pairings.by_person(participant)
    )


def show_pair(
    tx: Tx, pair: Pair, names: PersonNames, vocabulary: Vocabulary, reader: str = OPERATOR
) -> ShownPair:
    """Return a pair as a lead sees it. ``reader`` is the lead's id."""
    is_own = is_party(pair, reader)
    readers = (reader,) if is_own else ()
    return ShownPair(
        pair.id,
        names[pair.participant],
        names[pair.sensei],
        shown_state(pair, reader),
        pair.fit,
        explain_pair(pair, names, vocabulary, *readers),
        pair.locked,
        pair.why if may_read_reason(pair, reader) else "",
        pair.deadline if pair.state is PairState.APPROVED else None,
        _find_previous(tx, pair.participant, pair.cohort, names, reader, pair.id),
        is_own=is_own,
    )


def _find_previous(  # noqa: PLR0913, PLR0917 - whose pair, who reads, and where to stop
    tx: Tx, participant: str, cohort: int, names: PersonNames, reader: str, before: int | None = None
) -> PreviousPair | None:
    """Return how a participant's last pair ended. Only pairs with an id below ``before`` count.

    Participants are never told of a veto, so those who are leads read nothing about their own earlier pairs.
    """
    for pair in tx.pairings.by_person(participant) if participant != reader else ():
        if pair.cohort != cohort or pair.participant != participant:
            continue
        if pair.state in _OVER and (before is None or pair.id < before):
            why = pair.why if may_read_reason(pair, reader) else ""
            return PreviousPair(names[pair.sensei], pair.state, why)
    return None


def swap_choices(checks: PairChecks, pair: Pair, names: PersonNames, reader: str) -> tuple[SwapChoice, ...]:
    """Return a lead's choices for a swap, best for the cohort first.

    They are senseis with a free place, and other pairs to exchange senseis with. Forbidden pairs are left
    out, and always those that concern the lead.
    """
    now = checks.percent(pair.participant, pair.sensei)
    choices = [
        SwapChoice(f"s {sensei.person}", sensei.name, checks.percent(pair.participant, sensei.person) - now)
        for sensei in checks.senseis()
        if sensei.person != pair.sensei
        and may_swap(reader, pair, sensei.person)
        and checks.free_places(sensei.person)
        and not checks.bars(pair.participant, sensei.person)
    ]
    for other in checks.rows.going_on:
        waits = other.state in {PairState.PROPOSED, PairState.APPROVED}
        if not waits or other.id == pair.id or other.sensei == pair.sensei:
            continue
        if not may_swap(reader, pair, other.sensei, other):
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
