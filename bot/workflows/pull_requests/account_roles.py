"""The role of a GitHub account on a capstone at a given moment.

A deputy has the sensei's role while they cover for the capstone's sensei in its cohort. The cohort's leads
always have it.
"""

from datetime import datetime

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pull_requests.permissions import CapstoneRole, is_person, role_of
from bot.domain.pull_requests.records import Account, Capstone
from bot.ports.store import Tx


def role_on(tx: Tx, capstone: Capstone, account: Account, moment: datetime) -> CapstoneRole:
    """Return an account's role on a capstone; query rows only if the capstone doesn't name it."""
    role = role_of(capstone, account)
    if role is not CapstoneRole.OTHER or not is_person(account):
        return role
    person = tx.members.by_host_account(account.id)
    if person is not None and (_is_lead(tx, capstone, person) or _is_deputy(tx, capstone, person, moment)):
        return CapstoneRole.SENSEI
    return CapstoneRole.OTHER


def _is_lead(tx: Tx, capstone: Capstone, person: str) -> bool:
    """Return whether a person leads the cohort of a capstone."""
    return any(
        enrolment.cohort == capstone.cohort
        and enrolment.role is CohortRole.LEAD
        and enrolment.state is not EnrolmentState.LEFT
        for enrolment in tx.members.roles(person)
    )


def _is_deputy(tx: Tx, capstone: Capstone, person: str, moment: datetime) -> bool:
    """Return whether a person is the deputy of a capstone's sensei in its cohort at a moment.

    Only absences in that cohort count, because only that cohort knows its confidentially excluded pairings.
    """
    sensei = tx.members.by_host_account(capstone.sensei.id) if capstone.sensei else None
    if sensei is None:
        return False
    participant = tx.members.by_host_account(capstone.participant.id)
    return any(
        absence.sensei == sensei
        and absence.deputy == person
        and absence.has_begun(moment)
        and (participant, person) not in tx.never_pairs.forbidden(capstone.cohort)
        for absence in tx.absences.not_over(capstone.cohort, moment)
    )
