"""The message that reminds of a check-in: its key, and keeping it up to date."""

from datetime import date, datetime

from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.outbox import rewrite_message

REMINDER = "check_ins.reminder"
"""The kind of the message."""


def reminder_key(question: int, day: date) -> str:
    """Return the key of a reminder. A reply in its thread is an answer to the question."""
    return f"articulation:{question}:reminder:{day.isoformat()}"


def make_about(question: int, day: date, *, chosen: bool) -> Json:
    """Return what a reminder is about. ``chosen``: the participant has asked for this day."""
    return {"question": question, "day": day.isoformat(), "chosen": chosen}


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
