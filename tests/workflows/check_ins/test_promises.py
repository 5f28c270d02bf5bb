"""What is shown as the next day is the day on which a participant is asked, if nothing changes meanwhile."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.check_ins.records import CheckInState, Rhythm, Topic
from bot.domain.defences.records import DefenceState, NewDefenceQuestion
from bot.domain.dojo.people import EnrolmentState, Weekday, WorkingHours
from bot.domain.pull_requests.records import PublishPolicy
from bot.ports.engine import Json, Steps
from bot.ports.store import Tx
from bot.workflows.chat.unprompted import Feature
from bot.workflows.chat.working_hours import find_own_day
from bot.workflows.check_ins.running import CheckInWorkflow
from bot.workflows.check_ins.upcoming import list_upcoming
from tests import databases
from tests.fakes.slack import Slack
from tests.fakes.steps import Straight
from tests.workflows.check_ins.asked_weeks import AskedWeek

MONDAY = datetime(2026, 11, 30, tzinfo=UTC)
HOUR, DAY, LONGEST = timedelta(hours=1), timedelta(days=1), timedelta(weeks=5)


@dataclass(frozen=True)
class Setup:
    """What a participant has chosen and done. Days and hours are counted from Monday, 0:00 UTC."""

    hours: WorkingHours
    rhythm: Rhythm
    later_rhythm: Rhythm | None = None
    holiday: tuple[int, int] | None = None
    snoozed_to: int | None = None
    decided_at: int | None = None
    has_message: bool = False
    had_message_on: int | None = None
    has_asked_for_one: bool = False
    defence_at: int | None = None
    state: EnrolmentState = EnrolmentState.ACTIVE
    publish: PublishPolicy | None = None


@dataclass
class QuietAsking:
    """Stores a check-in, answered at once."""

    week: AskedWeek

    def run(self, steps: Steps, argument: Json) -> Json:
        return steps.tx("ask", lambda tx: self._ask(tx, argument))

    def _ask(self, tx: Tx, argument: Json) -> Json:
        day = date.fromisoformat(argument["day"])
        add_check_in(self.week, tx, argument["enrolment"], day, asked_for=argument["asked_for"])
        return {"outcome": "asked"}


def add_check_in(week: AskedWeek, tx: Tx, enrolment: int, day: date, *, asked_for: bool) -> None:
    """Let somebody have been asked, and have answered."""
    [capstone] = tx.capstones.by_participant(tx.members.get(enrolment).person)
    made = tx.check_ins.add(enrolment, capstone.id, day, Topic.CHANGE, None, asked_for, week.now())
    tx.check_ins.set_state(made.id, CheckInState.ANSWERED, week.now())


def add_defence(tx: Tx, capstone: int, person: str, session_at: datetime) -> None:
    """Let somebody have been told when their defence is."""
    asked = NewDefenceQuestion(
        "safety", "safety.9", "Where from?", (), (), "desk.py", 1, 1, "LIMIT = 20", f"{person:f<64}"[:64]
    )
    made = tx.defences.add(capstone, person, person, session_at, session_at)
    tx.defences.set_questions(made.id, "a" * 40, [asked])
    tx.defences.set_state(made.id, DefenceState.READY, session_at)


class Promised(AskedWeek):
    """A cohort in which time leaps to what comes next."""

    def prepares(self) -> None:
        self.check_in = CheckInWorkflow(QuietAsking(self), self.now, lambda _tx, _person, _day: False)
        self.clock = MONDAY

    def sets_up(self, name: str, setup: Setup) -> str:
        """Let a participant have all that is to be known before anything is planned."""
        person = self.enrols(name)
        self.works(person, setup.hours)
        with self.store.begin() as tx:
            enrolment = tx.members.roles(person)[0].enrolment
            tx.rhythms.choose(enrolment, setup.rhythm)
            if setup.holiday:
                first = (MONDAY + setup.holiday[0] * DAY).date()
                tx.absences.add(self.id, person, first, first + setup.holiday[1] * DAY, None)
            if setup.publish:
                tx.capstones.set_publishing(self.capstones[name], publish=setup.publish, held=False)
            if setup.defence_at is not None:
                add_defence(tx, self.capstones[name], person, MONDAY + setup.defence_at * HOUR)
            if setup.had_message_on is not None:
                day = (MONDAY + setup.had_message_on * DAY).date()
                tx.unprompted.take(person, day, Feature.HANDOVER, "earlier")
        if setup.decided_at is not None:
            self.clock = MONDAY + setup.decided_at * HOUR
            self.decides(name)
            self.clock = MONDAY
        return person

    def changes(self, person: str, setup: Setup) -> None:
        """Let happen what happens after all was planned: the look-round hasn't noticed yet."""
        with self.store.begin() as tx:
            enrolment = tx.members.roles(person)[0].enrolment
            if setup.later_rhythm:
                tx.rhythms.choose(enrolment, setup.later_rhythm)
            if setup.snoozed_to is not None:
                tx.rhythms.snooze(enrolment, (MONDAY + setup.snoozed_to * DAY).date())
            if setup.has_message:
                tx.unprompted.take(person, find_own_day(tx, person, self.now()), Feature.HANDOVER, "today")
            if setup.has_asked_for_one:
                day = self.one(person).calendar.day_of(self.now())
                add_check_in(self, tx, enrolment, day, asked_for=True)
            tx.members.set_state(enrolment, setup.state)

    def leaps(self, until: datetime) -> None:
        """Let the look-round and all check-ins run, until a moment."""
        while True:
            self.check_ins.keep()
            self.decides_due()
            with self.store.read() as tx:
                ahead = tx.jobs.due_with_prefix("checkin:", until, 1)
            if not ahead:
                self.clock = until
                return
            self.clock = max(self.clock, ahead[0].due_at)
            self.decides_due()

    def decides_due(self) -> None:
        with self.store.begin() as tx:
            due = tx.jobs.due_with_prefix("checkin:", self.now(), 100)
            for job in due:
                tx.jobs.mark_begun(job.id, self.now())
        for job in due:
            self.check_in.run(Straight(self.store), job.argument)

    def shown(self) -> dict[str, date | None]:
        with self.store.read() as tx:
            upcoming = list_upcoming(tx, self.id, self.now())
        return {one.name: one.due.day if one.due else None for one in upcoming}

    def asked_near_defence(self, person: str) -> bool:
        """Return whether they were asked on the day of a defence of theirs, or the day before."""
        calendar = self.one(person).calendar
        with self.store.read() as tx:
            made = tx.check_ins.of(tx.members.roles(person)[0].enrolment)
        asked = {one.day for one in made if not one.asked_for}
        return any({day, day - DAY} & asked for day in calendar.defences)

    def first_asked(self, person: str, since: datetime) -> date | None:
        with self.store.read() as tx:
            made = tx.check_ins.of(tx.members.roles(person)[0].enrolment)
        after = [one.day for one in made if one.asked_at >= since and not one.asked_for]
        return min(after, default=None)


