"""When somebody works next: in their own zone, over weekends and changes of the clock."""

from datetime import UTC, datetime

import pytest

from bot.domain.dojo.people import Weekday, WorkingHours
from bot.domain.dojo.working_moments import next_working_moment

MADRID = WorkingHours("Europe/Madrid")


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-11-25T07:30", "2026-11-25T08:00"),  # before nine in Madrid
        ("2026-11-25T12:00", "2026-11-25T12:00"),
        ("2026-11-25T16:00", "2026-11-26T08:00"),  # five o'clock is over
        ("2026-11-27T20:00", "2026-11-30T08:00"),  # Friday evening
        ("2026-03-28T12:00", "2026-03-30T07:00"),  # the clock changes on Sunday
    ],
)
def test_the_next_moment_within_working_hours(at: str, then: str) -> None:
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, then)]
    assert next_working_moment(MADRID, moments[0]) == moments[1]


def test_whoever_works_one_day_a_week_is_told_a_week_later_and_until_midnight() -> None:
    hours = WorkingHours("UTC", (Weekday.WED,), 600, 1440)
    late = datetime(2026, 11, 25, 23, 59, tzinfo=UTC)
    assert next_working_moment(hours, late) == late
    over = datetime(2026, 11, 26, 0, 0, tzinfo=UTC)
    assert next_working_moment(hours, over) == datetime(2026, 12, 2, 10, tzinfo=UTC)
    assert next_working_moment(WorkingHours("UTC", ()), over) == over
