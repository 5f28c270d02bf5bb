"""How evidence moves over the weeks."""

from datetime import timedelta

import pytest

from bot.domain.digest.progress import Change, CriterionProgress, WeekShare, make_progress_grid
from bot.domain.triage.records import CriterionSnapshot
from tests.domain.digest.weekly import MONDAY, SECURITY, snapshot


def cell(*snapshots: CriterionSnapshot) -> CriterionProgress:
    [row] = make_progress_grid(MONDAY, [SECURITY], [("Ada", 1)], snapshots).rows
    return row.cells[0]


def test_a_week_shows_which_share_of_what_applies_was_met() -> None:
    shown = cell(snapshot(1, partly=1), snapshot(0, met=2, partly=1, not_applicable=2, open=1))
    assert shown.weeks == (WeekShare(0, 0.25), WeekShare(0.5, 0.25))


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (snapshot(1), snapshot(0), Change.NONE),
        (snapshot(1, met=1), snapshot(0, met=2), Change.MORE),
        (snapshot(1, partly=1), snapshot(0, met=1), Change.MORE),
        (snapshot(1, met=1), snapshot(0, partly=1), Change.LESS),
        (snapshot(1), snapshot(0, contested=1), Change.OTHER),
        (snapshot(1, not_assessed=4, open=0), snapshot(0), Change.NONE),
        (snapshot(2), snapshot(0, met=4), Change.NONE),
    ],
    ids=["nothing", "met", "whole", "weaker", "contested", "only read", "a week is missing"],
)
def test_a_change_is_more_or_less_than_a_week_ago(
    before: CriterionSnapshot, after: CriterionSnapshot, change: Change
) -> None:
    assert cell(before, after).change is change


def test_what_does_not_apply_and_what_was_not_read_shows_no_share() -> None:
    exempt = cell(snapshot(0, not_applicable=4, open=0))
    assert (exempt.applies, exempt.weeks) == (False, (None,))
    unread = cell(snapshot(0, not_assessed=4, open=0))
    assert (unread.applies, unread.weeks) == (True, (None,))
    assert cell().applies


def test_at_most_eight_weeks_are_shown_and_none_before_the_first_snapshot() -> None:
    many = [snapshot(ago, met=1) for ago in range(12)]
    assert len(cell(*many).weeks) == 8
    assert len(cell(*many[:3]).weeks) == 3
    [row] = make_progress_grid(MONDAY, [SECURITY], [("Ada", 1)], [snapshot(5, capstone=9)]).rows
    assert len(row.cells[0].weeks) == 1
    assert not row.is_read


def test_a_standstill_is_counted_in_weeks_since_the_last_change() -> None:
    shown = cell(
        snapshot(4, met=1), snapshot(3, met=2), snapshot(2, met=2), snapshot(1, met=2), snapshot(0, met=2)
    )
    assert shown.still_weeks == 3


def test_a_snapshot_of_a_later_week_does_not_count() -> None:
    later = CriterionSnapshot(1, SECURITY.id, MONDAY + timedelta(weeks=1), 4, 0, 0, 0, 0, 0)
    assert cell(snapshot(0), later).weeks == (WeekShare(0, 0),)
