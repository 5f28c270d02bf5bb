"""Plans follow what people change, and nothing that was put off within its week is lost on the way."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.domain.check_ins.holds import Hold, HoldReason
from bot.domain.check_ins.records import CheckInState, Rhythm
from bot.domain.dojo.people import EnrolmentState, Weekday, WorkingHours
from bot.domain.pull_requests.records import PublishPolicy
from bot.ports.store import Store, Tx
from bot.workflows.chat.unprompted import Feature
from bot.workflows.check_ins.schedule import CheckInSchedule, ask_now, plan_again
from bot.workflows.check_ins.upcoming import list_upcoming
from tests.workflows.check_ins.asked_weeks import AskedWeek, asked_week
from tests.workflows.check_ins.test_promises import add_defence
from tests.workflows.digest.weeks import BERLIN

MONDAY = datetime(2026, 11, 30, 1, tzinfo=UTC)
WEDNESDAY = datetime(2026, 12, 2, 9, tzinfo=UTC)
"""Ten o'clock in Berlin."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEVER = Rhythm(0)


@pytest.fixture
def it(own_engine: sa.Engine) -> Iterator[AskedWeek]:
    with asked_week(own_engine) as made:
        made.clock = MONDAY
        yield made


@pytest.fixture
def ada(it: AskedWeek) -> str:
    return it.enrols("Ada")


def shown(it: AskedWeek) -> str:
    """The day of Ada's next check-in, as she sees it."""
    with it.store.read() as tx:
        [upcoming] = list_upcoming(tx, it.id, it.now())
    return f"{upcoming.due.day:%a %d}" if upcoming.due else ""


def rhythm(it: AskedWeek, person: str, chosen: Rhythm, *, planned: bool = False) -> None:
    with it.store.begin() as tx:
        tx.rhythms.choose(it.one(person).member.enrolment, chosen)
    if planned:
        with it.store.begin() as tx:
            plan_again(tx, it.one(person), it.now())


def lives_on(it: AskedWeek, person: str) -> list[str]:
    """Let the bot run to the end of the week; return the days on which somebody was asked."""
    it.lives(MONDAY + 6 * DAY, step=HOUR)
    return it.asked_on(person)


def has_message(it: AskedWeek, person: str, day: date) -> None:
    with it.store.begin() as tx:
        tx.unprompted.take(person, day, Feature.RULINGS, "levels:1")


def test_after_a_decision_it_is_moved_within_its_week_to_the_day_that_is_shown(
    it: AskedWeek, ada: str
) -> None:
    it.clock = datetime(2026, 11, 26, 12, tzinfo=UTC)
    it.decides("Ada")
    it.clock = MONDAY
    assert it.holds(ada) == (Hold(HoldReason.DECIDED_LATELY, date(2026, 12, 3)),)
    assert shown(it) == "Thu 03"
    assert lives_on(it, ada) == ["Thu 03"]


