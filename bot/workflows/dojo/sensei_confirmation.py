"""Senseis who came by themselves: they are paused until a lead has confirmed them.

That a lead has to is kept as an effect: when they were asked, or what the answer was. Joining
again, and resuming, look at it. Leads are not asked again about the same person on the day of an answer.
"""

from datetime import UTC, datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.ports.store import Tx

_ASKED = "asked "
YES, NO = "confirmed", "declined"
REST = timedelta(days=1)
"""How long leads are left alone about somebody whom they have declined, or who has left before they could."""


def _key(enrolment: int) -> str:
    return f"confirm:{enrolment}"


def is_waiting(tx: Tx, member: Member) -> bool:
    """Say whether a lead has yet to confirm that somebody is a sensei."""
    if member.role is not CohortRole.SENSEI:
        return False
    asked, answered = tx.effects.of(_key(member.enrolment))
    return asked and answered != YES


def ask_leads(tx: Tx, member: Member, at: datetime) -> str:
    """Let a lead be needed; return which time of asking it is: the same as long as nobody has answered."""
    key = _key(member.enrolment)
    tx.effects.begin(key, at)
    tx.members.state(member.enrolment, EnrolmentState.PAUSED)
    stamp = pending_request(tx, member.enrolment)
    if stamp is None:
        stamp = str(int(at.timestamp() * 1000))
        tx.effects.done(key, f"{_ASKED}{stamp}", at)
    return stamp


def pending_request(tx: Tx, enrolment: int) -> str | None:
    """Return which time of asking waits for an answer, None where none does."""
    _, answered = tx.effects.of(_key(enrolment))
    return answered.removeprefix(_ASKED) if answered and answered.startswith(_ASKED) else None


def is_resting(tx: Tx, member: Member, at: datetime) -> bool:
    """Say whether it is too soon to ask again about somebody who has left or was declined."""
    _, answered = tx.effects.of(_key(member.enrolment))
    word, _, when = (answered or "").partition(" ")
    return word == NO and when.isdecimal() and at < datetime.fromtimestamp(int(when), UTC) + REST


def _no(at: datetime) -> str:
    return f"{NO} {int(at.timestamp())}"


def withdraw_question(tx: Tx, member: Member, at: datetime) -> None:
    """Note that no lead is needed any more, as they have left; they may ask again in a day."""
    tx.effects.done(_key(member.enrolment), _no(at), at)


def confirm_sensei(tx: Tx, member: Member, by: str, at: datetime) -> None:
    """Let them be a sensei."""
    tx.effects.done(_key(member.enrolment), YES, at)
    tx.members.state(member.enrolment, EnrolmentState.ACTIVE)
    tx.audit(by, "sensei.confirm", f"enrolment:{member.enrolment}")


def decline_sensei(tx: Tx, member: Member, by: str, at: datetime) -> None:
    """Decline them as a sensei; they may ask again in a day."""
    tx.effects.done(_key(member.enrolment), _no(at), at)
    tx.members.state(member.enrolment, EnrolmentState.LEFT)
    tx.audit(by, "sensei.decline", f"enrolment:{member.enrolment}")
