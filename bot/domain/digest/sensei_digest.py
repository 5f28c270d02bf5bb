"""A sensei's weekly digest: the few rows that cost most to leave, and how much can wait."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.digest import row_kinds
from bot.domain.digest.matters import DigestMaterial
from bot.domain.digest.rows import DigestRow, RowKind

MOST_ROWS = 7
"""Maximum rows of a digest. The rest can wait, and is counted."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The rows, the costliest to leave first, and how much else waits, by kind.

    ``snoozed`` counts rows that the sensei put off. ``participants`` counts the people it is about.
    """

    rows: tuple[DigestRow, ...]
    rest: Mapping[RowKind, int]
    snoozed: int
    participants: int

    @property
    def is_empty(self) -> bool:
        """Return whether nothing needs the sensei."""
        return not self.rows and not self.rest


def make_digest(material: DigestMaterial) -> Digest:
    """Return the digest for what was gathered."""
    rows = list_rows(material)
    awake = [row for row in rows if not is_snoozed(material, row.key)]
    rest: Counter[RowKind] = Counter()
    for row in awake[MOST_ROWS:]:
        rest[row.kind] += row.count
    return Digest(tuple(awake[:MOST_ROWS]), rest, len(rows) - len(awake), len(material.participants))


def list_rows(material: DigestMaterial) -> list[DigestRow]:
    """Return all rows, snoozed ones too, the costliest first. Ties are in order of name, then of key."""
    rows = [
        replace(row, shown_since=material.shown.get(row.key))
        for participant in material.participants
        for make_row in row_kinds.ALL
        if (row := make_row(participant, material.calendar))
    ]
    return sorted(rows, key=lambda row: (-row.cost, row.name.casefold(), row.key))


def is_snoozed(material: DigestMaterial, key: str) -> bool:
    """Return whether a row is left out today."""
    until = material.snoozed.get(key)
    return until is not None and material.calendar.today < until