@contextmanager
def promised(people: Sequence[Setup]) -> Iterator[tuple[Promised, dict[str, str]]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        databases.opened("sqlite", Path(folder)) as engine,
        Slack() as slack,
    ):
        it = Promised(engine, slack)
        it.prepares()
        yield it, {f"P{number}": it.sets_up(f"P{number}", setup) for number, setup in enumerate(people)}


ZONES = ("Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland")
SPANS = st.tuples(st.integers(0, 20 * 60), st.integers(60, 24 * 60)).filter(lambda it: it[0] + 60 <= it[1])
HOURS = st.builds(
    lambda zone, days, span: WorkingHours(zone, tuple(sorted(days, key=list(Weekday).index)), *span),
    st.sampled_from(ZONES),
    st.sets(st.sampled_from(list(Weekday)), min_size=1),
    SPANS,
)
RHYTHMS = st.builds(Rhythm, st.integers(1, 2), st.sampled_from(list(Weekday)), st.integers(0, 1439))
SETUPS = st.builds(
    Setup,
    hours=HOURS,
    rhythm=RHYTHMS,
    later_rhythm=st.none() | RHYTHMS,
    holiday=st.none() | st.tuples(st.integers(0, 12), st.integers(0, 9)),
    snoozed_to=st.none() | st.integers(0, 20),
    decided_at=st.none() | st.integers(-150, 0),
    has_message=st.booleans(),
    had_message_on=st.none() | st.integers(0, 3),
    has_asked_for_one=st.booleans(),
    defence_at=st.none() | st.integers(60, 300),
    state=st.sampled_from([EnrolmentState.ACTIVE] * 5 + [EnrolmentState.PAUSED]),
    publish=st.sampled_from([None, None, None, PublishPolicy.HELD]),
)


def check_promises(people: Sequence[Setup], hours: int) -> None:
    """Compare what is shown so many hours after Monday with what comes to pass."""
    with promised(people) as (it, known):
        now = MONDAY + hours * HOUR + timedelta(minutes=7)
        it.leaps(now)
        for person, setup in zip(known.values(), people, strict=True):
            it.changes(person, setup)
        shown = it.shown()
        it.clock += timedelta(seconds=1)
        it.leaps(now + LONGEST)
        for name, person in known.items():
            asked = it.first_asked(person, now)
            last = (now + LONGEST - 2 * DAY).date()
            promised_day = shown[name]
            if promised_day is None or promised_day < last or (asked and asked < last):
                assert asked == promised_day, (name, people[int(name[1:])], now)
            assert not it.asked_near_defence(person), (name, people[int(name[1:])], now)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=st.lists(SETUPS, min_size=3, max_size=6), hours=st.integers(90, 167))
def test_whoever_is_shown_a_day_is_asked_on_it(people: Sequence[Setup], hours: int) -> None:
    check_promises(people, hours)
