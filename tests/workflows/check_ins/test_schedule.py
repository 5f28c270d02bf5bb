"""Each participant has one check-in that waits, at the right time, and it decides again when it is due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.domain.check_ins.holds import Hold, HoldReason
from bot.domain.check_ins.records import Rhythm
from bot.domain.dojo.people import CohortRole, DateKind, EnrolmentState, Weekday, WorkingHours
from bot.domain.pull_requests.records import Account, QuestionState
from bot.workflows.chat.unprompted import Feature
from bot.workflows.check_ins.schedule import ask_now
from tests.fakes.steps import Died, Recorded, Straight
from tests.workflows.check_ins.asked_weeks import AskedWeek, asked_week
from tests.workflows.digest.weeks import BERLIN, SENSEI

MONDAY = datetime(2026, 11, 30, 1, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[AskedWeek]:
    """A database of its own: the times of all cohorts' check-ins are kept together."""
    with asked_week(own_engine) as made:
        made.clock = MONDAY
        yield made


@pytest.fixture
def ada(it: AskedWeek) -> str:
    return it.enrols("Ada")


def due(it: AskedWeek, person: str, zone: str = "Europe/Berlin") -> str:
    """When a participant's next check-in is due; they have no more than one."""
    with it.store.read() as tx:
        waiting = tx.jobs.list_waiting(f"checkin:{it.one(person).member.enrolment}:")
        times = [tx.jobs.find_due_time(job) for job in waiting]
    assert len(times) < 2
    return f"{times[0].astimezone(ZoneInfo(zone)):%a %d %H:%M}" if times and times[0] else ""


def rhythm(it: AskedWeek, person: str, chosen: Rhythm | None) -> None:
    with it.store.begin() as tx:
        tx.rhythms.choose(it.one(person).member.enrolment, chosen)


def enters(it: AskedWeek, state: EnrolmentState, person: str) -> None:
    with it.store.begin() as tx:
        tx.members.set_state(it.one(person).member.enrolment, state)


def test_a_week_is_planned_ahead_and_asked_once(it: AskedWeek, ada: str) -> None:
    assert it.check_ins.keep() == 1
    assert it.check_ins.keep() == 0
    assert due(it, ada) == "Wed 02 10:00"
    it.lives(MONDAY + 5 * DAY, step=HOUR)
    assert it.asked_on(ada) == ["Wed 02"]
    assert it.greeted(ada) == 1
    assert due(it, ada) == "Wed 09 10:00"
    it.answers(ada)
    it.lives(MONDAY + 12 * DAY, step=HOUR)
    assert it.asked_on(ada) == ["Wed 02", "Wed 09"]
    assert {outcome["outcome"] for outcome in it.outcomes} == {"asked"}


def test_a_change_of_rhythm_hours_zone_holiday_or_snooze_moves_it(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    rhythm(it, ada, Rhythm(1, Weekday.FRI, 15 * 60))
    assert it.check_ins.keep() == 1
    assert due(it, ada) == "Fri 04 15:00"
    with it.store.begin() as tx:
        tx.rhythms.set_cohort(it.id, Rhythm(1, Weekday.TUE))
    assert it.check_ins.keep() == 0  # they have their own
    rhythm(it, ada, None)
    it.check_ins.keep()
    assert due(it, ada) == "Tue 01 10:00"
    it.works(ada, WorkingHours("Asia/Tokyo", begins=11 * 60))
    it.check_ins.keep()
    assert due(it, ada, "Asia/Tokyo") == "Tue 01 11:00"
    it.works(ada, BERLIN)
    it.goes_away(ada, date(2026, 12, 1), date(2026, 12, 2))
    it.check_ins.keep()
    assert due(it, ada) == "Thu 03 10:00"
    with it.store.begin() as tx:
        tx.rhythms.snooze(it.one(ada).member.enrolment, date(2026, 12, 8))
    it.check_ins.keep()
    assert due(it, ada) == "Tue 08 10:00"


def test_whoever_has_left_or_whose_cohort_is_over_is_not_planned(it: AskedWeek, ada: str) -> None:
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.END, "", date(2026, 11, 27))
    assert it.check_ins.keep() == 0
    with it.store.begin() as tx:
        tx.cohorts.add_date(it.id, DateKind.END, "", date(2027, 1, 27))
        tx.cohorts.add_date(it.id, DateKind.START, "", date(2026, 12, 7))
    assert it.check_ins.keep() == 1
    assert due(it, ada) == "Wed 09 10:00"
    with it.store.begin() as tx:
        tx.members.set_state(it.one(ada).member.enrolment, EnrolmentState.LEFT)
    assert it.check_ins.keep() == 0


