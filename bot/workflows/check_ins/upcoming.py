"""Lists the check-ins that come next in a cohort, for participants and for whoever runs Sensei."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.check_ins.asking_times import PlannedCheckIn, forecast
from bot.domain.check_ins.holds import UNPLANNED, CheckInFacts, find_holds
from bot.domain.check_ins.upcoming import UpcomingCheckIn
from bot.ports.store import Tx
from bot.workflows.check_ins.participants import Participant, list_participants
from bot.workflows.check_ins.schedule import find_planned
from bot.workflows.check_ins.standings import gather_facts


def list_upcoming(
    tx: Tx, cohort: int, at: datetime, people: Collection[str] | None = None
) -> Sequence[UpcomingCheckIn]:
    """List when a cohort's participants, or some of them, are asked next, by name.

    If nothing changes, they are asked on the day that is shown, unless it is kept for a digest of theirs.
    """
    return find_upcoming(tx, cohort, list_participants(tx, cohort, at, people), at)


def find_upcoming(
    tx: Tx, cohort: int, participants: Sequence[Participant], at: datetime
) -> Sequence[UpcomingCheckIn]:
    """Find what ``list_upcoming`` lists, for participants of a cohort who are loaded already."""
    facts = gather_facts(tx, cohort, participants, at)
    planned = find_planned(tx, participants, at)
    return [
        _describe(one, facts[one.member.enrolment], planned.get(one.member.enrolment), at)
        for one in participants
    ]


def _describe(
    one: Participant, facts: CheckInFacts, planned: PlannedCheckIn | None, at: datetime
) -> UpcomingCheckIn:
    calendar = one.calendar
    holds = find_holds(facts, calendar)
    is_known = not any(hold.reason in UNPLANNED for hold in holds)
    due = forecast(calendar, facts, planned, at) if is_known else None
    return UpcomingCheckIn(one.member.name, calendar.rhythm, calendar.hours.time_zone, due, holds)
