"""The keys of digest rows and snoozes, which may contain the opaque id of a person whom they are about."""

from collections.abc import Callable, Iterator

from sqlmodel import Session, col, select

from bot.adapters.database.triage.tables import DigestRow, SnoozeRow

_ROWS = 50
"""How many digests are in memory at a time."""


def rename_in_keys(session: Session, gone: str, kept: str) -> None:
    """Replace a person by the one into whom they were merged, in all keys."""
    for snooze in session.exec(select(SnoozeRow).where(col(SnoozeRow.item).contains(gone))).all():
        renamed = snooze.item.replace(gone, kept)
        if session.get(SnoozeRow, (snooze.person_id, renamed)) is None:
            session.add(SnoozeRow(**{**snooze.model_dump(), "item": renamed}))
        session.delete(snooze)
    for digest in _stream_digests(session):
        if any(gone in key for key in digest.rows):
            digest.rows = [key.replace(gone, kept) for key in digest.rows]
    session.flush()


def forget_keys(session: Session, is_theirs: Callable[[str], bool]) -> tuple[int, int]:
    """Delete the snoozes and the keys in digests that are about a person.

    Return how many snoozes were deleted, and how many digests lost a key.
    """
    snoozes = [snooze for snooze in session.exec(select(SnoozeRow)) if is_theirs(snooze.item)]
    for snooze in snoozes:
        session.delete(snooze)
    changed = 0
    for digest in _stream_digests(session):
        left = [key for key in digest.rows if not is_theirs(key)]
        if left != digest.rows:
            digest.rows = left
            changed += 1
    session.flush()
    return len(snoozes), changed


def _stream_digests(session: Session) -> Iterator[DigestRow]:
    query = select(DigestRow).order_by(col(DigestRow.id))
    return iter(session.exec(query.execution_options(yield_per=_ROWS)))
