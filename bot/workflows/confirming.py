"""Senseis who came by themselves: they are paused until a lead has confirmed them.

That a lead has to is kept as an effect that began and is not done: joining again, and resuming, look at it.
"""

from datetime import datetime

from bot.domain.people import CohortRole, EnrolmentState, Member
from bot.ports.store import Tx

YES, NO = "confirmed", "declined"


def _key(enrolment: int) -> str:
    return f"confirm:{enrolment}"


def waits(tx: Tx, member: Member) -> bool:
    """Say whether a lead has yet to confirm that somebody is a sensei."""
    if member.role is not CohortRole.SENSEI:
        return False
    asked, answered = tx.effects.of(_key(member.enrolment))
    return asked and answered != YES


def ask(tx: Tx, member: Member, at: datetime) -> None:
    """Let a lead be needed."""
    tx.effects.begin(_key(member.enrolment), at)
    tx.members.state(member.enrolment, EnrolmentState.PAUSED)


def confirmed(tx: Tx, member: Member, by: str, at: datetime) -> None:
    """Let them be a sensei."""
    tx.effects.done(_key(member.enrolment), YES, at)
    tx.members.state(member.enrolment, EnrolmentState.ACTIVE)
    tx.audit(by, "sensei.confirm", f"enrolment:{member.enrolment}")


def declined(tx: Tx, member: Member, by: str, at: datetime) -> None:
    """Let them be none; they may ask again."""
    tx.effects.done(_key(member.enrolment), NO, at)
    tx.members.state(member.enrolment, EnrolmentState.LEFT)
    tx.audit(by, "sensei.decline", f"enrolment:{member.enrolment}")
