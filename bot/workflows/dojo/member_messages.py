"""Messages to members about their own enrolment, and other helpers for the members' features."""

from datetime import datetime
from typing import Any

from bot.domain.dojo.people import Member
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.outbox import send_message


def to_milliseconds(at: datetime) -> int:
    """Return milliseconds since the epoch, to distinguish messages of the same kind to the same member."""
    return int(at.timestamp() * 1000)


def send_to_member(tx: Tx, kind: str, member: Member, at: datetime, **details: Any) -> None:
    """Send a member a message about their enrolment. ``details`` are ids and other JSON, no text."""
    about = {"enrolment": member.enrolment, **details}
    send_message(tx, f"{kind}:{member.enrolment}:{to_milliseconds(at)}", kind, about, at)


def load_member(tx: Tx, about: Json) -> tuple[Member, str]:
    """Return the current state of the member a message is about, and the name of their cohort."""
    member = tx.members.get(about["enrolment"])
    return member, tx.cohorts.get(member.cohort).name


def find_name(tx: Tx, person: str) -> str:
    """Return a person's name from any of their roles."""
    return next((member.name for member in tx.members.roles(person) if member.name), "someone")


def find_enrolments(tx: Tx, person: str | None, cohort: int | None) -> list[Member]:
    """Return all of a person's enrolments in a cohort, including any they have left."""
    return [member for member in tx.members.roles(person) if member.cohort == cohort] if person else []
