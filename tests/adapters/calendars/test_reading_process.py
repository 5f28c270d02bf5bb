"""Calendars that would stop Sensei: each ends within its limits, and the next one is read as it should be."""

import sys
import time
from datetime import UTC, datetime

import pytest

from bot.adapters.calendars.reading_process import CalendarLimits, read_apart
from bot.domain.one_to_ones.calendar_events import CalendarProblem, EventFilter
from bot.errors import TransientError
from bot.ports.calendars import UnreadableCalendarError
from tests.adapters.calendars.ics import calendar, event, zone

FIRST, LAST = datetime(2026, 11, 28, tzinfo=UTC), datetime(2026, 12, 26, tzinfo=UTC)
SEN = EventFilter("Sen Sei")
WINDOWS = "W. Europe Standard Time"
ORDINARY = event("DTSTART:20261202T100000Z", uid="ordinary")
HONEST = calendar(
    event(f"DTSTART;TZID={WINDOWS}:20261201T100000"),
    more=zone(WINDOWS, ("+0200", "+0100", "10"), ("+0100", "+0200", "3")),
)
SECONDS = 30
"""Within these, a calendar must have ended, also on a machine that is busy."""


def times(content: bytes, limits: CalendarLimits | None = None) -> list[str]:
    found = read_apart(content, SEN, FIRST, LAST, "Europe/Berlin", limits or CalendarLimits())
    return [f"{it.at:%m-%d %H:%M}" for it in found]


def problem(content: bytes, limits: CalendarLimits | None = None) -> CalendarProblem:
    with pytest.raises(UnreadableCalendarError) as unreadable:
        times(content, limits)
    assert unreadable.value.__cause__ is None
    return unreadable.value.problem


def wild_zone(rule: str) -> bytes:
    """A calendar whose own time zone changes by this rule, with an event in it."""
    lines = []
    for part, before, after in (("STANDARD", "+0200", "+0100"), ("DAYLIGHT", "+0100", "+0200")):
        lines += [
            f"BEGIN:{part}", "DTSTART:19700101T000000", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", rule,
            f"END:{part}",
        ]  # fmt: skip
    more = ["BEGIN:VTIMEZONE", "TZID:Mine", *lines, "END:VTIMEZONE"]
    return calendar(event("DTSTART;TZID=Mine:20261201T090000"), ORDINARY, more=more)


@pytest.mark.parametrize(
    "content",
    [
        calendar(event("DTSTART:20261201T090000Z", "RRULE:FREQ=DAILY;INTERVAL=0"), ORDINARY),
        calendar(event("DTSTART:20261201T090000Z", "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), ORDINARY),
        calendar(event("DTSTART:20261201T090000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), ORDINARY),
        wild_zone("RRULE:FREQ=SECONDLY"),
        wild_zone("RRULE:FREQ=YEARLY;INTERVAL=0"),
        wild_zone("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    ],
    ids=[
        "no interval",
        "30 February",
        "30 February, by days",
        "a zone of seconds",
        "a zone of none",
        "a zone",
    ],
)
def test_what_would_be_counted_for_ever_is_left_out_and_the_rest_is_read(content: bytes) -> None:
    began = time.monotonic()
    assert times(content) == ["12-02 10:00"]
    assert time.monotonic() - began < SECONDS
    assert times(HONEST) == ["12-01 09:00"]


@pytest.mark.parametrize(
    "limits",
    [
        CalendarLimits(processor_seconds=1),
        CalendarLimits(memory_bytes=64 * 1024 * 1024),
        CalendarLimits(seconds=0.5),
    ],
    ids=["processor time", "memory", "time"],
)
def test_what_takes_too_much_is_ended_and_the_next_is_read(limits: CalendarLimits) -> None:
    many = calendar("BEGIN:VEVENT\r\nSUMMARY:Sen\r\nEND:VEVENT\r\n" * 100_000)
    began = time.monotonic()
    # The library takes a lack of memory for a mistake in the calendar.
    assert problem(many, limits) in {CalendarProblem.TOO_LARGE, CalendarProblem.NO_CALENDAR}
    assert time.monotonic() - began < SECONDS
    assert times(HONEST) == ["12-01 09:00"]


def test_a_calendar_of_many_series_since_long_ago_is_read_within_the_limits() -> None:
    old = [event("DTSTART:20000101T090000Z", "RRULE:FREQ=DAILY", uid=f"{number}") for number in range(5_000)]
    began = time.monotonic()
    assert len(times(calendar(*old))) == 10
    assert time.monotonic() - began < SECONDS


def test_a_calendars_time_zone_is_nobody_elses() -> None:
    foreign = calendar(
        event(f"DTSTART;TZID={WINDOWS}:20261201T100000"), more=zone(WINDOWS, ("+1300", "+1300", "10"))
    )
    assert times(foreign) == ["11-30 21:00"]  # a calendar means what it says itself
    assert times(HONEST) == ["12-01 09:00"]


@pytest.mark.parametrize("name", ["America", "a" * 300])
def test_a_time_zone_that_is_a_folder_or_too_long_is_said_to_be_wrong(name: str) -> None:
    assert problem(calendar(event(f"DTSTART;TZID={name}:20261201T100000"))) is CalendarProblem.NO_CALENDAR
    assert times(HONEST) == ["12-01 09:00"]


def test_a_time_zone_is_no_path() -> None:
    assert times(calendar(event("DTSTART;TZID=../../etc/passwd:20261201T100000"))) == ["12-01 09:00"]


def test_what_is_no_calendar_is_said_to_be_none() -> None:
    assert problem(b"<html>Sign in</html>") is CalendarProblem.NO_CALENDAR
    assert problem(b"") is CalendarProblem.NO_CALENDAR


def test_a_process_that_cannot_be_started_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(TransientError):
        times(HONEST)


def test_a_process_that_reads_has_no_setting_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("SENSEI_DATABASE_URL", "secret")
    assert times(HONEST) == ["12-01 09:00"]