def test_senseis_and_leads_are_not_asked(it: AskedWeek) -> None:
    it.joins("Sen", SENSEI)
    it.joins("Lea", CohortRole.LEAD)
    assert it.check_ins.keep() == 0


@pytest.mark.contract
@pytest.mark.parametrize(
    ("down", "up", "expected"),
    [
        (MONDAY + 2 * DAY, MONDAY + 4 * DAY + 9 * HOUR, ["Fri 04"]),  # two days: Friday, 11:00
        (MONDAY + 2 * DAY, MONDAY + 2 * DAY + 3 * HOUR, ["Wed 02"]),  # back before it was due
        (MONDAY + 2 * DAY, MONDAY + 2 * DAY + 20 * HOUR, ["Thu 03"]),  # back in the evening
        (MONDAY + 2 * DAY, MONDAY + 6 * DAY, []),  # back on Sunday
    ],
)
def test_after_an_outage_it_comes_once_in_its_week_at_the_next_moment_at_which_they_work(
    it: AskedWeek, ada: str, down: datetime, up: datetime, expected: list[str]
) -> None:
    it.lives(down, step=3 * HOUR)
    it.clock = up
    it.lives(MONDAY + 6 * DAY + 12 * HOUR, step=HOUR)
    assert it.asked_on(ada) == expected
    it.answers(ada)
    it.lives(MONDAY + 13 * DAY, step=3 * HOUR)
    assert it.asked_on(ada) == [*expected, "Wed 09"]
    with it.store.read() as tx:
        made = tx.check_ins.of(it.one(ada).member.enrolment)
    for check_in in made:
        at = check_in.asked_at.astimezone(ZoneInfo("Europe/Berlin"))
        assert 9 <= at.hour < 17
        assert at.weekday() < 5


@pytest.mark.contract
def test_whoever_moves_zone_or_rhythm_after_it_is_not_asked_twice_in_a_week(it: AskedWeek, ada: str) -> None:
    it.lives(MONDAY + 2 * DAY + 9 * HOUR, step=HOUR)
    assert it.asked_on(ada) == ["Wed 02"]
    it.answers(ada)
    it.works(ada, WorkingHours("America/Los_Angeles"))
    it.lives(MONDAY + 3 * DAY, step=HOUR)
    rhythm(it, ada, Rhythm(1, Weekday.FRI))
    it.lives(MONDAY + 6 * DAY, step=HOUR)
    assert it.asked_on(ada) == ["Wed 02"]


def test_a_new_rhythm_on_the_day_itself_counts_when_the_job_runs(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    it.clock = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)  # when it is due
    rhythm(it, ada, Rhythm(1, Weekday.THU))
    it.pumps()
    assert it.outcomes == [{"outcome": "later", "why": []}]
    assert due(it, ada) == "Thu 03 10:00"
    it.lives(MONDAY + 6 * DAY, step=HOUR)
    assert it.asked_on(ada) == ["Thu 03"]


@pytest.mark.contract
@pytest.mark.parametrize("has_digest", [True, False])
def test_a_day_with_another_message_puts_it_off_to_the_next_working_day(
    it: AskedWeek, ada: str, has_digest: bool
) -> None:
    it.check_ins.keep()
    days = [date(2026, 12, 2), date(2026, 12, 3)] if has_digest else [date(2026, 12, 2)]
    with it.store.begin() as tx:
        for day in days:
            tx.unprompted.take(ada, day, Feature.RULINGS, "levels:1")
    it.lives(MONDAY + 6 * DAY, step=HOUR)
    assert it.asked_on(ada) == (["Fri 04"] if has_digest else ["Thu 03"])
    assert [outcome["outcome"] for outcome in it.outcomes] == ["later"] * len(days) + ["asked"]
    assert it.outcomes[0]["why"] == [HoldReason.BUDGET.value]


