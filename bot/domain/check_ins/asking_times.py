"""When a check-in is asked: what is decided once it is due, and the day that is promised before.

Both follow the same rules, so that on a day that people were shown, they are asked.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.check_ins.due_times import CheckInCalendar, DueTime, find_monday
from bot.domain.check_ins.holds import WAITS, CheckInFacts, find_holds

_A_DAY, _A_WEEK = timedelta(days=1), timedelta(weeks=1)
_MOST_TURNS = 500


@dataclass(frozen=True, slots=True)
class PlannedCheckIn:
    """A check-in whose time is planned. ``waited``: it was put off within its week."""

    due: DueTime
    waited: bool = False


def find_due(calendar: CheckInCalendar, planned: PlannedCheckIn) -> DueTime | None:
    """Return when a check-in whose time has come is due in its week by what holds now, or None if not at all.

    The rhythm or the hours may have changed since it was planned.
    """
    return planned.due if planned.waited else calendar.find_in_week(find_monday(planned.due.day))


def find_asking_time(
    calendar: CheckInCalendar,
    facts: CheckInFacts,
    planned: PlannedCheckIn,
    at: datetime,
    *,
    is_kept: bool = False,
) -> DueTime | None:
    """Return when a check-in whose time has come is asked, from ``at`` on and in its week.

    Return None if it is left out. A day that has its message, or that is kept for another message
    (``is_kept`` says so about today), is passed over.
    """
    holds = find_holds(facts, calendar)
    if find_due(calendar, planned) is None or any(hold.reason not in WAITS for hold in holds):
        return None
    is_used = facts.has_message or is_kept
    first = facts.today + _A_DAY if is_used else facts.today
    earliest = max([first, *(hold.until for hold in holds if hold.until)])
    if earliest > facts.today:
        return calendar.find_in_week(find_monday(facts.today), earliest)
    return calendar.find_late(at)


def find_following(calendar: CheckInCalendar, day: date, at: datetime) -> DueTime | None:
    """Return when the next check-in is due after one that was planned for ``day`` and has been decided."""
    due = calendar.find_next(at)
    is_same_day = due is not None and due.day == day
    return calendar.find_next(at, find_monday(day) + _A_WEEK) if is_same_day else due


def forecast(
    calendar: CheckInCalendar, facts: CheckInFacts, planned: PlannedCheckIn | None, at: datetime
) -> DueTime | None:
    """Return when a participant is asked next if nothing changes, or None if no such day is known.

    It leaves aside that questions and check-ins are open: answering them is up to the participant. What is
    known of today's messages says nothing about later days.
    """
    free = replace(facts, open_questions=0, is_open=False)
    for _ in range(_MOST_TURNS):
        if planned is None:
            break
        moment = max(planned.due.at, at)
        today = calendar.day_of(moment)
        now = free if today == facts.today else _move(free, today)
        if find_monday(today) != find_monday(planned.due.day):
            planned = _plan(calendar.find_next(moment))
            continue
        due = find_due(calendar, planned)
        if due is not None and due.at > moment:
            planned = PlannedCheckIn(due)
            continue
        asked = find_asking_time(calendar, now, planned, moment)
        if asked is None:
            planned = _plan(find_following(calendar, planned.due.day, moment))
        elif asked.at <= moment:
            return asked
        else:
            planned = PlannedCheckIn(asked, waited=True)
    return None


def _plan(due: DueTime | None) -> PlannedCheckIn | None:
    return None if due is None else PlannedCheckIn(due)


def _move(facts: CheckInFacts, day: date) -> CheckInFacts:
    """Return what is known about a participant on a later day."""
    return replace(facts, today=day, asked_today=False, has_message=False)
