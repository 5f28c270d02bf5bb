"""Which milestone people look at on a day: the open one, else the next one, else the last one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.triage.milestone_windows import CLOSES_AFTER, find_open_milestone, opening_day
from bot.domain.triage.records import Milestone


class MilestoneStage(StrEnum):
    """Where a milestone stands: its window has not opened yet, is open, or has closed."""

    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class MilestoneDate:
    """A milestone, its date, and where it stands today. It is open from ``opens`` to ``closes``."""

    milestone: Milestone
    day: date
    stage: MilestoneStage

    @property
    def opens(self) -> date:
        """Return the first day on which all criteria are ruled on."""
        return opening_day(self.day)

    @property
    def closes(self) -> date:
        """Return the last such day."""
        return self.day + CLOSES_AFTER


def find_current_milestone(dates: Mapping[Milestone, date], today: date) -> MilestoneDate | None:
    """Return the milestone to show today, or None if the calendar has none.

    Of two that are open, the one whose date is nearer counts, as for rulings.
    """
    if (open_now := find_open_milestone(dates, today)) is not None:
        return MilestoneDate(open_now, dates[open_now], MilestoneStage.OPEN)
    days = {day: milestone for milestone, day in dates.items()}
    if ahead := [day for day in days if day > today]:
        return MilestoneDate(days[min(ahead)], min(ahead), MilestoneStage.AHEAD)
    if days:
        return MilestoneDate(days[max(days)], max(days), MilestoneStage.OVER)
    return None


def locate_milestone(dates: Mapping[Milestone, date], milestone: Milestone, today: date) -> MilestoneDate:
    """Return a milestone that has a date, and where it stands today. See ``find_current_milestone``."""
    day = dates[milestone]
    if find_open_milestone(dates, today) is milestone:
        return MilestoneDate(milestone, day, MilestoneStage.OPEN)
    return MilestoneDate(milestone, day, MilestoneStage.AHEAD if day > today else MilestoneStage.OVER)
