"""Reminders come whole working days later, at the same local time, in any zone and around clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.check_ins.reminder_times import after_working_days, begin_of_day
from bot.domain.dojo.people import Absence, Weekday, WorkingHours
from bot.domain.pairing.working_time import WorkingTime

DAY = timedelta(days=1)
ZONES = st.sampled_from(sorted(available_timezones()))
DAYS = st.sets(st.sampled_from(list(Weekday)), min_size=1)
SPANS = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda it: it[0] + 120 <= it[1])
START = datetime(2027, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 2 * 366 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
"""Within two years, of which the second is a leap year."""
HOLIDAYS = st.tuples(st.integers(0, 20), st.integers(0, 12))
LONDON = WorkingHours("Europe/London")


def away(first: date, last: date) -> Absence:
    return Absence(1, "ada", first, last, None)


def list_working_days(working: WorkingTime, first: date, last: date) -> list[date]:
    """The days on which somebody works, after the first up to the last."""
    days = (first + number * DAY for number in range(1, (last - first).days + 1))
    holidays = [(it.first, it.last) for it in working.absences]
    return [
        day
        for day in days
        if list(Weekday)[day.weekday()] in working.hours.days
        and not any(first <= day <= last for first, last in holidays)
    ]


def test_two_working_days_leave_out_a_weekend_and_a_holiday() -> None:
    asked = datetime(2026, 12, 3, 10, tzinfo=UTC)  # a Thursday
    assert after_working_days(WorkingTime(LONDON), asked, 2) == datetime(2026, 12, 7, 10, tzinfo=UTC)
    friday = WorkingTime(LONDON, (away(date(2026, 12, 4), date(2026, 12, 4)),))
    assert after_working_days(friday, asked, 2) == datetime(2026, 12, 8, 10, tzinfo=UTC)


def test_it_is_the_same_local_time_after_the_clocks_have_changed() -> None:
    asked = datetime(2027, 3, 26, 10, tzinfo=UTC)  # the Friday before the change
    assert after_working_days(WorkingTime(LONDON), asked, 2) == datetime(2027, 3, 30, 9, tzinfo=UTC)


def test_a_leap_day_is_a_working_day() -> None:
    asked = datetime(2028, 2, 28, 10, tzinfo=UTC)
    assert after_working_days(WorkingTime(LONDON), asked, 1) == datetime(2028, 2, 29, 10, tzinfo=UTC)


@given(ZONES, DAYS, SPANS, MOMENTS, st.integers(1, 4), HOLIDAYS)
@example("Australia/Lord_Howe", set(Weekday), (60, 180), datetime(2027, 4, 2, 15, tzinfo=UTC), 2, (20, 0))
@example("Africa/Casablanca", {Weekday.SUN}, (120, 300), datetime(2027, 3, 7, 3, tzinfo=UTC), 1, (20, 0))
@example("America/St_Johns", {Weekday.MON}, (0, 1440), datetime(2028, 2, 28, 12, tzinfo=UTC), 4, (0, 12))
def test_so_many_working_days_have_passed_and_they_are_at_work(
    zone: str,
    days: set[Weekday],
    span: tuple[int, int],
    asked: datetime,
    count: int,
    holiday: tuple[int, int],
) -> None:
    first = asked.date() + holiday[0] * DAY
    working = WorkingTime(WorkingHours(zone, tuple(days), *span), (away(first, first + holiday[1] * DAY),))
    moment = after_working_days(working, asked, count)
    begin, local = asked.astimezone(ZoneInfo(zone)), moment.astimezone(ZoneInfo(zone))
    assert moment > asked
    assert working.next_moment(moment) == moment, "they are at work"
    found = list_working_days(working, begin.date(), local.date())
    assert len(found) == count
    assert found[-1] == local.date()
    is_within = span[0] + 60 <= begin.hour * 60 + begin.minute < span[1] - 61
    if is_within:  # else it is as near as the hours allow
        shift = (local.replace(tzinfo=None) - datetime.combine(local.date(), begin.time())) / timedelta(
            hours=1
        )
        assert abs(shift) <= 1, "only hours that the clocks skip or repeat can shift it"


@given(ZONES, DAYS, SPANS, st.dates(date(2027, 1, 1), date(2028, 12, 31)), HOLIDAYS)
def test_whoever_comes_back_on_a_day_is_written_to_when_they_begin(
    zone: str, days: set[Weekday], span: tuple[int, int], day: date, holiday: tuple[int, int]
) -> None:
    first = day + (holiday[0] - 10) * DAY
    working = WorkingTime(WorkingHours(zone, tuple(days), *span), (away(first, first + holiday[1] * DAY),))
    moment = begin_of_day(working, day)
    local = moment.astimezone(ZoneInfo(zone))
    assert local.date() >= day
    assert working.next_moment(moment) == moment
    assert list_working_days(working, day - DAY, local.date()) == [local.date()]
    assert local.time() >= time(0)
