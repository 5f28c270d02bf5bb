"""The times of digests are kept right: whatever changes, whoever comes or goes, and after an outage."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.dojo.people import DateKind, EnrolmentState, Weekday, WorkingHours
from bot.domain.pull_requests.records import QuestionState
from tests.workflows.digest.weeks import BERLIN, SENSEI, Week

EVE = datetime(2026, 11, 29, 12, tzinfo=UTC)
TOKYO = WorkingHours("Asia/Tokyo", begins=10 * 60)
DAY = timedelta(days=1)


@pytest.fixture
def sen(it: Week) -> str:
    """A sensei with a participant, on a Sunday."""
    it.clock = EVE
    found = it.joins("Sen", SENSEI)
    it.enrols("Ada", found)
    it.asks("Ada", QuestionState.DISPUTED)
    return found


def due(it: Week, person: str, week: str = "2026-W49") -> str:
    """When a person's digest of a week is due, in Berlin."""
    with it.store.read() as tx:
        found = tx.jobs.find_due_time(f"digest:{it.id}:{person}:sensei:{week}")
    return f"{found.astimezone(ZoneInfo('Europe/Berlin')):%a %H:%M}" if found else ""


def sent(it: Week, person: str) -> int:
    """How many digests somebody has got."""
    return sum("Your week" in said or "Nothing waits" in said for said in it.heard(person))


def test_a_week_is_planned_when_it_begins_and_made_once(it: Week, sen: str) -> None:
    it.schedule.keep()
    assert due(it, sen) == ""
    it.lives(EVE + 8 * DAY, step=timedelta(hours=1))
    assert due(it, sen) == "Mon 09:00"
    assert sent(it, sen) == 2
    with it.store.read() as tx:
        made = tx.digests.recent(sen, "sensei", EVE)
    assert [digest.week for digest in made] == ["2026-W49", "2026-W50"]
    assert {digest.at.astimezone(ZoneInfo("Europe/Berlin")).strftime("%a %H") for digest in made} == {
        "Mon 09"
    }


def test_a_change_of_hours_zone_or_holiday_moves_the_job(it: Week, sen: str) -> None:
    it.clock = datetime(2026, 11, 30, 1, tzinfo=UTC)
    it.schedule.keep()
    assert due(it, sen) == "Mon 09:00"
    it.works(sen, WorkingHours("Europe/Berlin", (Weekday.THU,), 11 * 60, 12 * 60))
    it.schedule.keep()
    assert due(it, sen) == "Thu 11:00"
    it.works(sen, TOKYO)
    it.clock += timedelta(minutes=10)
    it.schedule.keep()
    assert due(it, sen) == "Mon 02:10"  # ten past ten in Tokyo, where they are at work
    it.works(sen, BERLIN)
    away = it.goes_away(sen, date(2026, 11, 30), date(2026, 12, 2))
    it.schedule.keep()
    assert due(it, sen) == "Thu 09:00"
    it.goes_away(sen, date(2026, 11, 30), date(2026, 12, 6))
    it.schedule.keep()
    assert due(it, sen) == "Mon 00:00"  # the week's end, when it will be too late
    with it.store.begin() as tx:
        for absence in tx.absences.not_over(it.id, it.now()):
            tx.absences.remove(it.id, absence.id)
    it.schedule.keep()
    assert due(it, sen) == "Mon 09:00"
    assert away


@pytest.mark.contract
def test_whoever_flies_back_into_sunday_gets_their_digest_on_their_monday(it: Week, sen: str) -> None:
    it.works(sen, WorkingHours("Asia/Tokyo"))
    it.clock = datetime(2026, 11, 29, 16, tzinfo=UTC)  # Monday, 01:00 in Tokyo
    it.lives(it.clock, step=timedelta(hours=1))
    it.works(sen, WorkingHours("America/Los_Angeles"))
    it.lives(datetime(2026, 11, 30, 16, tzinfo=UTC), step=timedelta(hours=1))
    assert sent(it, sen) == 0
    it.lives(datetime(2026, 12, 5, tzinfo=UTC), step=timedelta(hours=1))
    assert sent(it, sen) == 1
    with it.store.read() as tx:
        [made] = tx.digests.recent(sen, "sensei", EVE)
    assert (made.week, made.at) == ("2026-W49", datetime(2026, 11, 30, 17, tzinfo=UTC))