def test_without_another_working_day_it_is_left_out(it: AskedWeek, ada: str) -> None:
    it.works(ada, WorkingHours("Europe/Berlin", (Weekday.WED,)))
    with it.store.begin() as tx:
        tx.unprompted.take(ada, date(2026, 12, 2), Feature.RULINGS, "levels:1")
    it.lives(MONDAY + 6 * DAY, step=HOUR)
    assert it.outcomes == [{"outcome": "held", "why": [HoldReason.BUDGET.value]}]
    assert it.asked_on(ada) == []


@pytest.mark.contract
def test_the_day_of_a_digest_is_left_to_the_digest(it: AskedWeek) -> None:
    it.clock = MONDAY - HOUR
    sen = it.joins("Sen", SENSEI)
    it.enrols("Ada", sen)
    with it.store.begin() as tx:
        tx.rhythms.set_cohort(it.id, Rhythm(1, Weekday.MON, 8 * 60))
    both = it.enrols("Bo", it.joins("Sol", SENSEI))
    with it.store.begin() as tx:
        member = tx.members.join(it.id, both, SENSEI, it.now())
        tx.members.set_profile(member.enrolment, it.one(both).member.profile)  # type: ignore[arg-type]
    it.pairs(it.enrols("Cy"), both)
    it.lives(MONDAY + 3 * DAY, step=HOUR)
    assert it.asked_on(both) == ["Tue 01"]
    with it.store.read() as tx:
        days = {day: feature for (_, day), feature in tx.unprompted.taken_by([both], MONDAY.date()).items()}
    assert days == {date(2026, 11, 30): Feature.SENSEI_DIGEST, date(2026, 12, 1): Feature.CHECK_IN}


@pytest.mark.contract
def test_each_reason_to_be_quiet_leaves_the_week_out(it: AskedWeek, ada: str) -> None:
    it.clock = datetime(2026, 12, 1, 12, tzinfo=UTC)
    question = it.asks("Ada", QuestionState.ASKED)
    assert it.holds(ada) == (Hold(HoldReason.QUESTIONS_OPEN, count=1),)
    it.lives(MONDAY + 6 * DAY, step=3 * HOUR)
    it.settles(question)
    assert it.holds(ada) == ()
    it.clock = datetime(2026, 12, 8, 12, tzinfo=UTC)
    it.decides("Ada")
    assert it.holds(ada) == (Hold(HoldReason.DECIDED_LATELY, date(2026, 12, 15)),)
    it.lives(MONDAY + 13 * DAY, step=3 * HOUR)
    assert it.asked_on(ada) == []
    assert it.outcomes == [
        {"outcome": "held", "why": ["questions_open"]},
        {"outcome": "held", "why": ["decided_lately"]},
    ]
    it.lives(MONDAY + 20 * DAY, step=3 * HOUR)
    assert it.asked_on(ada) == ["Wed 16"]


@pytest.mark.contract
def test_a_check_in_that_is_open_keeps_the_next_one_away(it: AskedWeek, ada: str) -> None:
    it.lives(MONDAY + 13 * DAY, step=3 * HOUR)
    assert it.asked_on(ada) == ["Wed 02"]
    assert it.outcomes[-1] == {"outcome": "held", "why": ["open_check_in"]}


@pytest.mark.parametrize(("installation", "reason"), [(None, HoldReason.NO_ACCESS), (9, HoldReason.ON_HOLD)])
def test_a_capstone_without_access_or_on_hold_is_not_asked_about(
    it: AskedWeek, installation: int | None, reason: HoldReason
) -> None:
    ada = it.enrols("Ada", installation=installation)
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstones["Ada"], publish=None, held=True)
    assert it.holds(ada) == (Hold(reason),)


def test_whoever_has_no_capstone_or_no_account_in_the_chat_is_not_asked(it: AskedWeek) -> None:
    bo = it.joins("Bo", CohortRole.PARTICIPANT)
    assert it.holds(bo) == (Hold(HoldReason.NOT_LINKED), Hold(HoldReason.NO_CAPSTONE))
    with it.store.begin() as tx:
        tx.members.prove(bo, Account(7, "bo"), it.now())
    assert it.holds(bo) == (Hold(HoldReason.NO_CAPSTONE),)
    cy = it.unlinked("Cy", CohortRole.PARTICIPANT)
    missing = (HoldReason.NO_CHAT, HoldReason.NOT_LINKED, HoldReason.NO_CAPSTONE)
    assert it.holds(cy) == tuple(map(Hold, missing))


