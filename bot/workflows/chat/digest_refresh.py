"""Rewrites the digest of this week when something in it has changed, so that done rows can be ticked.

This is here because everything that changes a digest lies below the room that writes it.
"""

from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole
from bot.ports.store import Tx
from bot.workflows.chat.outbox import rewrite_message

SENSEI_DIGEST = "digest.sensei"
"""The kind of message that is a sensei's digest."""
SENSEI_ROLE = "sensei"
FRESH = timedelta(days=7)
"""How long after it was made a digest is rewritten."""


def refresh_digest(tx: Tx, person: str, at: datetime) -> None:
    """Rewrite the digests of the last week of a sensei, or of a former one, from current rows."""
    if not any(member.role is CohortRole.SENSEI for member in tx.members.roles(person)):
        return
    for digest in tx.digests.recent(person, SENSEI_ROLE, at - FRESH):
        key = make_digest_key(SENSEI_DIGEST, person, digest.id)
        rewrite_message(tx, key, SENSEI_DIGEST, {"digest": digest.id}, at)


def make_digest_key(kind: str, person: str, digest: int) -> str:
    """Return the key of the message with a digest. It names the person, with whom it is erased."""
    return f"{kind}:{person}:{digest}"
