"""Words about rows that every surface shares. Names are given already safe for the surface."""

from collections.abc import Mapping
from datetime import date

from bot.domain.digest.rows import KIND_WORDS, RowKind, join_words, say_count, say_day

NOTHING = "Nothing is waiting for you this week, and nobody seems to need help."
"""An empty week."""


def say_rest(rest: Mapping[RowKind, int]) -> tuple[str, ...]:
    """Return the sentence about what can wait, or nothing."""
    counts = [say_count(kind, rest[kind]) for kind in RowKind if rest.get(kind)]
    return (f"The rest can wait: {join_words(counts)}.",) if counts else ()


def say_snoozed(rows: int) -> tuple[str, ...]:
    """Return the sentence about rows put off earlier, or nothing."""
    if not rows:
        return ()
    return ("You snoozed 1 more row.",) if rows == 1 else (f"You snoozed {rows} more rows.",)


def say_shown_since(since: date | None) -> tuple[str, ...]:
    """Return the sentence about a row that was in the digests before, or nothing."""
    return (f"In your digest since {say_day(since)}.",) if since else ()


def say_row_left(kind: RowKind, name: str) -> str:
    """Return the line of a row about which nothing is left to do. ``name`` is empty if it was given up."""
    if not name:
        return "You no longer guide this participant, so there's nothing left to do here."
    return f"✓ {name} · {say_one(kind)}: nothing left to do."


def say_one(kind: RowKind) -> str:
    """Return what one participant's row is about."""
    return "skipped the last two check-ins" if kind is RowKind.CHECK_IN else KIND_WORDS[kind][1]