def test_whoever_asks_for_one_gets_it_at_any_hour_and_its_day_stays_free(it: AskedWeek, ada: str) -> None:
    it.clock = datetime(2026, 12, 1, 22, tzinfo=UTC)
    it.decides("Ada")
    it.check_ins.keep()
    with it.store.begin() as tx:
        ask_now(tx, it.one(ada), it.now())
    it.pumps()
    assert it.asked_on(ada) == ["Tue 01"]
    assert due(it, ada) == "Wed 02 10:00"
    assert it.outcomes == [{"outcome": "asked"}]


def test_whoever_is_paused_is_not_asked_even_if_they_want_it(it: AskedWeek, ada: str) -> None:
    with it.store.begin() as tx:
        ask_now(tx, it.one(ada), it.now())
    enters(it, EnrolmentState.PAUSED, ada)
    it.pumps()
    assert it.outcomes == [{"outcome": "held", "why": ["paused"]}]


@pytest.mark.contract
def test_a_check_in_without_a_topic_gives_the_day_back(it: AskedWeek, ada: str) -> None:
    it.asking.topic = False
    it.lives(MONDAY + 4 * DAY, step=HOUR)
    assert it.outcomes == [{"outcome": "no topic"}]
    with it.store.read() as tx:
        assert tx.unprompted.taken(ada, date(2026, 12, 2)) is None


def test_whoever_was_erased_meanwhile_is_not_asked(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    with it.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM capstone"))
        connection.execute(sa.text("DELETE FROM person"))
    it.clock = MONDAY + 2 * DAY + 10 * HOUR
    it.pumps()
    assert it.outcomes == [{"outcome": "not_needed"}]


def _run_with_deaths(it: AskedWeek, argument: dict[str, Any], step: str) -> None:
    """Run a check-in whose process dies just before a step, and run it again from its record."""

    def die() -> None:
        raise Died

    steps = Recorded(it.store, before={step: die})
    with pytest.raises(Died):
        it.runs("check_in", argument, steps)
    steps.again()
    it.runs("check_in", argument, steps)


@pytest.mark.parametrize(("step", "topic"), [("decide", True), ("ask", True), ("give_back", False)])
def test_a_check_in_that_dies_at_any_step_is_asked_once(
    it: AskedWeek, ada: str, step: str, topic: bool
) -> None:
    it.asking.topic = topic
    it.check_ins.keep()
    it.clock = datetime(2026, 12, 2, 9, tzinfo=UTC)
    with it.store.begin() as tx:
        [job] = tx.jobs.due(it.now(), 9)
        tx.jobs.mark_begun(job.id, it.now())
    _run_with_deaths(it, job.argument, step)
    it.pumps()
    assert it.greeted(ada) == int(topic)
    assert it.asked_on(ada) == ["Wed 02"] * topic


@pytest.mark.contract
@pytest.mark.parametrize("has_profile", [True, False])
def test_reading_the_facts_takes_no_more_queries_for_more_participants(
    it: AskedWeek, has_profile: bool
) -> None:
    def forget_profiles() -> None:
        if not has_profile:
            with it.engine.begin() as connection:
                connection.execute(sa.text("DELETE FROM profile"))

    def count() -> int:
        statements: list[str] = []

        def note(*event: object) -> None:
            statements.append(str(event[2]))

        sa.event.listen(it.engine, "before_cursor_execute", note)
        it.check_ins.keep()
        sa.event.remove(it.engine, "before_cursor_execute", note)
        return sum(statement.startswith("SELECT") for statement in statements)

    for name in ("Ada", "Bo"):
        it.enrols(name)
    forget_profiles()
    it.check_ins.keep()
    few = count()
    for name in ("Cy", "Di", "Eve", "Flo"):
        it.enrols(name)
    forget_profiles()
    it.check_ins.keep()
    assert count() == few


def test_steps_are_taken_straight(it: AskedWeek, ada: str) -> None:
    """The order of the steps is stored: a check-in that was interrupted continues with them."""
    steps = Straight(it.store)
    it.check_ins.keep()
    it.clock = datetime(2026, 12, 2, 9, tzinfo=UTC)
    with it.store.read() as tx:
        [job] = tx.jobs.due(it.now(), 9)
    it.runs("check_in", job.argument, steps)
    assert steps.names == ["decide", "ask"]
    assert ada
