"""When a person works: the next moment within their working hours."""

from datetime import datetime, time, timedelta

from bot.domain.dojo.local_days import load_zone
from bot.domain.dojo.people import Weekday, WorkingHours

_WEEK = 7  # days


def next_working_moment(hours: WorkingHours, moment: datetime) -> datetime:
    """Return the given moment if the person works then, or else the moment at which they next begin."""
    zone = load_zone(hours.time_zone)
    midnight = datetime.combine(moment.astimezone(zone).date(), time(), zone)
    for days in range(_WEEK + 1):
        day = midnight + timedelta(days=days)
        begins, ends = (day + timedelta(minutes=minutes) for minutes in (hours.begins, hours.ends))
        if tuple(Weekday)[day.weekday()] in hours.days and moment < ends:
            return max(moment, begins.astimezone(moment.tzinfo))
    return moment
