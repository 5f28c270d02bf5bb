"""A check-in comes at most once in a week of the rhythm, on the right day, and only while they work."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.check_ins.due_times import ANY_MONDAY, CheckInCalendar, DueTime, find_monday
from bot.domain.check_ins.holds import CapstoneStanding, CheckInFacts, find_holds
from bot.domain.check_ins.records import DEFAULT_RHYTHM, Rhythm
from bot.domain.dojo.people import MONDAY_TO_FRIDAY, Absence, EnrolmentState, Weekday, WorkingHours

MONDAY = date(2026, 11, 30)
START = datetime(2026, 11, 30, tzinfo=UTC)
LONDON = WorkingHours("Europe/London")
DESK = CapstoneStanding(1, has_access=True, is_held=False)
DAY, WEEK, HOUR = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1)


def local(due: DueTime | None, zone: str = "Europe/London") -> str:
    """A due time in a time zone."""
    if due is None:
        return ""
    at = due.at.astimezone(ZoneInfo(zone))
    assert at.date() == due.day
    return f"{at:%a %d %H:%M}"


def calendar(
    rhythm: Rhythm = DEFAULT_RHYTHM, hours: WorkingHours = LONDON, **more: object
) -> CheckInCalendar:
    return CheckInCalendar(rhythm, hours, **more)  # type: ignore[arg-type]


def away(first: date, last: date) -> Absence:
    return Absence(1, "ada", first, last, None)


@pytest.mark.parametrize(
    ("rhythm", "hours", "expected"),
    [
        (DEFAULT_RHYTHM, LONDON, "Wed 02 10:00"),
        (DEFAULT_RHYTHM, WorkingHours("Europe/London", begins=11 * 60), "Wed 02 11:00"),
        (DEFAULT_RHYTHM, WorkingHours("Europe/London", begins=6 * 60, ends=10 * 60), "Wed 02 06:00"),
        (DEFAULT_RHYTHM, WorkingHours("Europe/London", (Weekday.TUE, Weekday.FRI)), "Fri 04 10:00"),
        (DEFAULT_RHYTHM, WorkingHours("Europe/London", (Weekday.TUE,)), ""),
        (Rhythm(weekday=Weekday.SAT), LONDON, ""),
        (Rhythm(weekday=Weekday.SUN), WorkingHours("Europe/London", (Weekday.SUN,)), "Sun 06 10:00"),
        (Rhythm(weekday=Weekday.MON, minutes=9 * 60 + 45), LONDON, "Mon 30 09:45"),
        (Rhythm(minutes=16 * 60 + 59), LONDON, "Wed 02 16:59"),
        (Rhythm(minutes=17 * 60), LONDON, "Wed 02 09:00"),
        (Rhythm(0), LONDON, ""),
    ],
)
def test_it_is_on_the_rhythms_day_at_its_time_while_they_work(
    rhythm: Rhythm, hours: WorkingHours, expected: str
) -> None:
    assert local(calendar(rhythm, hours).find_next(START)) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 12, 2), date(2026, 12, 2), "Thu 03 10:00"),
        (date(2026, 11, 20), date(2026, 12, 3), "Fri 04 10:00"),
        (date(2026, 12, 2), date(2026, 12, 4), "Wed 09 10:00"),
    ],
)
def test_a_holiday_moves_it_within_its_week_or_leaves_it_out(first: date, last: date, expected: str) -> None:
    assert local(calendar(absences=(away(first, last),)).find_next(START)) == expected


def test_a_snooze_ends_on_its_day() -> None:
    assert local(calendar(snoozed_until=date(2026, 12, 2)).find_next(START)) == "Wed 02 10:00"
    assert local(calendar(snoozed_until=date(2026, 12, 4)).find_next(START)) == "Fri 04 10:00"
    assert local(calendar(snoozed_until=date(2026, 12, 5)).find_next(START)) == "Wed 09 10:00"


def test_it_comes_between_the_cohorts_first_and_last_day() -> None:
    assert local(calendar(first_day=date(2026, 12, 3)).find_next(START)) == "Thu 03 10:00"
    assert local(calendar(last_day=date(2026, 12, 1)).find_next(START)) == ""
    assert local(calendar(last_day=date(2026, 12, 2)).find_next(START)) == "Wed 02 10:00"


@pytest.mark.parametrize(
    ("start", "expected"),
    [(date(2026, 11, 4), "Wed 02"), (date(2026, 11, 11), "Wed 09"), (date(2026, 11, 29), "Wed 09")],
)
def test_every_second_week_is_counted_from_the_cohorts_first(start: date, expected: str) -> None:
    due = calendar(Rhythm(2), first_day=start).find_next(START)
    assert local(due).startswith(expected)
    assert due is not None
    after = calendar(Rhythm(2), first_day=start).find_next(due.at)
    assert after is not None
    assert after.day - due.day == 2 * WEEK


def test_a_cohort_without_a_first_day_has_weeks_too() -> None:
    due = calendar(Rhythm(3)).find_next(START)
    assert due is not None
    assert (find_monday(due.day) - ANY_MONDAY) % (3 * WEEK) == timedelta()


def test_a_day_can_be_asked_for_from_which_on_it_is_looked_for() -> None:
    assert local(calendar().find_next(START, date(2026, 12, 3))) == "Thu 03 10:00"
    assert local(calendar().find_next(START, date(2026, 12, 7))) == "Wed 09 10:00"


def test_after_an_outage_it_comes_at_the_next_moment_of_its_week_at_which_they_work() -> None:
    found = {
        hour: local(calendar().find_late(datetime(2026, 12, 2, hour, tzinfo=UTC))) for hour in (6, 12, 20)
    }
    assert found == {6: "Wed 02 09:00", 12: "Wed 02 12:00", 20: "Thu 03 09:00"}
    assert calendar().find_late(datetime(2026, 12, 4, 17, tzinfo=UTC)) is None
    friday = away(date(2026, 12, 4), date(2026, 12, 4))
    assert calendar(absences=(friday,)).find_late(datetime(2026, 12, 3, 18, tzinfo=UTC)) is None


def test_the_clocks_change_around_it() -> None:
    night = WorkingHours("Europe/London", tuple(Weekday), 0, 24 * 60)
    spring = calendar(Rhythm(weekday=Weekday.SUN, minutes=90), night)
    due = spring.find_next(datetime(2026, 3, 28, tzinfo=UTC))
    assert due == DueTime(date(2026, 3, 29), datetime(2026, 3, 29, 1, 30, tzinfo=UTC))  # 01:30 is skipped
    due = spring.find_next(datetime(2026, 10, 24, tzinfo=UTC))
    assert due == DueTime(date(2026, 10, 25), datetime(2026, 10, 25, 0, 30, tzinfo=UTC))  # the first 01:30
    assert due is not None
    again = spring.find_next(due.at)
    assert again is not None
    assert again.day == date(2026, 11, 1)


def test_a_leap_day_and_the_turn_of_the_year_are_days_like_others() -> None:
    tuesdays = calendar(Rhythm(weekday=Weekday.TUE))
    assert local(tuesdays.find_next(datetime(2028, 2, 28, tzinfo=UTC))) == "Tue 29 10:00"
    fridays = calendar(Rhythm(weekday=Weekday.FRI))
    assert local(fridays.find_next(datetime(2026, 12, 31, tzinfo=UTC))) == "Fri 01 10:00"


def test_whoever_moves_gets_it_at_their_new_time() -> None:
    tokyo = calendar(hours=WorkingHours("Asia/Tokyo"))
    assert local(tokyo.find_next(START), "Asia/Tokyo") == "Wed 02 10:00"
    assert tokyo.find_next(START) != calendar().find_next(START)


def test_a_day_that_a_zone_left_out_is_no_working_day() -> None:
    hours = WorkingHours("Pacific/Apia", tuple(Weekday), 0, 24 * 60)
    fridays = calendar(Rhythm(weekday=Weekday.FRI), hours)
    due = fridays.find_next(datetime(2011, 12, 28, tzinfo=UTC))
    assert due is not None
    assert due.day == date(2011, 12, 31)


def test_working_days_are_counted_from_the_day_itself() -> None:
    wednesday = date(2026, 12, 2)
    assert calendar().add_working_days(wednesday, 5) == date(2026, 12, 9)
    assert calendar().add_working_days(date(2026, 12, 5), 1) == date(2026, 12, 8)
    friday = away(date(2026, 12, 4), date(2026, 12, 4))
    assert calendar(absences=(friday,)).add_working_days(wednesday, 5) == date(2026, 12, 10)
    assert calendar().add_working_days(wednesday, 0) == date(2026, 12, 3)


SPANS = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda it: it[0] + 60 <= it[1])
DAYS = st.sets(st.sampled_from(list(Weekday)), min_size=1)
RHYTHMS = st.builds(Rhythm, st.integers(1, 4), st.sampled_from(list(Weekday)), st.integers(0, 1439))


def _check_all_weeks(found: CheckInCalendar, first: date, weeks: int) -> None:
    """Check every due time from a day on against the rules, which are written here a second time."""
    hours, zone = found.hours, ZoneInfo(found.hours.time_zone)
    now = datetime.combine(first, time(), UTC) - 2 * DAY
    end = datetime.combine(first + weeks * WEEK, time(), UTC)
    seen: list[DueTime] = []
    while (due := found.find_next(now)) is not None and due.at < end:
        assert due.at > now
        seen.append(due)
        now = due.at
    assert len({due.day.isocalendar()[:2] for due in seen}) == len(seen)
    for due in seen:
        at = due.at.astimezone(zone)
        assert at.date() == due.day
        assert list(Weekday)[at.weekday()] in hours.days
        assert at.weekday() >= list(Weekday).index(found.rhythm.weekday)
        assert not any(absence.first <= due.day <= absence.last for absence in found.absences)
        # Hours that the clocks skip or repeat may shift a day's span by as much as they change.
        assert hours.begins - 60 <= at.hour * 60 + at.minute < hours.ends + 60
        assert (find_monday(due.day) - ANY_MONDAY) // WEEK % found.rhythm.every_weeks == 0


@given(zone=st.sampled_from(sorted(available_timezones())), days=DAYS, span=SPANS, rhythm=RHYTHMS)
@example("America/New_York", set(MONDAY_TO_FRIDAY), (0, 180), Rhythm(1, Weekday.SUN, 150))
@example("Africa/Cairo", {Weekday.FRI}, (0, 60), Rhythm(1, Weekday.FRI, 0))
@example("Australia/Lord_Howe", {Weekday.SUN}, (90, 180), Rhythm(1, Weekday.SUN, 135))
def test_a_year_of_check_ins_is_right_in_any_zone(
    zone: str, days: set[Weekday], span: tuple[int, int], rhythm: Rhythm
) -> None:
    found = calendar(rhythm, WorkingHours(zone, tuple(days), *span))
    _check_all_weeks(found, date(2026, 3, 1), 36)


@pytest.mark.contract
def test_both_clock_changes_are_right_in_every_zone() -> None:
    """Every zone of this machine, around the clock and on every day, with each weekday once."""
    for number, zone in enumerate(sorted(available_timezones())):
        rhythm = Rhythm(1, list(Weekday)[number % 7], 30 * (number % 48))
        for span in ((0, 24 * 60), (9 * 60, 17 * 60)):
            found = calendar(rhythm, WorkingHours(zone, tuple(Weekday), *span))
            _check_all_weeks(found, date(2027, 12, 27), 54)  # a leap year


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    days=DAYS,
    span=SPANS,
    rhythm=RHYTHMS,
    holiday=st.tuples(st.integers(0, 13), st.integers(0, 6)),
    outage=st.integers(0, 14 * 24),
)
def test_nothing_that_was_due_in_an_outage_comes_twice_or_outside_hours(
    zone: str,
    days: set[Weekday],
    span: tuple[int, int],
    rhythm: Rhythm,
    holiday: tuple[int, int],
    outage: int,
) -> None:
    """Of what is due during an outage of two days, each comes once in its own week, or not at all."""
    begin = MONDAY + holiday[0] * DAY
    found = calendar(
        rhythm, WorkingHours(zone, tuple(days), *span), absences=(away(begin, begin + holiday[1] * DAY),)
    )
    down = datetime.combine(MONDAY, time(), UTC) + outage * HOUR
    due, up = found.find_next(down), down + 2 * DAY
    if due is None or due.at >= up:
        return
    late = found.find_late(up)
    if late is None or find_monday(late.day) != find_monday(due.day):
        return
    at = late.at.astimezone(ZoneInfo(zone))
    assert late.at >= up
    assert at.date() == late.day >= due.day
    assert found.works_on(late.day)
    assert span[0] - 60 <= at.hour * 60 + at.minute < span[1] + 60
    following = found.find_next(late.at)
    assert following is None or find_monday(following.day) > find_monday(due.day)


@given(
    zones=st.lists(st.sampled_from(sorted(available_timezones())), min_size=2, max_size=4),
    moves=st.lists(st.integers(1, 24 * 40), min_size=3, max_size=3),
    days=DAYS,
    span=SPANS,
    rhythm=RHYTHMS,
)
@example(
    ["Pacific/Kiritimati", "Pacific/Niue", "Pacific/Kiritimati"],
    [50, 60, 70],
    set(Weekday),
    (0, 1440),
    Rhythm(),
)
def test_whoever_moves_to_another_zone_is_asked_once_a_week_and_in_the_new_hours(
    zones: list[str], moves: list[int], days: set[Weekday], span: tuple[int, int], rhythm: Rhythm
) -> None:
    """Somebody who moves around the world, and is planned for anew each time, as the schedule does."""
    start = datetime.combine(MONDAY, time(), UTC)
    stays = sorted(start + hours * HOUR for hours in moves)
    asked: list[date] = []
    now = start
    for zone, leaves in zip(zones, [*stays[: len(zones) - 1], start + 60 * DAY], strict=True):
        found = calendar(rhythm, WorkingHours(zone, tuple(days), *span))
        while (due := found.find_next(now)) is not None and due.at <= leaves:
            now = due.at
            facts = CheckInFacts(
                due.day, EnrolmentState.ACTIVE, True, (DESK,), asked_on=max(asked, default=None)
            )
            if not find_holds(facts, found):
                asked.append(due.day)
                at = due.at.astimezone(ZoneInfo(zone))
                assert at.date() == due.day
                assert list(Weekday)[at.weekday()] in days
        now = max(now, leaves)
    assert len({day.isocalendar()[:2] for day in asked}) == len(asked)
