"""A weekly digest in the terminal, for whoever runs Sensei: the same rows as in Slack, 80 columns wide."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from bot.domain.digest.rows import DigestRow
from bot.domain.digest.sample_week import MONDAY, SENSEI, WEEK, make_sample_week
from bot.domain.digest.sensei_digest import make_digest
from bot.domain.digest.shown import ShownDigest, show_digest
from bot.domain.dojo.local_days import load_zone
from bot.rendering.digest.row_words import NOTHING, say_rest, say_shown_since, say_snoozed
from bot.rendering.text.safe_text import one_line

_WIDTH, _INDENT = 80, "    "


@dataclass(frozen=True, slots=True)
class DigestPreview:
    """A digest as it would be sent. ``at`` is when, or None if it wouldn't be sent that week.

    ``shown`` is None if the person guides nobody. ``zone`` is their time zone.
    """

    name: str
    week: str
    zone: str
    at: datetime | None
    is_made: bool
    shown: ShownDigest | None


def format_preview(preview: DigestPreview) -> Iterator[str]:
    """Yield the lines of a digest."""
    yield f"{one_line(preview.name)}, week {preview.week}"
    yield _say_when(preview)
    if preview.shown is None:
        yield f"{_INDENT}They guide nobody now, so they get no digest."
        return
    rows = [row.row for row in preview.shown.rows if row.row]
    if rows:
        yield from _wrap(f"Most urgent first. {preview.shown.milestone}".strip(), _INDENT)
    if preview.shown.coming:
        yield from _wrap(preview.shown.coming, _INDENT)
    for number, row in enumerate(rows, start=1):
        yield ""
        yield from _format_row(number, row)
    last = [NOTHING] if not rows and not preview.shown.rest else [*say_rest(preview.shown.rest)]
    if last := [*last, *say_snoozed(preview.shown.snoozed)]:
        yield ""
        yield from _wrap(" ".join(last), "")


def format_sample() -> Iterator[str]:
    """Yield the lines of a sample digest about fictional people."""
    week = make_sample_week()
    shown = show_digest(week, [row.key for row in make_digest(week).rows])
    at = datetime.combine(MONDAY, time(9), load_zone(week.calendar.hours.time_zone))
    yield from format_preview(
        DigestPreview(SENSEI, WEEK, week.calendar.hours.time_zone, at, is_made=False, shown=shown)
    )


def _say_when(preview: DigestPreview) -> str:
    if preview.is_made:
        return f"{_INDENT}Sensei has already made this week's digest. If made now, it would read:"
    if preview.at is None:
        return f"{_INDENT}Sensei won't send it, because they have no working hours left that week."
    local = preview.at.astimezone(load_zone(preview.zone))
    when = f"{local:%a} {local.day} {local:%b} at {local:%H:%M}"
    return f"{_INDENT}Sensei sends it on {when} ({preview.zone or 'UTC'})."


def _format_row(number: int, row: DigestRow) -> Iterator[str]:
    yield from _wrap(f"{one_line(row.name)} · {row.what}", f"{number:>2}. ")
    stands_in = [f"Standing in for {one_line(row.standing_in_for)}."] if row.standing_in_for else []
    place = [f"{row.place.repository}#{row.place.pull_request}"] if row.place else []
    why = [*row.why, *say_shown_since(row.shown_since), *stands_in, *place]
    yield from _wrap(one_line(" ".join(why)), _INDENT)


def _wrap(text: str, first: str) -> list[str]:
    indent = " " * len(first)
    return textwrap.wrap(text, _WIDTH, initial_indent=first, subsequent_indent=indent, break_on_hyphens=False)
