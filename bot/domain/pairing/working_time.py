"""Counts a person's working time, in their own time zone and without the days on which they are away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.dojo.local_days import load_zone
from bot.domain.dojo.people import Absence, Weekday, WorkingHours

LONGEST = timedelta(days=366)
"""How far ahead working time is looked for. Ten holidays of two months can leave less than is asked for."""
_DAYS = tuple(Weekday)


def working_span(hours: WorkingHours, day: date, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return when a person starts and stops work on a day, in UTC, or None if they don't work then.

    A time that the clocks skip is read as in the time before the change.
    """
    if _DAYS[day.weekday()] not in hours.days:
        return None
    midnight = datetime.combine(day, time(), zone)
    # 24:00 is the next day's midnight. Adding to an aware datetime adds wall-clock time, as intended here.
    begins, ends = (
        (midnight + timedelta(minutes=minutes)).astimezone(UTC) for minutes in (hours.begins, hours.ends)
    )
    return (begins, ends) if begins < ends else None


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A person's working hours without their ``absences``. An unknown time zone counts as UTC."""

    hours: WorkingHours
    absences: Sequence[Absence] = ()

    def add(self, start: datetime, amount: timedelta) -> datetime:
        """Return the moment at which a person has worked for ``amount`` since ``start``.

        If they work less than that within ``LONGEST``, the result is the end of that time.
        """
        for begins, ends in self._list_spans(start):
            if begins + amount <= ends:
                return begins + amount
            amount -= ends - begins
        return start.astimezone(UTC) + LONGEST

    def next_moment(self, start: datetime) -> datetime:
        """Return the first moment from ``start`` on at which the person is at work; ``start`` if they are."""
        return next(
            (begins for begins, _ in self._list_spans(start)),
            start.astimezone(UTC) + LONGEST,
        )

    def _list_spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the spans of work after ``start``, in UTC and in order. None is empty."""
        start, zone = start.astimezone(UTC), load_zone(self.hours.time_zone)
        first = start.astimezone(zone).date()
        for day in (first + timedelta(days=offset) for offset in range(LONGEST.days)):
            span = None if self._is_away(day) else working_span(self.hours, day, zone)
            if span and start < span[1]:
                yield max(span[0], start), span[1]

    def _is_away(self, day: date) -> bool:
        return any(absence.first <= day <= absence.last for absence in self.absences)
