"""Working time that passes, in a person's own time zone, over clock changes and holidays."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dojo.people import Absence, Weekday, WorkingHours
from bot.domain.pairing.records import ANSWER_TIME
from bot.domain.pairing.working_time import LONGEST, WorkingTime

DAYS = tuple(Weekday)
ZONES = [
    "Europe/London",
    "America/New_York",
    "Pacific/Auckland",
    "Australia/Lord_Howe",  # its clocks change by half an hour
    "America/Havana",  # its clocks change at midnight
    "Asia/Kathmandu",
    "UTC",
]
EIGHT = timedelta(hours=8)


def moment(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def away(first: str, last: str) -> Absence:
    return Absence(1, "sen", date.fromisoformat(first), date.fromisoformat(last), None)


@pytest.mark.parametrize(
    ("start", "hours", "absences", "end"),
    [
        # Three days of eight hours each, from the moment at which the sensei is asked.
        ("2026-11-23T10:30", WorkingHours("Europe/Berlin"), (), "2026-11-26T10:30"),
        # On Thursday: a weekend is between.
        ("2026-11-26T10:30", WorkingHours("Europe/Berlin"), (), "2026-12-01T10:30"),
        # In the evening or at the weekend it begins on the next working day, and ends with one.
        ("2026-11-20T20:00", WorkingHours("Europe/Berlin"), (), "2026-11-25T17:00"),
        ("2026-11-23T17:00", WorkingHours("Europe/Berlin"), (), "2026-11-26T17:00"),
        # Two days a week: a week and a half.
        (
            "2026-11-23T09:00",
            WorkingHours("Europe/Berlin", (Weekday.MON, Weekday.TUE)),
            (),
            "2026-11-30T17:00",
        ),
        # Days of a holiday don't count, both its first and its last.
        ("2026-11-23T10:30", WorkingHours("Europe/Berlin"), ("2026-11-24", "2026-11-25"), "2026-11-30T10:30"),
        ("2026-11-23T10:30", WorkingHours("Europe/Berlin"), ("2026-11-20", "2026-11-23"), "2026-11-26T17:00"),
        # On 29 March, the clocks skip an hour in the night: it is no working time for those who work then.
        ("2026-03-28T00:00", WorkingHours("Europe/Berlin", DAYS, 0, 1440), (), "2026-03-29T00:00"),
        ("2026-03-29T00:00", WorkingHours("Europe/Berlin", DAYS, 0, 1440), (), "2026-03-30T01:00"),
        ("2026-10-25T00:00", WorkingHours("Europe/Berlin", DAYS, 0, 1440), (), "2026-10-25T23:00"),
        # For those who work by day, a clock change alters nothing.
        ("2026-03-27T12:00", WorkingHours("Europe/Berlin"), (), "2026-04-01T12:00"),
    ],
)
def test_24_working_hours(
    start: str, hours: WorkingHours, absences: tuple[str, str] | tuple[()], end: str
) -> None:
    time = WorkingTime(hours, (away(*absences),) if absences else ())
    found = time.add(moment(start, hours.time_zone), ANSWER_TIME)
    assert found == moment(end, hours.time_zone).astimezone(UTC)
    assert found.tzinfo is UTC


def test_a_sensei_who_does_not_work_within_a_year_is_not_waited_for_any_longer() -> None:
    start = moment("2026-11-23T09:00")
    time = WorkingTime(WorkingHours("UTC"), (away("2026-01-01", "2099-01-01"),))
    assert time.add(start, EIGHT) == time.next_moment(start) == start + LONGEST


def test_an_unknown_time_zone_counts_as_utc() -> None:
    start = moment("2026-11-23T09:00")
    assert WorkingTime(WorkingHours("Mars/Olympus")).add(start, EIGHT) == moment("2026-11-23T17:00")


moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda span: span[0] + 30 < span[1])
days = st.sets(st.sampled_from(DAYS), min_size=1).map(tuple)
hours_of_work = st.builds(
    lambda zone, days, span: WorkingHours(zone, days, *span), st.sampled_from(ZONES), days, spans
)
amounts = st.integers(1, 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def holidays(draw: st.DrawFn) -> Sequence[Absence]:
    found = []
    for _ in range(draw(st.integers(0, 2))):
        first = draw(st.dates(date(2026, 1, 1), date(2027, 12, 31)))
        found.append(Absence(1, "sen", first, first + timedelta(days=draw(st.integers(0, 9))), None))
    return found


times = st.builds(WorkingTime, hours_of_work, holidays())


def works_in(time: WorkingTime, minute: datetime) -> bool:
    """Whether a minute is worked, told from the clock on the person's wall."""
    local = minute.astimezone(ZoneInfo(time.hours.time_zone))
    if any(absence.first <= local.date() <= absence.last for absence in time.absences):
        return False
    after_midnight = local.hour * 60 + local.minute
    return DAYS[local.weekday()] in time.hours.days and time.hours.begins <= after_midnight < time.hours.ends


