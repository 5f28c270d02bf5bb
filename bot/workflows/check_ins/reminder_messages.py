"""The message that reminds of a check-in: its key, and keeping it up to date."""

from datetime import date, datetime, timedelta

from bot.domain.check_ins.records import CheckIn
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.outbox import rewrite_message

REMINDER = "check_ins.reminder"
"""The kind of the message."""
_LONGEST = timedelta(days=366)


def reminder_key(question: int, day: date) -> str:
    """Return the key of a reminder. A reply in its thread is an answer to the question."""
    return f"articulation:{question}:reminder:{day.isoformat()}"


def make_about(question: int, day: date, *, chosen: bool) -> Json:
    """Return what a reminder is about. ``chosen``: the participant has asked for this day."""
    return {"question": question, "day": day.isoformat(), "chosen": chosen}


def make_job_prefix(check_in: int) -> str:
    """Return how the id of the job begins that decides next about a check-in."""
    return f"check_in_reminder:{check_in}:"


def find_end(tx: Tx, check_in: CheckIn) -> datetime | None:
    """Return when a check-in that its participant was reminded of is to count as skipped, or None."""
    if check_in.reminded_at is None:
        return None
    jobs = tx.jobs.due_with_prefix(make_job_prefix(check_in.id), check_in.reminded_at + _LONGEST, 1)
    return next((job.due_at for job in jobs), None)


def is_reminder_delivered(tx: Tx, question: int) -> bool:
    """Return whether a reminder of a question is in the chat."""
    return any(tx.effects.find_by_prefix(f"message:{_keys(question)}").values())


def refresh_reminders(tx: Tx, question: int, at: datetime) -> None:
    """Rewrite the reminders of a question, because its check-in has ended."""
    for effect in tx.effects.find_by_prefix(f"message:{_keys(question)}"):
        key = effect.removeprefix("message:")
        day = date.fromisoformat(key.rpartition(":")[2])
        rewrite_message(tx, key, REMINDER, make_about(question, day, chosen=False), at)


def _keys(question: int) -> str:
    return reminder_key(question, date.min).removesuffix(date.min.isoformat())