def test_a_check_in_that_was_put_off_is_shown_on_its_new_day(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    it.clock = WEDNESDAY - HOUR
    assert shown(it) == "Wed 02"
    has_message(it, ada, date(2026, 12, 2))
    assert shown(it) == "Thu 03"
    it.clock = WEDNESDAY + MINUTE
    it.pumps()
    assert shown(it) == "Thu 03"
    assert lives_on(it, ada) == ["Thu 03"]


def test_one_that_was_asked_for_on_the_day_of_a_check_in_is_that_days(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    it.clock = WEDNESDAY - HOUR
    with it.store.begin() as tx:
        ask_now(tx, it.one(ada), it.now())
    it.pumps()
    it.answers(ada)
    assert it.holds(ada) == (Hold(HoldReason.ASKED_TODAY), Hold(HoldReason.BUDGET))
    assert shown(it) == "Wed 09"
    assert lives_on(it, ada) == ["Wed 02"]


def test_one_that_was_asked_for_on_the_day_before_leaves_the_check_in(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    it.clock = WEDNESDAY - DAY
    with it.store.begin() as tx:
        ask_now(tx, it.one(ada), it.now())
    it.pumps()
    it.answers(ada)
    assert shown(it) == "Wed 02"
    assert lives_on(it, ada) == ["Tue 01", "Wed 02"]


def test_a_new_rhythm_counts_at_once_though_its_time_is_sooner_than_the_next_look(
    it: AskedWeek, ada: str
) -> None:
    rhythm(it, ada, NEVER)
    it.check_ins.keep()
    it.clock = WEDNESDAY
    rhythm(it, ada, Rhythm(minutes=10 * 60 + 5), planned=True)
    assert shown(it) == "Wed 02"
    it.clock += 7 * MINUTE
    assert lives_on(it, ada) == ["Wed 02"]


@pytest.mark.parametrize("thursdays", [True, False])
def test_this_weeks_check_in_is_asked_today_if_its_time_has_just_passed_by_new_hours_or_a_new_rhythm(
    it: AskedWeek, ada: str, thursdays: bool
) -> None:
    if thursdays:
        it.works(ada, WorkingHours("Europe/Berlin", (Weekday.THU,)))
    else:
        rhythm(it, ada, Rhythm(weekday=Weekday.FRI))
    it.check_ins.keep()
    it.clock = WEDNESDAY - 5 * MINUTE
    it.works(ada, BERLIN)
    rhythm(it, ada, Rhythm())
    assert shown(it) == "Wed 02"
    it.clock += 12 * MINUTE
    assert shown(it) == "Wed 02"
    assert lives_on(it, ada) == ["Wed 02"]


def test_whoever_comes_back_just_before_their_check_in_gets_it(it: AskedWeek, ada: str) -> None:
    with it.store.begin() as tx:
        tx.members.set_state(it.one(ada).member.enrolment, EnrolmentState.PAUSED)
    it.check_ins.keep()
    assert shown(it) == ""
    it.clock = WEDNESDAY - 5 * MINUTE
    with it.store.begin() as tx:
        tx.members.set_state(it.one(ada).member.enrolment, EnrolmentState.ACTIVE)
    assert shown(it) == "Wed 02"
    it.clock += 12 * MINUTE
    assert lives_on(it, ada) == ["Wed 02"]


def test_one_that_was_moved_to_later_the_same_day_stays(it: AskedWeek, ada: str) -> None:
    friday = WEDNESDAY + 2 * DAY
    rhythm(it, ada, Rhythm(weekday=Weekday.FRI))
    it.clock = friday - HOUR
    it.check_ins.keep()
    rhythm(it, ada, Rhythm(weekday=Weekday.FRI, minutes=15 * 60))
    it.clock = friday
    it.pumps()
    it.clock += 5 * MINUTE
    assert it.check_ins.keep() == 0
    rhythm(it, ada, Rhythm(weekday=Weekday.FRI, minutes=16 * 60))
    assert it.check_ins.keep() == 1
    assert lives_on(it, ada) == ["Fri 04"]


def test_a_rhythm_whose_days_are_no_working_days_asks_nothing_more(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    rhythm(it, ada, Rhythm(weekday=Weekday.SAT))
    assert shown(it) == ""
    assert lives_on(it, ada) == []


@dataclass
class Meanwhile:
    """A store in which something happens between what is read and what is written."""

    store: Store
    happens: Callable[[], None]

    def read(self) -> AbstractContextManager[Tx]:
        return self.store.read()

    def begin(self) -> AbstractContextManager[Tx]:
        self.happens()
        return self.store.begin()

    def begin_without_turn(self) -> AbstractContextManager[Tx]:
        return self.store.begin_without_turn()


def test_what_was_put_off_while_the_plans_were_made_keeps_its_day(it: AskedWeek, ada: str) -> None:
    it.check_ins.keep()
    has_message(it, ada, date(2026, 12, 2))
    it.clock = WEDNESDAY - MINUTE
    rhythm(it, ada, Rhythm(3, Weekday.TUE))  # not in this week

    def runs() -> None:
        it.clock = WEDNESDAY
        it.pumps()

    CheckInSchedule(Meanwhile(it.store, runs), it.now).keep()
    assert it.outcomes == [{"outcome": "later", "why": ["budget"]}]
    assert lives_on(it, ada) == ["Thu 03"]


def test_a_hold_of_publication_is_a_hold_and_no_day_is_promised(it: AskedWeek, ada: str) -> None:
    with it.store.begin() as tx:
        tx.capstones.set_publishing(it.capstones["Ada"], publish=PublishPolicy.HELD, held=False)
    assert it.holds(ada) == (Hold(HoldReason.ON_HOLD),)
    assert shown(it) == ""


def test_putting_a_check_in_off_leaves_the_rhythm_alone(it: AskedWeek, ada: str) -> None:
    it.lives(WEDNESDAY + HOUR, step=HOUR)
    with it.store.begin() as tx:
        [made] = tx.check_ins.of(it.one(ada).member.enrolment)
        tx.check_ins.put_off(made.id, date(2026, 12, 10))
    assert HoldReason.SNOOZED not in {hold.reason for hold in it.holds(ada)}
    with it.store.begin() as tx:
        tx.check_ins.set_state(made.id, CheckInState.ANSWERED, it.now())
    assert shown(it) == "Wed 09"


@pytest.mark.parametrize("planned", [True, False])
def test_a_defence_that_is_moved_leaves_this_weeks_check_in_on_its_day(
    it: AskedWeek, ada: str, planned: bool
) -> None:
    thursday = datetime(2026, 12, 3, 14, tzinfo=UTC)
    with it.store.begin() as tx:
        add_defence(tx, it.capstones["Ada"], ada, thursday)
    it.check_ins.keep()
    assert shown(it) == "Fri 04"
    it.clock = thursday - 3 * HOUR
    with it.store.begin() as tx:
        defence = tx.defences.newest([it.capstones["Ada"]])[it.capstones["Ada"]]
        tx.defences.set_session(defence.id, thursday + 12 * DAY)
    if planned:
        with it.store.begin() as tx:
            plan_again(tx, it.one(ada), it.now())
    assert shown(it) == "Fri 04"
    assert lives_on(it, ada) == ["Fri 04"]


def test_a_new_rhythm_whose_day_is_past_leaves_this_weeks_check_in_on_its_day(
    it: AskedWeek, ada: str
) -> None:
    rhythm(it, ada, Rhythm(weekday=Weekday.FRI))
    it.check_ins.keep()
    it.clock = WEDNESDAY
    rhythm(it, ada, Rhythm(weekday=Weekday.MON), planned=True)
    assert shown(it) == "Fri 04"
    assert lives_on(it, ada) == ["Fri 04"]
    assert shown(it) == "Mon 07"


def test_a_defence_that_is_moved_in_time_leaves_the_usual_day(it: AskedWeek, ada: str) -> None:
    with it.store.begin() as tx:
        add_defence(tx, it.capstones["Ada"], ada, WEDNESDAY)
    it.check_ins.keep()
    assert shown(it) == "Thu 03"
    with it.store.begin() as tx:
        defence = tx.defences.newest([it.capstones["Ada"]])[it.capstones["Ada"]]
        tx.defences.set_session(defence.id, WEDNESDAY + 12 * DAY)
    assert lives_on(it, ada) == ["Wed 02"]
