"""What an account at the code host is to a capstone on a day.

A deputy is its sensei while they stand in for them in its cohort, and the leads of its cohort may do what its
sensei may.
"""

from datetime import date

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.pull_requests.permissions import CapstoneRole, is_person, role_of
from bot.domain.pull_requests.records import Account, Capstone
from bot.ports.store import Tx


def role_on(tx: Tx, capstone: Capstone, account: Account, day: date) -> CapstoneRole:
    """Return what an account is to a capstone; rows are read only if the capstone does not name it."""
    role = role_of(capstone, account)
    if role is not CapstoneRole.OTHER or not is_person(account):
        return role
    person = tx.members.by_code(account.id)
    if person is not None and (_leads(tx, capstone, person) or _stands_in(tx, capstone, person, day)):
        return CapstoneRole.SENSEI
    return CapstoneRole.OTHER


def _leads(tx: Tx, capstone: Capstone, person: str) -> bool:
    """Say whether somebody leads the cohort of a capstone."""
    return any(
        one.cohort == capstone.cohort and one.role is CohortRole.LEAD and one.state is not EnrolmentState.LEFT
        for one in tx.members.roles(person)
    )


def _stands_in(tx: Tx, capstone: Capstone, person: str, day: date) -> bool:
    """Say whether somebody stands in for a capstone's sensei in its cohort on a day.

    What was said in confidence is known of that cohort alone: a holiday of another one gives no right here.
    """
    sensei = tx.members.by_code(capstone.sensei.id) if capstone.sensei else None
    if sensei is None:
        return False
    participant = tx.members.by_code(capstone.participant.id)
    return any(
        one.sensei == sensei
        and one.deputy == person
        and one.first <= day <= one.last
        and (participant, person) not in tx.members.forbidden(capstone.cohort)
        for one in tx.members.absences(capstone.cohort, day)
    )
