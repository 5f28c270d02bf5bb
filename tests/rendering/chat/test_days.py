"""A day is written the same everywhere."""

from datetime import date

import pytest

from bot.rendering.chat.days import say_day


@pytest.mark.parametrize(
    ("day", "today", "expected"),
    [
        (date(2026, 12, 7), None, "Mon 7 Dec"),
        (date(2026, 12, 7), date(2026, 1, 1), "Mon 7 Dec"),
        (date(2027, 1, 11), date(2026, 12, 7), "Mon 11 Jan 2027"),
    ],
)
def test_a_day_has_its_year_only_if_that_is_another_one(day: date, today: date | None, expected: str) -> None:
    assert say_day(day, today) == expected
