"""The message that reminds of a check-in: its key, and keeping it up to date."""

from datetime import date, datetime, timedelta

from bot.domain.check_ins.records import CheckIn
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.outbox import rewrite_message

REMINDER = "check_ins.reminder"
"""The kind of the message."""
_CHOSEN = "chosen:"
"""What the key of a reminder has before its day if its participant has asked for this day."""
_LONGEST = timedelta(days=366)


def reminder_key(question: int, day: date, *, chosen: bool) -> str:
    """Return the key of a reminder. A reply in its thread is an answer to the question."""
    return f"{_keys(question)}{_CHOSEN if chosen else ''}{day.isoformat()}"


def make_about(question: int, day: date, *, chosen: bool) -> Json:
    """Return what a reminder is about. ``chosen``: the participant has asked for this day."""
    return {"question": question, "day": day.isoformat(), "chosen": chosen}


def make_job_prefix(check_in: int) -> str:
    """Return how the id of the job begins that decides next about a check-in."""
    return f"check_in_reminder:{check_in}:"


def find_end(tx: Tx, check_in: CheckIn) -> datetime | None:
    """Return when a check-in that its participant was reminded of is to count as skipped, or None.

    While its reminder isn't known to have arrived, that isn't known either.
    """
    if check_in.reminded_at is None:
        return None
    jobs = tx.jobs.due_with_prefix(make_job_prefix(check_in.id), check_in.reminded_at + _LONGEST, 1)
    return next((job.due_at for job in jobs if not job.argument.get("undelivered")), None)


def is_reminder_delivered(tx: Tx, question: int) -> bool:
    """Return whether a reminder of a question is in the chat."""
    return any(tx.effects.find_by_prefix(f"message:{_keys(question)}").values())


def refresh_reminders(tx: Tx, question: int, at: datetime) -> None:
    """Rewrite the reminders of a question, because what they show has changed."""
    for effect in tx.effects.find_by_prefix(f"message:{_keys(question)}"):
        key = effect.removeprefix("message:")
        day = date.fromisoformat(key.rpartition(":")[2])
        about = make_about(question, day, chosen=key.startswith(f"{_keys(question)}{_CHOSEN}"))
        rewrite_message(tx, key, REMINDER, about, at)


def _keys(question: int) -> str:
    return f"articulation:{question}:reminder:"
