"""A sensei's calendar: how many of their working days have passed, and how many are left."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.dojo.people import Absence, Weekday, WorkingHours
from bot.domain.triage.records import Milestone

_WEEK = tuple(Weekday)
_DAY = timedelta(days=1)
LONGEST_DAYS = 366
"""Days further away than this are not counted: nothing in a digest depends on them."""


@dataclass(frozen=True, slots=True)
class NearMilestone:
    """A milestone that is near or open, and its date. ``days_left`` are working days; 0 today and after."""

    milestone: Milestone
    day: date
    days_left: int


@dataclass(frozen=True, slots=True)
class SenseiCalendar:
    """The day of a digest, and on which days its sensei works.

    ``today`` is the date in their time zone. ``milestone`` is the one that counts now, or None.
    """

    today: date
    hours: WorkingHours
    absences: tuple[Absence, ...] = ()
    milestone: NearMilestone | None = None

    def works_on(self, day: date) -> bool:
        """Return whether a day is one of their working days and they aren't away."""
        is_away = any(absence.first <= day <= absence.last for absence in self.absences)
        return _WEEK[day.weekday()] in self.hours.days and not is_away

    def days_since(self, day: date) -> int:
        """Return the working days after ``day``, up to and including today."""
        return self._count(day, self.today)

    def days_until(self, day: date) -> int:
        """Return the working days after today, up to and including ``day``."""
        return self._count(self.today, day)

    def _count(self, after: date, last: date) -> int:
        days = min(max((last - after).days, 0), LONGEST_DAYS)
        return sum(self.works_on(last - offset * _DAY) for offset in range(days))