def changes_clocks(time: WorkingTime, start: datetime, end: datetime) -> bool:
    zone = ZoneInfo(time.hours.time_zone)
    steps = int((end - start) / timedelta(days=1)) + 2
    offsets = {(start + timedelta(days=n)).astimezone(zone).utcoffset() for n in range(-1, steps)}
    return len(offsets) > 1


@given(times, moments, amounts)
def test_the_minutes_worked_until_the_end_are_those_that_the_clock_on_the_wall_shows(
    time: WorkingTime, start: datetime, amount: timedelta
) -> None:
    amount = min(amount, timedelta(minutes=(time.hours.ends - time.hours.begins) * 2))
    end = time.add(start, amount)
    if end - start > timedelta(days=9):
        return  # counting minute by minute would take long
    minutes = int((end - start) / timedelta(minutes=1))
    worked = sum(works_in(time, start + timedelta(minutes=n)) for n in range(minutes))
    if changes_clocks(time, start, end):
        # What the clocks skip or show twice is counted once, as time that passes.
        assert abs(timedelta(minutes=worked) - amount) <= timedelta(hours=1)
    else:
        assert timedelta(minutes=worked) == amount
        assert works_in(time, end - timedelta(minutes=1))


@given(times, moments, amounts, amounts)
def test_waiting_twice_is_waiting_for_both_together(
    time: WorkingTime, start: datetime, first: timedelta, second: timedelta
) -> None:
    together = time.add(start, first + second)
    if together < start + LONGEST:
        assert time.add(time.add(start, first), second) == together


@given(times, moments, moments, amounts)
def test_who_is_asked_later_has_no_less_time(
    time: WorkingTime, one: datetime, other: datetime, amount: timedelta
) -> None:
    first, last = sorted((one, other))
    assert time.add(first, amount) <= time.add(last, amount)
    assert time.add(first, amount) - first >= amount


@given(times, moments)
def test_the_next_moment_is_worked_and_none_before_it_is(time: WorkingTime, start: datetime) -> None:
    found = time.next_moment(start)
    assert time.next_moment(found) == found
    assert time.add(start, timedelta(minutes=1)) - timedelta(minutes=1) == found
    if not changes_clocks(time, start, found):
        assert works_in(time, found)
        assert not works_in(time, found - timedelta(minutes=1)) or found == start


@given(hours_of_work, moments, st.integers(0, 30), st.integers(0, 9))
def test_a_holiday_never_shortens_the_time(hours: WorkingHours, start: datetime, n: int, long: int) -> None:
    first = start.date() + timedelta(days=n)
    absence = Absence(1, "sen", first, first + timedelta(days=long), None)
    assert WorkingTime(hours, (absence,)).add(start, EIGHT) >= WorkingTime(hours).add(start, EIGHT)
