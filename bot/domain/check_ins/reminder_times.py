"""When a participant is reminded of a check-in, and when it counts as skipped: in whole working days."""

from datetime import UTC, date, datetime, time, timedelta

from bot.domain.dojo.local_days import load_zone
from bot.domain.pairing.working_time import LONGEST, WorkingTime, working_span

WAIT_DAYS = 2
"""After how many working days Sensei reminds, and after how many more the check-in counts as skipped."""


def after_working_days(working: WorkingTime, start: datetime, days: int) -> datetime:
    """Return the moment, in UTC, that is ``days`` working days after ``start``, at the same local time.

    If that is outside their hours, it is the nearest moment within the hours of that day.
    """
    zone = load_zone(working.hours.time_zone)
    local = start.astimezone(zone)
    day = local.date()
    for _ in range(LONGEST.days):
        day += timedelta(days=1)
        span = _find_span(working, day)
        if span is None:
            continue
        days -= 1
        if days <= 0:
            moment = datetime.combine(day, local.time(), zone).astimezone(UTC)
            return min(max(span[0], moment), span[1] - timedelta(minutes=1))
    return start.astimezone(UTC) + LONGEST


def begin_of_day(working: WorkingTime, day: date) -> datetime:
    """Return the first moment, in UTC, at which a person works on a day or after it."""
    return working.next_moment(datetime.combine(day, time(), load_zone(working.hours.time_zone)))


def _find_span(working: WorkingTime, day: date) -> tuple[datetime, datetime] | None:
    if any(absence.first <= day <= absence.last for absence in working.absences):
        return None
    return working_span(working.hours, day, load_zone(working.hours.time_zone))
