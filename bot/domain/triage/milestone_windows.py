"""When a milestone is open: the days around its date on which all criteria are ruled on."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.domain.triage.records import Milestone

OPENS_BEFORE, CLOSES_AFTER = timedelta(days=7), timedelta(days=14)
AHEAD = timedelta(days=20)
"""How long before a milestone its rulings are announced: in a weekly message at least two weeks before."""


def find_open_milestone(dates: Mapping[Milestone, date], today: date) -> Milestone | None:
    """Return the milestone that is open on a day, or None. Of two, the one whose date is nearer counts."""
    is_open = {
        milestone: abs(day - today)
        for milestone, day in dates.items()
        if day - OPENS_BEFORE <= today <= day + CLOSES_AFTER
    }
    return min(is_open, key=lambda milestone: is_open[milestone], default=None)


def find_coming_milestone(dates: Mapping[Milestone, date], today: date) -> Milestone | None:
    """Return the next milestone that isn't open yet, if it is at most ``AHEAD`` away; or None."""
    coming = {
        milestone: day
        for milestone, day in dates.items()
        if today < opening_day(day) and day - today <= AHEAD
    }
    return min(coming, key=lambda milestone: coming[milestone], default=None)


def closing_day(day: date) -> date:
    """Return the last day on which a milestone is open."""
    return day + CLOSES_AFTER


def opening_day(day: date) -> date:
    """Return the first day on which a milestone is open."""
    return day - OPENS_BEFORE
