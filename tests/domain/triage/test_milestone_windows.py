"""On which days a milestone is open, and which of two counts."""

from datetime import date, timedelta

import pytest

from bot.domain.triage.milestone_windows import find_open_milestone, opening_day
from bot.domain.triage.records import Milestone

DESIGN = date(2026, 12, 10)


@pytest.mark.parametrize(("days", "is_open"), [(-8, False), (-7, True), (0, True), (14, True), (15, False)])
def test_a_milestone_is_open_from_a_week_before_its_date_to_two_weeks_after(days: int, is_open: bool) -> None:
    found = find_open_milestone({Milestone.DESIGN: DESIGN}, DESIGN + timedelta(days))
    assert found is (Milestone.DESIGN if is_open else None)


def test_of_two_open_milestones_the_nearer_one_counts_and_the_earlier_one_on_a_day_between() -> None:
    dates = {Milestone.DESIGN: DESIGN, Milestone.MIDWAY: DESIGN + timedelta(10)}
    assert find_open_milestone(dates, DESIGN + timedelta(4)) is Milestone.DESIGN
    assert find_open_milestone(dates, DESIGN + timedelta(5)) is Milestone.DESIGN
    assert find_open_milestone(dates, DESIGN + timedelta(6)) is Milestone.MIDWAY


def test_it_opens_on_the_first_day_on_which_it_is_open() -> None:
    dates = {Milestone.FINAL: DESIGN}
    assert find_open_milestone(dates, opening_day(DESIGN)) is Milestone.FINAL
    assert find_open_milestone(dates, opening_day(DESIGN) - timedelta(1)) is None
    assert find_open_milestone({}, DESIGN) is None
