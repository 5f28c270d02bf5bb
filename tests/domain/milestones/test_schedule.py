"""Which milestone people look at on a day."""

from datetime import date

import pytest

from bot.domain.milestones.schedule import MilestoneStage, find_current_milestone
from bot.domain.triage.records import Milestone

DESIGN, MIDWAY, FINAL = Milestone
DATES = {DESIGN: date(2026, 12, 1), MIDWAY: date(2027, 2, 1), FINAL: date(2027, 2, 9)}


@pytest.mark.parametrize(
    ("today", "milestone", "stage"),
    [
        ("2026-11-23", DESIGN, MilestoneStage.AHEAD),
        ("2026-11-24", DESIGN, MilestoneStage.OPEN),
        ("2026-12-15", DESIGN, MilestoneStage.OPEN),
        ("2026-12-16", MIDWAY, MilestoneStage.AHEAD),
        # Two close together: the nearer one, and the earlier one on the day between them.
        ("2027-02-04", MIDWAY, MilestoneStage.OPEN),
        ("2027-02-05", MIDWAY, MilestoneStage.OPEN),
        ("2027-02-06", FINAL, MilestoneStage.OPEN),
        ("2027-02-24", FINAL, MilestoneStage.OVER),
    ],
)
def test_the_open_milestone_counts_else_the_next_else_the_last(
    today: str, milestone: Milestone, stage: MilestoneStage
) -> None:
    found = find_current_milestone(DATES, date.fromisoformat(today))
    assert found
    assert (found.milestone, found.stage, found.day) == (milestone, stage, DATES[milestone])


def test_without_dates_there_is_no_milestone() -> None:
    assert find_current_milestone({}, date(2026, 12, 1)) is None
