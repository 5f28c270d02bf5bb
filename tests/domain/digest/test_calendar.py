"""Days are counted as the sensei works, without weekends and holidays."""

from datetime import date

from bot.domain.digest.calendar import LONGEST_DAYS, SenseiCalendar
from bot.domain.dojo.people import Absence, Weekday, WorkingHours
from tests.domain.digest.weeks import CALENDAR, HOURS, MONDAY, ago


def test_weekends_are_no_working_days() -> None:
    assert [CALENDAR.days_since(ago(days)) for days in (0, 1, 2, 3, 7, 14)] == [0, 1, 1, 1, 5, 10]
    assert [CALENDAR.days_until(date(2026, 12, day)) for day in (1, 4, 6, 7)] == [1, 4, 4, 5]


def test_a_holiday_does_not_count() -> None:
    away = Absence(1, "sen", ago(6), ago(3), None)
    assert SenseiCalendar(MONDAY, HOURS, (away,)).days_since(ago(7)) == 1


def test_only_their_own_days_count() -> None:
    calendar = SenseiCalendar(MONDAY, WorkingHours("Asia/Tokyo", (Weekday.TUE, Weekday.SUN)))
    assert calendar.days_since(ago(7)) == 2


def test_a_day_to_come_has_not_waited_and_long_ago_is_not_counted_for_ever() -> None:
    assert CALENDAR.days_since(date(2027, 1, 1)) == 0
    assert CALENDAR.days_since(date(2000, 1, 1)) <= LONGEST_DAYS
