"""A digest is sent once an ISO week, within its reader's hours, on the first day on which they work."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.digest.delivery_times import (
    find_delivery,
    find_monday,
    find_week_end,
    name_week,
    parse_week,
)
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, Absence, Weekday, WorkingHours

MONDAY = date(2026, 11, 30)
LONDON = WorkingHours("Europe/London")
TURN = timedelta(minutes=30)
EARLY = datetime(2026, 11, 1, tzinfo=UTC)
# Both hemispheres, both clock changes (some at midnight), odd offsets, and both ends of the date line.
ZONES = (
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "UTC",
)


def local(moment: datetime | None, zone: str) -> str:
    """A moment in a time zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %H:%M}" if moment else ""


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (LONDON, "Mon 30 09:00"),
        (WorkingHours("Europe/London", begins=10 * 60), "Mon 30 10:00"),
        (WorkingHours("Europe/London", begins=6 * 60), "Mon 30 09:00"),
        (WorkingHours("Europe/London", begins=5 * 60, ends=8 * 60), "Mon 30 05:00"),
        (WorkingHours("Europe/London", begins=17 * 60, ends=24 * 60), "Mon 30 17:00"),
        (WorkingHours("Europe/London", (Weekday.WED, Weekday.SUN)), "Wed 02 09:00"),
        (WorkingHours("Europe/London", (Weekday.SUN,)), "Sun 06 09:00"),
        (WorkingHours("Asia/Tokyo"), "Mon 30 09:00"),
    ],
)
def test_it_comes_at_nine_on_the_first_day_on_which_they_work(hours: WorkingHours, expected: str) -> None:
    assert local(find_delivery(hours, (), MONDAY, EARLY), hours.time_zone) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(30, 30, "Tue 01 09:00"), (28, 33, "Fri 04 09:00"), (30, 36, "")],
)
def test_whoever_is_away_gets_it_when_they_are_back_in_the_same_week(
    first: int, last: int, expected: str
) -> None:
    begin = date(2026, 11, 1)
    away = Absence(1, "sen", begin + timedelta(first - 1), begin + timedelta(last - 1), "sol")
    assert local(find_delivery(LONDON, [away], MONDAY, EARLY), "Europe/London") == expected


def test_a_week_begins_and_ends_where_the_reader_is() -> None:
    sunday_night = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert find_monday(WorkingHours("Asia/Tokyo"), sunday_night) == MONDAY
    assert find_monday(LONDON, sunday_night) == date(2026, 11, 23)
    assert local(find_week_end(WorkingHours("Asia/Tokyo"), MONDAY), "Asia/Tokyo") == "Mon 07 00:00"


def test_a_week_at_the_turn_of_the_year_has_one_name() -> None:
    assert name_week(date(2026, 12, 31)) == name_week(date(2027, 1, 1)) == "2026-W53"
    assert parse_week("2026-W53") == date(2026, 12, 28)
    with pytest.raises(ValueError, match="2026"):
        parse_week("2026 W53")
    with pytest.raises(ValueError, match="54"):
        parse_week("2026-W54")


@given(
    zone=st.sampled_from(ZONES),
    days=st.sets(st.sampled_from(list(Weekday)), min_size=1),
    span=st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda it: it[0] + 60 <= it[1]),
    week=st.integers(0, 52 * 5).map(lambda number: date(2025, 1, 6) + timedelta(weeks=number)),
    away=st.tuples(st.integers(-3, 6), st.integers(0, 6)),
    outage=st.tuples(st.integers(0, 7 * 24), st.just(48)),
)
@example("America/New_York", set(MONDAY_TO_FRIDAY), (540, 1020), date(2026, 11, 2), (9, 0), (0, 48))
@example("Africa/Cairo", {Weekday.FRI}, (0, 60), date(2026, 4, 20), (9, 0), (0, 48))
def test_it_is_sent_at_most_once_a_week_never_outside_hours_and_on_the_right_date(
    zone: str,
    days: set[Weekday],
    span: tuple[int, int],
    week: date,
    away: tuple[int, int],
    outage: tuple[int, int],
) -> None:
    """Hour by hour, what is due is sent, except during an outage of two days."""
    hours = WorkingHours(zone, tuple(days), *span)
    holiday = Absence(1, "sen", week + timedelta(away[0]), week + timedelta(sum(away)), None)
    end = find_week_end(hours, week)
    sent: list[datetime] = []
    now = find_week_end(hours, week - timedelta(7))
    earliest = find_delivery(hours, [holiday], week, now)
    down = [now + timedelta(hours=hour) for hour in (outage[0], sum(outage))]
    while now < end:
        is_up = not down[0] <= now < down[1]
        if is_up and not sent and find_delivery(hours, [holiday], week, now) == now:
            sent.append(now)
        now += TURN
    for moment in sent:
        at = moment.astimezone(ZoneInfo(zone))
        assert list(Weekday)[at.weekday()] in days
        assert not holiday.first <= at.date() <= holiday.last
        assert name_week(at.date()) == name_week(week)
        # Hours that the clocks skip or repeat may shift a day's span by as much as they change.
        assert span[0] - 60 <= at.hour * 60 + at.minute < span[1] + 60
    if earliest is None:
        assert sent == []
    elif not down[0] - TURN < earliest < down[1]:
        assert [moment - earliest < TURN for moment in sent] == [True]
