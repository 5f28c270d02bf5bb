"""Finds a cohort's active leads, and its participants without a sensei."""

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.pairing.states import TAKES_A_PLACE
from bot.ports.store import Tx


def leads_of(tx: Tx, cohort: int) -> list[Member]:
    """Return the active leads of a cohort."""
    return [
        member for member in tx.members.of(cohort, CohortRole.LEAD) if member.state is EnrolmentState.ACTIVE
    ]


def is_lead(tx: Tx, person: str, cohort: int) -> bool:
    """Return whether a person is an active lead of a cohort."""
    return any(lead.person == person for lead in leads_of(tx, cohort))


def participants_without(tx: Tx, cohort: int) -> list[str]:
    """Return the active participants without an active or approved pair."""
    paired = {pair.participant for pair in tx.pairings.ongoing(cohort) if pair.state in TAKES_A_PLACE}
    return [
        member.person
        for member in tx.members.of(cohort, CohortRole.PARTICIPANT)
        if member.state is EnrolmentState.ACTIVE and member.person not in paired
    ]
