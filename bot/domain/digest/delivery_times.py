"""When a weekly digest is sent: once an ISO week, on the first day on which the person works.

On Monday that is 09:00 in their time zone, or the beginning of their hours if that is later. If they don't
work on Monday or are away, it is their next working day of the same ISO week. Nothing is sent outside their
hours: after an outage, the digest is sent at the next moment at which they work, or not at all once the week
is over.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.dojo.people import Absence, WorkingHours
from bot.domain.pairing.working_time import working_span

_EARLIEST = timedelta(hours=9)
_DAYS = 7


def name_week(day: date) -> str:
    """Return the ISO week of a day, such as ``2026-W48``."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def parse_week(name: str) -> date:
    """Return the Monday of an ISO week, such as ``2026-W48``.

    Raises:
        ValueError: this is not an ISO week.
    """
    year, separator, week = name.partition("-W")
    if not separator:
        raise ValueError(name)
    return date.fromisocalendar(int(year), int(week), 1)


def find_delivery(
    hours: WorkingHours, absences: Sequence[Absence], monday: date, not_before: datetime
) -> datetime | None:
    """Return the moment, in UTC, at which the digest of a week is sent, or None if there is none any more.

    ``monday`` begins the week. Nothing is sent before ``not_before``, which is usually now.
    """
    for day in (monday + timedelta(days=offset) for offset in range(_DAYS)):
        span = _find_span(hours, absences, day)
        if span and not_before < span[1]:
            return max(span[0], not_before.astimezone(UTC))
    return None


def find_week_end(hours: WorkingHours, monday: date) -> datetime:
    """Return the moment, in UTC, at which a week ends in the person's time zone."""
    next_monday = monday + timedelta(days=_DAYS)
    return datetime.combine(next_monday, time(), load_zone(hours.time_zone)).astimezone(UTC)


def find_monday(hours: WorkingHours, moment: datetime) -> date:
    """Return the Monday of a moment's week in the person's time zone."""
    today = day_in(hours.time_zone, moment)
    return today - timedelta(days=today.weekday())


def _find_span(
    hours: WorkingHours, absences: Sequence[Absence], day: date
) -> tuple[datetime, datetime] | None:
    """Return from when to when a digest may be sent on a day, in UTC, or None if not at all.

    Whoever stops before 09:00 gets it when they begin.
    """
    zone = load_zone(hours.time_zone)
    span = working_span(hours, day, zone)
    if span is None or any(absence.first <= day <= absence.last for absence in absences):
        return None
    nine = (datetime.combine(day, time(), zone) + _EARLIEST).astimezone(UTC)
    earliest = max(span[0], nine)
    return (earliest, span[1]) if earliest < span[1] else span
