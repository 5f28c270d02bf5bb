"""A digest as it is shown: each row in its place, with what has become of it since it was sent."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.digest.matters import DigestMaterial
from bot.domain.digest.row_kinds.milestone_words import say_coming, say_milestone
from bot.domain.digest.rows import DigestRow, RowKind, parse_key
from bot.domain.digest.sensei_digest import is_snoozed, list_rows


class RowState(StrEnum):
    """What has become of a row: it is open, done, put off, or about someone the reader no longer guides."""

    OPEN = "open"
    DONE = "done"
    SNOOZED = "snoozed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row in its place. ``row`` is None unless it is open or put off; ``until`` is the day it returns.

    ``name`` is the participant's, or empty if the reader no longer guides them.
    """

    key: str
    kind: RowKind
    state: RowState
    name: str = ""
    row: DigestRow | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ShownDigest:
    """A digest to lay out. ``rest`` counts what can wait, by kind, and ``snoozed`` rows put off earlier.

    ``milestone`` says when the milestone is that is near, and ``coming`` which rulings will be due at the
    next one; they are empty if none is.
    """

    rows: tuple[ShownRow, ...]
    rest: Mapping[RowKind, int]
    snoozed: int
    milestone: str = ""
    coming: str = ""


def show_digest(material: DigestMaterial, keys: Sequence[str]) -> ShownDigest:
    """Return the rows with these keys, in this order, as they are now. Unknown keys are left out."""
    current = {row.key: row for row in list_rows(material)}
    shown = [_show_row(material, current, key) for key in keys]
    rest: Counter[RowKind] = Counter()
    snoozed = 0
    for key, row in current.items():
        if key in keys:
            continue
        if is_snoozed(material, key):
            snoozed += 1
        else:
            rest[row.kind] += row.count
    milestone = " ".join(say_milestone(material.calendar))
    coming = say_coming(material.coming) if material.coming else ""
    return ShownDigest(tuple(row for row in shown if row), rest, snoozed, milestone, coming)


def _show_row(material: DigestMaterial, current: Mapping[str, DigestRow], key: str) -> ShownRow | None:
    parsed = parse_key(key)
    if parsed is None:
        return None
    kind, capstone = parsed
    names = {matters.capstone: matters.name for matters in material.participants}
    if capstone not in names:
        return ShownRow(key, kind, RowState.GONE)
    row = current.get(key)
    if row is None:
        return ShownRow(key, kind, RowState.DONE, names[capstone])
    if is_snoozed(material, key):
        return ShownRow(key, kind, RowState.SNOOZED, row.name, row, material.snoozed[key])
    return ShownRow(key, kind, RowState.OPEN, row.name, row)
