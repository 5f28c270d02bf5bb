"""Hours in which two people both work, with the clocks of a certain week."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dojo.people import MONDAY_TO_FRIDAY, Weekday, WorkingHours
from bot.domain.pairing.working_hours_overlap import minutes_worked
from bot.errors import UserError

WINTER, SUMMER = date(2026, 1, 14), date(2026, 7, 15)
# America changes on Sunday 8 March 2026, Europe on Sunday 29 March.
BETWEEN, AMERICA_CHANGES, EUROPE_CHANGES = date(2026, 3, 18), date(2026, 3, 8), date(2026, 3, 29)
ZONES = ["Europe/London", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu", "Asia/Kathmandu", "UTC"]
ALWAYS = tuple(Weekday)


def at(
    zone: str, begins: int = 9, ends: int = 17, days: tuple[Weekday, ...] = MONDAY_TO_FRIDAY
) -> WorkingHours:
    return WorkingHours(zone, days, begins * 60, ends * 60)


def shared_minutes(one: WorkingHours, other: WorkingHours, week: date) -> int:
    return (minutes_worked(one, week) & minutes_worked(other, week)).bit_count()


@pytest.mark.parametrize(
    ("one", "other", "week", "hours"),
    [
        (at("Europe/London"), at("Europe/London"), WINTER, 40),
        (at("Europe/London"), at("Europe/Berlin"), WINTER, 35),
        # New York is five hours behind London, but four while only America has changed.
        (at("Europe/London"), at("America/New_York"), WINTER, 15),
        (at("Europe/London"), at("America/New_York"), BETWEEN, 20),
        (at("Europe/London"), at("America/New_York"), SUMMER, 15),
        # Arizona does not change: New York is two hours ahead of it, then three.
        (at("America/Phoenix"), at("America/New_York"), WINTER, 30),
        (at("America/Phoenix"), at("America/New_York"), SUMMER, 25),
        # A quarter of an hour counts: Kathmandu is 5:45 ahead of UTC.
        (at("UTC"), at("Asia/Kathmandu"), WINTER, 2.25 * 5),
        # The week's Sunday is the one with the change: 02:00 to 05:00 is two hours long in March.
        (at("America/New_York", 0, 5, (Weekday.SUN,)), at("UTC", 0, 24, ALWAYS), AMERICA_CHANGES, 4),
        (at("Europe/London", 0, 5, (Weekday.SUN,)), at("UTC", 0, 24, ALWAYS), EUROPE_CHANGES, 4),
        (at("Europe/London", 0, 5, (Weekday.SUN,)), at("UTC", 0, 24, ALWAYS), date(2026, 10, 25), 6),
        # Tuesday 09:00 in Auckland is Monday 10:00 in Honolulu; Auckland's Monday is Honolulu's Sunday.
        (at("Pacific/Auckland"), at("Pacific/Honolulu"), WINTER, 7 * 4),
        (at("Pacific/Auckland", days=(Weekday.MON,)), at("Pacific/Honolulu"), WINTER, 0),
        (at("Pacific/Auckland", days=(Weekday.MON,)), at("Pacific/Honolulu", days=(Weekday.SUN,)), WINTER, 7),
        # Whoever works across midnight gives the longer part, here until it.
        (at("UTC", 18, 24), at("UTC", 20, 24), WINTER, 20),
        (at("Asia/Kolkata"), at("America/Los_Angeles"), WINTER, 0),
        (at("UTC", days=(Weekday.SAT,)), at("UTC"), WINTER, 0),
    ],
)
def test_hours_in_common(one: WorkingHours, other: WorkingHours, week: date, hours: float) -> None:
    assert shared_minutes(one, other, week) == hours * 60


def test_any_day_of_a_week_stands_for_it() -> None:
    monday = date(2026, 3, 2)
    found = {minutes_worked(at("America/New_York"), monday + timedelta(days=n)) for n in range(7)}
    assert len(found) == 1


zones = st.sampled_from(ZONES)
spans = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda span: span[0] < span[1])
worked = st.builds(
    lambda zone, days, span: WorkingHours(zone, tuple(days), *span),
    zones,
    st.sets(st.sampled_from(ALWAYS)),
    spans,
)
weeks = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(worked, worked, weeks)
def test_it_is_the_same_from_both_sides_and_no_more_than_either_works(
    one: WorkingHours, other: WorkingHours, week: date
) -> None:
    shared = shared_minutes(one, other, week)
    assert shared == shared_minutes(other, one, week)
    assert 0 <= shared <= min(minutes_worked(each, week).bit_count() for each in (one, other))


@given(worked, weeks, st.integers(0, 7 * 24 * 60 - 1))
def test_a_minute_is_worked_if_the_clock_there_says_so(hours: WorkingHours, week: date, minute: int) -> None:
    monday = datetime.combine(week - timedelta(days=week.weekday()), datetime.min.time(), UTC)
    there = (monday + timedelta(minutes=minute)).astimezone(ZoneInfo(hours.time_zone))
    # Where the clocks change, one of two equal times counts, or none of a missing one.
    if there.utcoffset() != (there - timedelta(hours=24)).utcoffset():
        return
    if there.utcoffset() != (there + timedelta(hours=24)).utcoffset():
        return
    clock = there.hour * 60 + there.minute
    expected = ALWAYS[there.weekday()] in hours.days and hours.begins <= clock < hours.ends
    assert bool(minutes_worked(hours, week) >> minute & 1) == expected


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_a_zone_that_does_not_exist_is_named(zone: str) -> None:
    with pytest.raises(UserError, match="no time zone called"):
        minutes_worked(at(zone), WINTER)
