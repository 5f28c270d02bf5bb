"""Tracks whether a lead has confirmed a sensei who joined on their own. Until then, they are paused.

The state is stored as an effect: the time when the leads were asked, or their answer. Rejoining and resuming
check it. For a day after a refusal or withdrawal, leads aren't asked about the same person again.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.ports.store import Tx

_ASKED = "asked "
YES, NO = "confirmed", "declined"
REST = timedelta(days=1)
"""Time before leads can be asked again about a person they declined or who left before an answer."""


def _effect_key(enrolment: int) -> str:
    return f"confirm:{enrolment}"


def is_waiting(tx: Tx, member: Member) -> bool:
    """Return whether a sensei is still unconfirmed. This includes senseis who were declined."""
    return bool(find_unconfirmed(tx, [member]))


def find_unconfirmed(tx: Tx, members: Iterable[Member]) -> frozenset[int]:
    """Return the enrolments of the senseis who are still unconfirmed, in one query."""
    keys = {
        _effect_key(member.enrolment): member.enrolment
        for member in members
        if member.role is CohortRole.SENSEI
    }
    answers = tx.effects.find_all(keys) if keys else {}
    return frozenset(keys[key] for key, answered in answers.items() if answered != YES)


def open_request(tx: Tx, member: Member, at: datetime) -> str:
    """Store a request to the leads and pause the sensei; return the request's stamp.

    The stamp is the time of asking in milliseconds. It stays the same until a lead has answered.
    """
    key = _effect_key(member.enrolment)
    tx.effects.begin(key, at)
    tx.members.set_state(member.enrolment, EnrolmentState.PAUSED)
    stamp = pending_request(tx, member.enrolment)
    if stamp is None:
        stamp = str(int(at.timestamp() * 1000))
        tx.effects.finish(key, f"{_ASKED}{stamp}", at)
    return stamp


def pending_request(tx: Tx, enrolment: int) -> str | None:
    """Return the stamp of the unanswered request, or None."""
    return pending_requests(tx, [enrolment]).get(enrolment)


def pending_requests(tx: Tx, enrolments: Iterable[int]) -> Mapping[int, str]:
    """Return the stamps of the unanswered requests, by enrolment, in one query."""
    keys = {_effect_key(enrolment): enrolment for enrolment in enrolments}
    answers = tx.effects.find_all(keys) if keys else {}
    return {
        keys[key]: answered.removeprefix(_ASKED)
        for key, answered in answers.items()
        if answered and answered.startswith(_ASKED)
    }


def is_resting(tx: Tx, member: Member, at: datetime) -> bool:
    """Return whether it is too soon to ask leads again about a person who left or was declined."""
    _, answered = tx.effects.find(_effect_key(member.enrolment))
    word, _, when = (answered or "").partition(" ")
    return word == NO and when.isdecimal() and at < datetime.fromtimestamp(int(when), UTC) + REST


def _format_refusal(at: datetime) -> str:
    return f"{NO} {int(at.timestamp())}"


def withdraw_request(tx: Tx, member: Member, at: datetime) -> None:
    """Store that the sensei left, so no answer is needed; they can ask again in a day."""
    tx.effects.finish(_effect_key(member.enrolment), _format_refusal(at), at)


def confirm_sensei(tx: Tx, member: Member, by: str, at: datetime) -> None:
    """Store a lead's confirmation and end the sensei's pause."""
    tx.effects.finish(_effect_key(member.enrolment), YES, at)
    tx.members.set_state(member.enrolment, EnrolmentState.ACTIVE)
    tx.audit(by, "sensei.confirm", f"enrolment:{member.enrolment}")


def decline_sensei(tx: Tx, member: Member, by: str, at: datetime) -> None:
    """Store a lead's refusal and remove the sensei from the cohort; they can ask again in a day."""
    tx.effects.finish(_effect_key(member.enrolment), _format_refusal(at), at)
    tx.members.set_state(member.enrolment, EnrolmentState.LEFT)
    tx.audit(by, "sensei.decline", f"enrolment:{member.enrolment}")
