"""A person's calendar on the day of a digest: working days, holidays, and the milestone that is near."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.digest.calendar import NearMilestone, SenseiCalendar
from bot.domain.digest.cost_of_delay import NEAR_DAYS
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import CohortDate, WorkingHours
from bot.domain.triage.milestone_windows import find_open_milestone
from bot.domain.triage.records import Milestone
from bot.ports.store import Tx

_PAST = timedelta(days=90)
"""How far back holidays are looked up, so that they don't count as working days."""


def make_sensei_calendar(  # noqa: PLR0913, PLR0917 - what a calendar depends on
    tx: Tx, cohort: int, person: str, hours: WorkingHours, dates: Sequence[CohortDate], moment: datetime
) -> SenseiCalendar:
    """Return a person's calendar on the day of a moment. ``dates`` are the cohort's."""
    today = day_in(hours.time_zone, moment)
    absences = tx.absences.ending_since(cohort, today - _PAST)
    own = tuple(absence for absence in absences if absence.sensei == person)
    calendar = SenseiCalendar(today, hours, own)
    return replace(calendar, milestone=find_near_milestone(calendar, dates))


def find_near_milestone(calendar: SenseiCalendar, dates: Sequence[CohortDate]) -> NearMilestone | None:
    """Return the milestone that is open or else the next one, if it is near; None if there is none."""
    names = {milestone.value: milestone for milestone in Milestone}
    days = {names[entry.kind]: entry.day for entry in dates if entry.kind in names}
    chosen = find_open_milestone(days, calendar.today)
    if chosen is None:
        coming = [milestone for milestone, day in days.items() if day >= calendar.today]
        chosen = min(coming, key=lambda milestone: days[milestone], default=None)
    if chosen is None:
        return None
    near = NearMilestone(chosen, days[chosen], calendar.days_until(days[chosen]))
    return near if near.days_left <= NEAR_DAYS else None
