"""Briefs come the working day before, questions after the hour, and both in their reader's hours only."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.dojo.people import MONDAY_TO_FRIDAY, Absence, Weekday, WorkingHours
from bot.domain.one_to_ones.message_times import find_brief_time, find_question_time, read_moment
from bot.domain.pairing.working_time import WorkingTime

LONDON = WorkingHours("Europe/London")
EARLY = datetime(2026, 11, 1, tzinfo=UTC)
_MINUTES = 900 * 24 * 60
ZONES = ("Europe/London", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe", "UTC")


def at(text: str, zone: str = "Europe/London") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(moment: datetime | None, zone: str = "Europe/London") -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%a %d %H:%M}" if moment else ""


def away(first: str, last: str) -> Absence:
    return Absence(1, "sen", date.fromisoformat(first), date.fromisoformat(last), None, "Europe/London")


@pytest.mark.parametrize(
    ("meeting", "now", "hours", "absences", "expected"),
    [
        ("2026-12-02T10:00", "2026-11-20T09:00", LONDON, (), "Tue 01 09:00"),
        ("2026-12-07T10:00", "2026-11-20T09:00", LONDON, (), "Fri 04 09:00"),  # a Monday
        ("2026-12-02T10:00", "2026-12-01T15:20", LONDON, (), "Tue 01 15:20"),  # planned late
        ("2026-12-02T10:00", "2026-12-01T19:00", LONDON, (), "Wed 02 09:00"),
        ("2026-12-02T09:20", "2026-12-01T19:00", LONDON, (), ""),  # no time to read it
        ("2026-12-02T10:00", "2026-12-02T11:00", LONDON, (), ""),
        ("2026-12-02T10:00", "2026-11-20T09:00", LONDON, [away("2026-12-01", "2026-12-01")], "Mon 30 09:00"),
        ("2026-12-02T10:00", "2026-11-20T09:00", LONDON, [away("2026-11-20", "2026-12-01")], "Wed 02 09:00"),
        ("2026-12-02T10:00", "2026-11-20T09:00", WorkingHours("", (Weekday.WED,)), (), "Wed 25 09:00"),
    ],
)
def test_a_brief_comes_the_working_day_before(
    meeting: str, now: str, hours: WorkingHours, absences: list[Absence], expected: str
) -> None:
    assert local(find_brief_time(hours, absences, at(meeting), at(now))) == expected


@pytest.mark.parametrize(
    ("meeting", "now", "absences", "expected"),
    [
        ("2026-12-02T10:00", "2026-12-01T09:00", (), "Wed 02 11:00"),
        ("2026-12-02T16:00", "2026-12-01T09:00", (), "Thu 03 09:00"),  # it ends when they stop
        ("2026-12-04T16:30", "2026-12-01T09:00", (), "Mon 07 09:00"),
        ("2026-12-02T10:00", "2026-12-05T09:00", (), "Mon 07 09:00"),  # after an outage
        ("2026-12-02T10:00", "2026-12-10T09:00", (), ""),
        ("2026-12-02T16:00", "2026-12-01T09:00", [away("2026-12-03", "2026-12-04")], "Mon 07 09:00"),
        ("2026-12-02T16:00", "2026-12-01T09:00", [away("2026-12-03", "2026-12-20")], ""),
    ],
)
def test_the_question_comes_after_the_hour(
    meeting: str, now: str, absences: list[Absence], expected: str
) -> None:
    assert local(find_question_time(LONDON, absences, at(meeting), at(now))) == expected


@given(
    st.integers(0, _MINUTES),
    st.integers(0, _MINUTES),
    st.sampled_from(ZONES),
    st.sets(st.sampled_from(tuple(Weekday)), min_size=1),
    st.integers(0, 1380),
)
def test_nothing_is_sent_outside_hours_or_at_the_wrong_side_of_the_hour(
    meeting: int, now: int, zone: str, days: set[Weekday], begins: int
) -> None:
    ordered = tuple(day for day in Weekday if day in days)
    hours = WorkingHours(zone, ordered, begins, min(begins + 420, 1440))
    held, moment = (EARLY + timedelta(minutes=minutes) for minutes in (meeting, now))
    brief = find_brief_time(hours, (), held, moment)
    question = find_question_time(hours, (), held, moment)
    for due in (brief, question):
        if due is not None:
            assert due >= moment
            assert WorkingTime(hours).next_moment(due) == due
    assert brief is None or held - timedelta(days=8) <= brief < held
    assert question is None or held < question


@pytest.mark.parametrize(
    ("day", "clock", "zone", "expected"),
    [
        ("2026-12-24", "09:30", "Europe/Berlin", "2026-12-24T08:30:00+00:00"),
        ("2026-06-24", "09:30", "Europe/Berlin", "2026-06-24T07:30:00+00:00"),
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),  # it comes twice
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30:00+00:00"),  # it never comes
        ("2026-12-24", "09:30", "", "2026-12-24T09:30:00+00:00"),
    ],
)
def test_a_time_is_read_in_its_authors_zone(day: str, clock: str, zone: str, expected: str) -> None:
    found = read_moment(day, clock, zone)
    assert found is not None
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    ("day", "clock"), [("", ""), ("tomorrow", "09:00"), ("2026-02-30", "09:00"), ("1", "2")]
)
def test_what_is_no_time_is_no_time(day: str, clock: str) -> None:
    assert read_moment(day, clock, "Europe/Berlin") is None


def test_working_weeks_are_the_usual_ones() -> None:
    assert LONDON.days == MONDAY_TO_FRIDAY
