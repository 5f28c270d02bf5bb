"""In how many minutes of a week two people both work, whatever their clocks show.

A week is one integer of 10,080 bits, a bit for each minute from Monday 00:00 UTC: what two people share is
what both have set.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dojo.people import Weekday, WorkingHours
from bot.errors import UserError

WEEK_MINUTES = 7 * 24 * 60
_DAYS = tuple(Weekday)


def minutes_worked(hours: WorkingHours, week: date) -> int:
    """Return the minutes of the UTC week around ``week`` in which somebody works, as a set of bits.

    Days are those of their own calendar: in Auckland Monday begins on Sunday, UTC. Where the clocks change
    in that week, so do the minutes. A time that the clocks skip is taken as if they had not changed yet.
    """
    try:
        zone = ZoneInfo(hours.time_zone)
    except (KeyError, ValueError) as error:
        raise UserError(
            f"There is no time zone called {hours.time_zone!r}.", "Give one as Europe/Berlin or UTC."
        ) from error
    monday = week - timedelta(days=week.weekday())
    start = datetime.combine(monday, time(), UTC)
    worked = 0
    # No clock is more than a day away from UTC, so a day on either side is enough.
    for day in (monday + timedelta(days=n) for n in range(-1, 8)):
        if _DAYS[day.weekday()] not in hours.days:
            continue
        begins, ends = (
            min(max(_minutes(day, minutes, zone, start), 0), WEEK_MINUTES)
            for minutes in (hours.begins, hours.ends)
        )
        if begins < ends:
            worked |= (1 << ends) - (1 << begins)
    return worked


def shared_minutes(one: WorkingHours, other: WorkingHours, week: date) -> int:
    """Return in how many minutes of that week both work."""
    return (minutes_worked(one, week) & minutes_worked(other, week)).bit_count()


def _minutes(day: date, after_midnight: int, zone: ZoneInfo, start: datetime) -> int:
    # 24:00 is the next day's midnight. Adding to an aware value adds wall-clock time, which is what is meant.
    moment = datetime.combine(day, time(), zone) + timedelta(minutes=after_midnight)
    return int((moment.astimezone(UTC) - start).total_seconds()) // 60
