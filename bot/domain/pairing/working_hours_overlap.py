"""Finds the minutes of a week in which people work, across time zones.

A week is one integer of 10,080 bits, a bit for each minute from Monday 00:00 UTC. The minutes that two people
share are the bits that both have set.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dojo.people import WorkingHours
from bot.domain.pairing.working_time import working_span
from bot.errors import UserError

WEEK_MINUTES = 7 * 24 * 60


def minutes_worked(hours: WorkingHours, week: date) -> int:
    """Return the minutes of the UTC week around ``week`` in which a person works, as a set of bits.

    Days follow the person's own calendar: Monday in Auckland starts on Sunday, UTC. Clock changes in that
    week are taken into account. A time that the clocks skip is read as in the time before the change.
    """
    try:
        zone = ZoneInfo(hours.time_zone)
    except (KeyError, ValueError, OSError) as error:  # a folder of zones, such as "Europe"
        raise UserError(
            f"There is no time zone called {hours.time_zone!r}.", "Use a name like Europe/Berlin or UTC."
        ) from error
    monday = week - timedelta(days=week.weekday())
    start = datetime.combine(monday, time(), UTC)
    worked = 0
    # No time zone differs from UTC by more than a day, so one extra day on either side is enough.
    for day in (monday + timedelta(days=offset) for offset in range(-1, 8)):
        if span := working_span(hours, day, zone):
            begins, ends = (min(max(_minutes_since(start, moment), 0), WEEK_MINUTES) for moment in span)
            if begins < ends:
                worked |= (1 << ends) - (1 << begins)
    return worked


def _minutes_since(start: datetime, moment: datetime) -> int:
    return int((moment - start).total_seconds()) // 60
