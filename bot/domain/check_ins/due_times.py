"""When a participant is asked: once in each week of their rhythm, and only while they work.

A week's check-in is on the rhythm's day, or else on the next day of that ISO week on which they work, or not
at all that week. It is at the rhythm's time, or when they begin if they don't work at that time. What was due
during an outage comes at the next moment of its week at which they work.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.check_ins.records import Rhythm
from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.dojo.people import Absence, Weekday, WorkingHours
from bot.domain.pairing.working_time import working_span

_A_DAY, _A_WEEK = timedelta(days=1), timedelta(weeks=1)
_LAST_WEEK = 60
"""How many weeks ahead the next check-in is looked for."""
ANY_MONDAY = date(2024, 1, 1)
"""From here, weeks are counted in a cohort whose first day isn't known."""


def find_monday(day: date) -> date:
    """Return the Monday of a day's ISO week."""
    return day - timedelta(days=day.weekday())


def find_usual_weekday(rhythm: Rhythm, hours: WorkingHours) -> Weekday | None:
    """Return the rhythm's day of the week, or else the next one of the week on which somebody works, or None.

    If it is None, the rhythm never fits: they are never asked.
    """
    days = tuple(Weekday)
    later = days[days.index(rhythm.weekday) :]
    return next((day for day in later if day in hours.days), None)


@dataclass(frozen=True, slots=True)
class DueTime:
    """When a check-in is due: the moment, in UTC, and its date where the participant is."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckInCalendar:
    """When a participant may be asked.

    ``first_day`` and ``last_day`` are the cohort's, or None if they aren't known; weeks are counted from
    the first one. On ``absences``, before ``snoozed_until``, and on the day of each of their ``defences`` and
    the day before it, they aren't asked. All days are days in the participant's own time zone.
    """

    rhythm: Rhythm
    hours: WorkingHours
    first_day: date | None = None
    last_day: date | None = None
    absences: tuple[Absence, ...] = ()
    snoozed_until: date | None = None
    defences: tuple[date, ...] = ()

    def day_of(self, moment: datetime) -> date:
        """Return the date at a moment, where the participant is."""
        return day_in(self.hours.time_zone, moment)

    def find_next(self, after: datetime, earliest: date = date.min) -> DueTime | None:
        """Return when the next check-in is due: after a moment, and not before the day ``earliest``.

        Return None if there is none.
        """
        if self.rhythm.every_weeks < 1:
            return None
        start = max(self.day_of(after), earliest, self.first_day or date.min)
        for offset in range(_LAST_WEEK):
            monday = find_monday(start) + offset * _A_WEEK
            due = self.find_in_week(monday, earliest) if self._is_counted(monday) else None
            if due is not None and due.at > after:
                return due
        return None

    def find_in_week(self, monday: date, earliest: date = date.min) -> DueTime | None:
        """Return when the check-in of the week from ``monday`` on is due, or None if there is none.

        It is not before the day ``earliest``.
        """
        for offset in range(list(Weekday).index(self.rhythm.weekday), len(Weekday)):
            day = monday + offset * _A_DAY
            span = self._find_span(day) if day >= earliest else None
            if span:
                return DueTime(day, self._choose_moment(day, *span))
        return None

    def find_late(self, moment: datetime) -> DueTime | None:
        """Return the first moment from ``moment`` on, within its week, at which they may be asked, or None.

        The moment is given back if they work then.
        """
        today = self.day_of(moment)
        monday = find_monday(today)
        for offset in range(today.weekday(), len(Weekday)):
            day = monday + offset * _A_DAY
            span = self._find_span(day)
            if span and moment < span[1]:
                return DueTime(day, max(span[0], moment.astimezone(UTC)))
        return None

    def works_on(self, day: date) -> bool:
        """Return whether a day is one of their working days and they aren't away."""
        is_away = any(absence.first <= day <= absence.last for absence in self.absences)
        return not is_away and tuple(Weekday)[day.weekday()] in self.hours.days

    def is_near_defence(self, day: date) -> bool:
        """Return whether a day is that of a defence of theirs, or the day before one."""
        return day in self.defences or day + _A_DAY in self.defences

    def find_usual_day(self, monday: date) -> date | None:
        """Return the day of a week on which they are asked if nothing comes in between, or None.

        It is the rhythm's, or else the next of their working days.
        """
        weekday = find_usual_weekday(self.rhythm, self.hours)
        return None if weekday is None else monday + tuple(Weekday).index(weekday) * _A_DAY

    def add_working_days(self, day: date, count: int) -> date:
        """Return the first day after ``day`` by which ``count`` of their working days have passed.

        ``day`` itself counts if they work on it. People work on at least one day a week; holidays of more
        than a year don't count.
        """
        left, last = count, day + 366 * _A_DAY
        while day < last:
            left -= self.works_on(day)
            day += _A_DAY
            if left <= 0:
                break
        return day

    def _is_counted(self, monday: date) -> bool:
        """Return whether a week is one of the rhythm's."""
        weeks = (monday - find_monday(self.first_day or ANY_MONDAY)) // _A_WEEK
        return weeks % self.rhythm.every_weeks == 0

    def _find_span(self, day: date) -> tuple[datetime, datetime] | None:
        """Return from when to when they may be asked on a day, in UTC, or None if not at all."""
        is_outside = day < (self.first_day or day) or day > (self.last_day or day)
        if is_outside or day < (self.snoozed_until or day) or not self.works_on(day):
            return None
        if self.is_near_defence(day):
            return None
        span = working_span(self.hours, day, load_zone(self.hours.time_zone))
        # A zone that moves across the date line leaves out a whole day.
        return span if span and self.day_of(span[0]) == day else None

    def _choose_moment(self, day: date, begins: datetime, ends: datetime) -> datetime:
        """Return the rhythm's time on a day if it is within their hours, else when they begin.

        A time that the clocks skip is read as in the time before the change; of one that they repeat, the
        first counts.
        """
        midnight = datetime.combine(day, time(), load_zone(self.hours.time_zone))
        wanted = (midnight + timedelta(minutes=self.rhythm.minutes)).astimezone(UTC)
        return wanted if begins <= wanted < ends else begins