def test_once_all_is_right_nothing_is_written(it: Week, sen: str) -> None:
    it.clock = datetime(2026, 11, 30, 1, tzinfo=UTC)
    assert it.schedule.keep() == 1
    assert it.schedule.keep() == 0
    it.lives(datetime(2026, 11, 30, 9, tzinfo=UTC), step=timedelta(hours=1))
    assert it.schedule.keep() == 0
    assert sent(it, sen) == 1


@pytest.mark.contract
def test_a_sensei_away_all_week_gets_none_and_their_deputy_hears_of_it_all(it: Week, sen: str) -> None:
    sol = it.joins("Sol", SENSEI)
    it.goes_away(sen, date(2026, 11, 30), date(2026, 12, 6), sol)
    it.lives(EVE + 8 * DAY, step=timedelta(hours=1))
    [first, *_] = it.heard(sol)
    assert "1. Ada · 1 dispute to decide" in first
    assert "You stand in for Sen." in first
    with it.store.read() as tx:
        assert [made.week for made in tx.digests.recent(sen, "sensei", EVE)] == ["2026-W50"]


def test_whoever_has_left_or_guides_nobody_gets_none(it: Week, sen: str) -> None:
    sol = it.joins("Sol", SENSEI)
    with it.store.begin() as tx:
        for member in tx.members.roles(sen):
            tx.members.set_state(member.enrolment, EnrolmentState.LEFT)
    it.lives(EVE + 2 * DAY, step=timedelta(hours=1))
    assert sent(it, sen) == sent(it, sol) == 0


def test_a_cohort_that_is_over_gets_none(it: Week, sen: str) -> None:
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.END, "", date(2026, 11, 27))
    it.lives(EVE + 2 * DAY, step=timedelta(hours=1))
    assert sent(it, sen) == 0


@pytest.mark.contract
@pytest.mark.parametrize(
    ("down", "up", "expected"),
    [
        (datetime(2026, 11, 30, 7, tzinfo=UTC), datetime(2026, 12, 2, 2, tzinfo=UTC), "Wed 09:00"),
        (datetime(2026, 11, 30, 7, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC), "Mon 11:00"),
        (datetime(2026, 11, 28, 7, tzinfo=UTC), datetime(2026, 11, 30, 5, tzinfo=UTC), "Mon 09:00"),
        (datetime(2026, 11, 30, 7, tzinfo=UTC), datetime(2026, 12, 5, 5, tzinfo=UTC), ""),
    ],
)
def test_after_an_outage_it_comes_once_within_the_week_and_within_hours(
    it: Week, sen: str, down: datetime, up: datetime, expected: str
) -> None:
    it.clock = down - timedelta(hours=6)
    it.lives(down, step=timedelta(hours=1))
    it.clock = up
    it.lives(datetime(2026, 12, 6, 22, tzinfo=UTC), step=timedelta(hours=1))
    with it.store.read() as tx:
        made = tx.digests.recent(sen, "sensei", EVE - DAY)
    berlin = ZoneInfo("Europe/Berlin")
    assert [f"{digest.at.astimezone(berlin):%a %H:%M}" for digest in made] == [expected] * bool(expected)
    assert sent(it, sen) == len(made)


def test_a_digest_that_could_not_be_sent_in_time_waits_for_the_next_morning(it: Week, sen: str) -> None:
    it.clock = datetime(2026, 11, 30, 8, tzinfo=UTC)
    it.schedule.keep()
    with it.store.begin() as tx:
        [job] = [job for job in tx.jobs.due(it.now(), 9) if job.kind == "digest"]
        tx.jobs.mark_begun(job.id, it.now())
    assert it.runs(job.kind, job.argument) == {"outcome": "sent"}
    it.clock = datetime(2026, 11, 30, 22, tzinfo=UTC)  # Slack could not be reached all day
    it.schedule.keep()
    assert it.pumps() == []
    it.clock = datetime(2026, 12, 1, 8, tzinfo=UTC)
    it.pumps()
    assert sent(it, sen) == 1
