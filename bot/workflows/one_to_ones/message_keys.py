"""The messages about a one-to-one: their kinds and keys, and writing them again after a change."""

from datetime import datetime

from bot.domain.one_to_ones.records import OneToOne
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.workflows.chat.outbox import rewrite_message

BRIEF, AFTER = "one_to_ones.brief", "one_to_ones.after"
"""The kinds of messages: the brief before the hour, and the question after it."""


def make_key(kind: str, one_to_one: int, person: str) -> str:
    """Return the key of a message. It names both, with whom it is erased."""
    return f"{kind}:{one_to_one}:{person}"


def make_about(one_to_one: int, person: str) -> Json:
    """Return what a message is about."""
    return {"one_to_one": one_to_one, "person": person}


def refresh_briefs(tx: Tx, meeting: OneToOne, at: datetime) -> None:
    """Write the briefs again that were sent for a one-to-one, because it was moved or cancelled."""
    _rewrite(tx, BRIEF, meeting, at)


def refresh_questions(tx: Tx, meeting: OneToOne, at: datetime) -> None:
    """Write the questions after the hour again, because one of the two has answered."""
    _rewrite(tx, AFTER, meeting, at)


def _rewrite(tx: Tx, kind: str, meeting: OneToOne, at: datetime) -> None:
    begins = f"message:{kind}:{meeting.id}:"
    for key in tx.effects.find_by_prefix(begins):
        person = key.removeprefix(begins)
        rewrite_message(tx, make_key(kind, meeting.id, person), kind, make_about(meeting.id, person), at)
