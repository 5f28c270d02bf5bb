"""Why a check-in comes on another day than the person's usual one."""

from datetime import date

from bot.domain.check_ins.due_times import CheckInCalendar, find_monday
from bot.domain.check_ins.holds import CheckInFacts, find_quiet_until
from bot.domain.check_ins.records import MoveReason


def find_missed_day(calendar: CheckInCalendar, today: date) -> date | None:
    """Return the person's usual day of this week if it is past, or None."""
    usual = calendar.find_usual_day(find_monday(today))
    if usual is None or usual >= today or usual < (calendar.first_day or usual):
        return None
    return usual


def find_move_reason(
    calendar: CheckInCalendar, facts: CheckInFacts, *, had_message: bool
) -> MoveReason | None:
    """Return why a person is asked today and wasn't on their usual day; None if today is that day.

    ``had_message``: they had another unprompted message on their usual day.
    """
    usual = find_missed_day(calendar, facts.today)
    if usual is None:
        return None
    if not calendar.works_on(usual):
        return MoveReason.AWAY
    if usual < (calendar.snoozed_until or usual):
        return MoveReason.SNOOZED
    if calendar.is_near_defence(usual):
        return MoveReason.DEFENCE
    if facts.decided_on is not None and find_quiet_until(calendar, facts.decided_on) > usual:
        return MoveReason.DECIDED
    return MoveReason.MESSAGE if had_message else MoveReason.OTHER
