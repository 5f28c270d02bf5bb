"""The occurrences of wanted events, in every time zone, and what a hostile calendar can do: nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.calendars.ical_events import read_events
from bot.domain.one_to_ones.calendar_events import MOST_EVENTS, CalendarProblem, DatedEvent, EventFilter
from bot.ports.calendars import UnreadableCalendarError
from tests.adapters.calendars.ics import calendar, event

FIRST, LAST = datetime(2026, 11, 28, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC)
SEN = EventFilter("Sen Sei")


def read(content: bytes, wanted: EventFilter = SEN, zone: str = "Europe/Berlin") -> list[DatedEvent]:
    return list(read_events(content, wanted, FIRST, LAST, zone))


def times(content: bytes, wanted: EventFilter = SEN, zone: str = "Europe/Berlin") -> list[str]:
    return [f"{found.at:%m-%d %H:%M}" for found in read(content, wanted, zone)]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20261201T100000Z", ["12-01 10:00"]),
        ("DTSTART;TZID=America/New_York:20261201T100000", ["12-01 15:00"]),
        ("DTSTART;TZID=W. Europe Standard Time:20261201T100000", ["12-01 09:00"]),
        ("DTSTART:20261201T100000", ["12-01 09:00"]),  # in the reader's own zone
        ("DTSTART;VALUE=DATE:20261201", []),  # a day, and no hour
        ("DTSTART:20260101T100000Z", []),
        ("DTSTART:20270101T100000Z", []),
    ],
)
def test_a_time_is_read_in_its_zone(start: str, expected: list[str]) -> None:
    assert times(calendar(event(start))) == expected


def test_times_without_a_zone_are_in_the_calendars_own() -> None:
    content = calendar(event("DTSTART:20261201T100000"), more=["X-WR-TIMEZONE:America/New_York"])
    assert times(content) == ["12-01 15:00"]


def test_a_zone_that_the_calendar_defines_itself_is_known() -> None:
    zone = (
        "BEGIN:VTIMEZONE",
        "TZID:Ours",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:+0500",
        "TZOFFSETTO:+0500",
        "END:STANDARD",
        "END:VTIMEZONE",
    )
    assert times(calendar(event("DTSTART;TZID=Ours:20261201T100000"), more=zone)) == ["12-01 05:00"]


def test_a_series_keeps_its_local_time_moves_one_and_leaves_others_out() -> None:
    weekly = event(
        "DTSTART;TZID=Europe/Berlin:20260901T100000",
        "RRULE:FREQ=WEEKLY",
        "EXDATE;TZID=Europe/Berlin:20261208T100000",
    )
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261215T100000",
        "DTSTART;TZID=Europe/Berlin:20261216T140000",
        title="moved",
    )
    off = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20261222T100000",
        "DTSTART;TZID=Europe/Berlin:20261222T100000",
        "STATUS:CANCELLED",
    )
    assert times(calendar(weekly, moved, off)) == ["12-01 09:00", "12-16 13:00"]


def test_a_key_stays_when_its_event_moves_and_no_two_events_share_one() -> None:
    others = [event(f"DTSTART:2026120{day}T100000Z", uid=f"{day}@example.com") for day in (2, 3)]
    before = read(calendar(event(), *others))
    assert len({found.key for found in before}) == 3
    [single] = read(calendar(event()))
    [moved] = read(calendar(event("DTSTART:20261202T120000Z")))
    assert single.key == moved.key
    weekly = event("DTSTART:20261201T100000Z", "RRULE:FREQ=WEEKLY")
    change = event("RECURRENCE-ID:20261208T100000Z", "DTSTART:20261209T100000Z")
    plain, changed = read(calendar(weekly)), read(calendar(weekly, change))
    assert [found.key for found in plain] == [found.key for found in changed]
    assert len({found.key for found in plain}) == 4


def test_only_events_that_name_them_are_read() -> None:
    content = calendar(
        event(uid="1", title="Dentist"),
        event("ATTENDEE;CN=Sen Sei:mailto:x@example.com", "DTSTART:20261202T100000Z", uid="2", title="Dojo"),
        event("ORGANIZER:mailto:sen.sei@example.com", "DTSTART:20261203T100000Z", uid="3", title="Dojo"),
        event("DTSTART:20261204T100000Z", uid="4", title="Dojo hour"),
        event(
            *(f"ATTENDEE;CN=Sen {number}:mailto:{number}@example.com" for number in range(4)),
            "DTSTART:20261205T100000Z",
            uid="5",
            title="Retro",
        ),
    )
    assert times(content) == ["12-02 10:00", "12-03 10:00"]
    assert times(content, EventFilter("Sen Sei", "dojo hour")) == [
        "12-02 10:00",
        "12-03 10:00",
        "12-04 10:00",
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=MINUTELY",
        "RRULE:FREQ=HOURLY",
        "RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,1,2;BYSECOND=1,2,3",
        "RRULE:FREQ=DAILY\r\nRRULE:FREQ=DAILY",
        "RRULE:FREQ=FORTNIGHTLY",
        "RRULE:FREQ=WEEKLY;INTERVAL=0",
        "RRULE:FREQ=WEEKLY;INTERVAL=-1",
        "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=WE",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=YEARLY;BYMONTH=12;BYYEARDAY=1",
        "RRULE:FREQ=MONTHLY;BYDAY=6TU",
        "RRULE:FREQ=MONTHLY;BYDAY=1TU;BYMONTHDAY=20",
        "RRULE:FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2",
        "RRULE:FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31",
        "RDATE:" + ",".join(f"202612{day:02}T{hour:02}{minute:02}00Z" for day in range(1, 29)
                             for hour in range(24) for minute in range(0, 60, 20)),
    ],
)  # fmt: skip
def test_a_series_without_end_is_left_out(rule: str) -> None:
    ordinary = event("DTSTART:20261202T100000Z", uid="2")
    assert times(calendar(event(*rule.split("\r\n"), "DTSTART:20261201T000000Z"), ordinary)) == [
        "12-02 10:00"
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=WEEKLY;WKST=MO;UNTIL=20261210T225959Z;BYDAY=TU", ["12-01", "12-08"]),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU", ["12-01", "12-15"]),
        ("FREQ=WEEKLY;COUNT=2", ["12-01", "12-08"]),
        ("FREQ=DAILY;COUNT=2;INTERVAL=3", ["12-01", "12-04"]),
        ("FREQ=DAILY;COUNT=3;BYDAY=MO,TU,WE,TH,FR", ["12-01", "12-02", "12-03"]),
        ("FREQ=MONTHLY;BYDAY=1TU", ["12-01"]),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=9", ["12-01"]),
        ("FREQ=MONTHLY;BYMONTHDAY=1", ["12-01"]),
        ("FREQ=MONTHLY;INTERVAL=1;BYDAY=TU;BYSETPOS=3", ["12-01", "12-15"]),
        ("FREQ=YEARLY;INTERVAL=1;BYMONTHDAY=1;BYMONTH=12", ["12-01"]),
        ("FREQ=YEARLY", ["12-01"]),
    ],
)
def test_the_rules_that_programs_write_are_counted(rule: str, expected: list[str]) -> None:
    assert [found[:5] for found in times(calendar(event(f"RRULE:{rule}")))] == expected


def test_a_series_from_long_ago_is_left_out() -> None:
    assert times(calendar(event("DTSTART:00010101T000000Z", "RRULE:FREQ=DAILY"))) == []


def test_there_are_never_more_than_a_person_could_attend() -> None:
    assert len(read(calendar(event("DTSTART:20261101T100000Z", "RRULE:FREQ=DAILY")))) == MOST_EVENTS
    many = [
        event(f"DTSTART:202612{day:02}T{hour}0000Z", uid=f"{day}.{hour}")
        for day in range(1, 24)
        for hour in (12, 11)
    ]
    assert times(calendar(*many)) == [f"12-{day:02} 11:00" for day in range(1, MOST_EVENTS + 1)]


def test_the_first_of_a_day_counts_in_the_readers_own_zone() -> None:
    content = calendar(event("DTSTART:20261201T210000Z"), event("DTSTART:20261201T233000Z", uid="2"))
    assert times(content, zone="UTC") == ["12-01 21:00"]
    assert times(content, zone="Europe/Berlin") == ["12-01 21:00", "12-01 23:30"]


def test_events_of_long_ago_take_no_place() -> None:
    past = [event("DTSTART:20200101T100000Z", uid=f"{number}") for number in range(200)]
    over = [
        event("DTSTART:20200101T100000Z", "RRULE:FREQ=DAILY;UNTIL=20200201T100000Z", uid=f"over {number}")
        for number in range(200)
    ]
    assert times(calendar(*past, *over, event())) == ["12-01 10:00"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>Sign in</html>",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    ],
)
def test_what_is_no_calendar_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(UnreadableCalendarError) as unreadable:
        read(content)
    assert unreadable.value.problem is CalendarProblem.NO_CALENDAR


@given(
    st.lists(
        st.sampled_from(
            [
                "DTSTART:20261201T100000Z",
                "DTSTART:nonsense",
                "DTSTART;VALUE=DATE:20261201",
                "DTSTART;TZID=Nowhere:20261201T100000",
                "DTEND:20251201T100000Z",
                "DURATION:-P9999D",
                "DURATION:nonsense",
                "RRULE:FREQ=WEEKLY;INTERVAL=0",
                "RRULE:FREQ=WEEKLY;COUNT=-1",
                "RRULE:FREQ=YEARLY;BYMONTH=99",
                "RRULE:nonsense",
                "RDATE:nonsense",
                "EXDATE;VALUE=PERIOD:20261201T100000Z/PT1H",
                "RECURRENCE-ID:nonsense",
                "ATTENDEE:nonsense",
                "STATUS:CANCELLED",
                "UID:again",
                "SEQUENCE:x",
            ]
        ),
        max_size=7,
    )
)
def test_nonsense_is_an_empty_calendar_or_an_unreadable_one(lines: list[str]) -> None:
    try:
        found = read(calendar(event(*lines)))
    except UnreadableCalendarError:
        return
    assert all(FIRST <= it.at <= LAST for it in found)
