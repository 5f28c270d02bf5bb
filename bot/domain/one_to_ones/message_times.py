"""When Sensei writes about a one-to-one: a brief the day before, and one question after the hour.

Both are sent in their reader's hours only. A brief that can't be sent at least half an hour before the
one-to-one is not sent, nor is a question a week after it.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.dojo.people import Absence, WorkingHours
from bot.domain.pairing.working_time import WorkingTime, working_span

LENGTH = timedelta(hours=1)
"""How long a one-to-one lasts. Sensei stores only when it begins."""
FARTHEST = timedelta(days=180)
"""How far ahead a one-to-one can be planned."""
_READING_TIME = timedelta(minutes=30)
_LOOK_BACK = 7  # days
_LATEST_QUESTION = timedelta(days=7)


def find_brief_time(
    hours: WorkingHours, absences: Sequence[Absence], meeting: datetime, not_before: datetime
) -> datetime | None:
    """Return when a brief is sent, in UTC, or None if it can't be any more.

    That is when its reader begins on their last working day before the one-to-one. If they have none in the
    week before, because they were away, it is the day itself.
    """
    day = find_day_before(hours, absences, meeting)
    midnight = datetime.combine(day, time(), load_zone(hours.time_zone))
    due = WorkingTime(hours, absences).next_moment(max(midnight.astimezone(UTC), not_before))
    return due if due <= find_brief_end(meeting) else None


def find_brief_end(meeting: datetime) -> datetime:
    """Return after which moment a brief makes no sense any more."""
    return meeting - _READING_TIME


def find_day_before(hours: WorkingHours, absences: Sequence[Absence], meeting: datetime) -> date:
    """Return a person's last working day before a one-to-one, or its own day if they have none that week."""
    zone, day = load_zone(hours.time_zone), day_in(hours.time_zone, meeting)
    for earlier in (day - timedelta(days=offset) for offset in range(1, _LOOK_BACK + 1)):
        is_away = any(absence.first <= earlier <= absence.last for absence in absences)
        if not is_away and working_span(hours, earlier, zone):
            return earlier
    return day


def find_question_time(
    hours: WorkingHours, absences: Sequence[Absence], meeting: datetime, not_before: datetime
) -> datetime | None:
    """Return when Sensei asks what came of a one-to-one, in UTC, or None if it's too late to ask.

    That is at the end of the hour, or when they next begin to work.
    """
    due = WorkingTime(hours, absences).next_moment(max(meeting + LENGTH, not_before))
    return due if due <= find_question_end(meeting) else None


def find_question_end(meeting: datetime) -> datetime:
    """Return after which moment it is too late to ask what came of a one-to-one."""
    return meeting + _LATEST_QUESTION


def read_moment(day: str, clock: str, zone: str) -> datetime | None:
    """Return the moment, in UTC, of a date and a time in a person's zone, such as ``2026-12-24``, ``09:30``.

    Return None if they are not a date and a time. A time that the clocks skip is read as before the change;
    one that comes twice is the first.
    """
    try:
        local = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), load_zone(zone))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
