"""Who somebody at the code host is to a capstone on a day: a deputy is its sensei while they stand in."""

from datetime import date

from bot.domain.commands import Role, role_of
from bot.domain.tracking import Account, Capstone
from bot.ports.store import Tx


def role_on(tx: Tx, capstone: Capstone, author: Account, day: date) -> Role:
    """Return who somebody is to a capstone; rows are asked only of who is neither participant nor sensei."""
    role = role_of(capstone, author)
    deputy = role is Role.OTHER and _stands_in(tx, capstone, author, day)
    return role_of(capstone, author, stands_in=True) if deputy else role


def _stands_in(tx: Tx, capstone: Capstone, author: Account, day: date) -> bool:
    """Say whether somebody at the code host stands in for a capstone's sensei on a day."""
    if capstone.sensei is None:
        return False
    who, sensei = tx.members.by_code(author.id), tx.members.by_code(capstone.sensei.id)
    if who is None or sensei is None:
        return False
    participant = tx.members.by_code(capstone.participant.id)
    return any(
        one.sensei == sensei
        and one.deputy == who
        and one.first <= day <= one.last
        and (participant, who) not in tx.members.forbidden(cohort)
        for cohort in {role.cohort for role in tx.members.roles(sensei)}
        for one in tx.members.absences(cohort, day)
    )
