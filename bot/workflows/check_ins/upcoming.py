"""Lists the check-ins that come next in a cohort, for whoever runs Sensei."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from bot.domain.check_ins.due_times import CheckInCalendar
from bot.domain.check_ins.holds import CheckInFacts, HoldReason, find_holds
from bot.domain.check_ins.upcoming import UpcomingCheckIn
from bot.ports.store import Tx
from bot.workflows.check_ins.participants import list_participants
from bot.workflows.check_ins.standings import gather_facts

_ENDS = frozenset({HoldReason.COHORT_OVER, HoldReason.PAUSED, HoldReason.RHYTHM_OFF})
"""While one of these holds, no check-in is planned."""


def list_upcoming(
    tx: Tx, cohort: int, at: datetime, people: Collection[str] | None = None
) -> Sequence[UpcomingCheckIn]:
    """List when a cohort's participants, or some of them, are asked next, by name."""
    participants = list_participants(tx, cohort, at, people)
    facts = gather_facts(tx, cohort, participants, at)
    return [_describe(one.member.name, one.calendar, facts[one.member.enrolment], at) for one in participants]


def _describe(name: str, calendar: CheckInCalendar, facts: CheckInFacts, at: datetime) -> UpcomingCheckIn:
    """Describe a participant. A check-in that a known reason would hold up isn't the next one."""
    holds = find_holds(facts, calendar)
    earliest = max((hold.until for hold in holds if hold.until), default=date.min)
    is_planned = not any(hold.reason in _ENDS for hold in holds)
    due = calendar.find_next(at, earliest) if is_planned else None
    return UpcomingCheckIn(name, calendar.rhythm, calendar.hours.time_zone, due, holds)
