"""One delivery or job that cannot be handled must not stop the others: with the real engine and database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import structlog

from bot.adapters.database.jobs.backlog import read_backlog
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.dbos import DurableEngine
from bot.errors import UserError
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.jobs.dispatch import MOST_AT_ONCE, MOST_DUE_TOGETHER, RESTART_SECONDS, JobDispatcher

START = datetime(2026, 11, 26, 9, tzinfo=UTC)
UNKNOWN = "this version of Sensei has no workflow called renamed"
BUG = "a bug; see the traceback in the log"


class Inbox:
    """Handles what has an even number, refuses the rest, and cannot tell anyone about number 3."""

    def wake(self, tx: Tx) -> None:
        pass

    def handle(self, tx: Tx, guid: str) -> bool:
        if int(guid) % 2:
            raise UserError("No.")
        tx.deliveries.close(guid, "handled")
        return True

    def undone(self, tx: Tx, guid: str, why: UserError) -> None:
        if guid == "3":
            raise ZeroDivisionError
        tx.deliveries.close(guid, "ignored", str(why))

    def failed(self, tx: Tx, guid: str) -> None:
        raise ZeroDivisionError


@dataclass
class Service:
    """A version of the service, which knows some workflows, and a clock that tests move."""

    database: sa.Engine
    clock: datetime = START
    engine: DurableEngine | None = None
    ran: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = SqlStore(self.database, "github.com", self.now)

    def now(self) -> datetime:
        return self.clock

    @contextmanager
    def knowing(self, *names: str) -> Iterator[None]:
        self.engine = DurableEngine(self.database, "github.com", self.now, polling=0.05)
        for name in names:
            self.engine.workflow(name, self._work)
        self.engine.start()
        try:
            yield
        finally:
            self.engine.stop(5)

    def _work(self, steps: Steps, argument: Json) -> Json:
        self.ran.append(argument["job"])
        return {}

    def turn(self) -> None:
        assert self.engine is not None
        pump = JobDispatcher(self.store, self.engine, Inbox(), self.now)
        with structlog.testing.capture_logs():
            while pump.pump():
                pass

    def add(self, *jobs: str, kind: str) -> None:
        with self.store.begin() as tx:
            for job in jobs:
                self.clock += timedelta(seconds=1)
                tx.jobs.add(Job(job, kind, {"job": job}, self.now()))

    def started(self) -> set[str]:
        with self.database.connect() as connection:
            query = sa.text("SELECT id FROM job WHERE started_at IS NOT NULL")
            return set(connection.execute(query).scalars())

    def failed(self) -> Sequence[tuple[str, str]]:
        with self.store.begin() as tx:
            return tx.jobs.list_failed()


@pytest.fixture(name="it")
def a_service(own_engine: sa.Engine) -> Service:
    return Service(own_engine)


def test_a_job_of_an_unknown_kind_waits_for_a_version_that_knows_it_and_stops_no_other(it: Service) -> None:
    it.add("first", kind="renamed")
    it.add("second", kind="sweep")
    with it.knowing("sweep"):
        it.turn()
        assert it.started() == {"second"}
        assert it.failed() == [("first", UNKNOWN)]
        assert read_backlog(it.database, it.now()).failed_jobs == 1
        it.clock += timedelta(seconds=RESTART_SECONDS - 1)
        it.add("third", kind="sweep")
        it.turn()
        assert it.started() == {"second", "third"}
        it.clock += timedelta(seconds=RESTART_SECONDS)
        it.turn()
        assert it.failed() == [("first", UNKNOWN)]
    with it.knowing("sweep", "renamed"):
        with it.store.begin() as tx:
            tx.jobs.retry_all(it.now())  # as a process does when it starts
        it.turn()
    assert it.started() == {"first", "second", "third"}
    assert it.failed() == []
    assert read_backlog(it.database, it.now()).failed_jobs == 0


def test_very_many_jobs_of_an_unknown_kind_stop_no_other(it: Service) -> None:
    it.add(*map(str, range(MOST_AT_ONCE + 1)), kind="renamed")
    it.add("last", kind="sweep")
    with it.knowing("sweep"):
        it.turn()
    assert it.started() == {"last"}
    assert len(it.failed()) == MOST_AT_ONCE + 1


def test_a_job_that_the_engine_refuses_stops_no_other(it: Service) -> None:
    with it.knowing("sweep", "review"):
        assert it.engine is not None
        it.engine.run("sweep", "taken", {"job": "taken"})  # now no workflow of another kind can have this id
        it.add("taken", kind="review")
        it.add("next", kind="review")
        it.turn()
    assert it.started() == {"next"}
    assert it.failed() == [("taken", BUG)]


def test_a_delivery_whose_refusal_cannot_be_told_stops_no_other(it: Service) -> None:
    with it.store.begin() as tx:
        for guid in "1234":
            it.clock += timedelta(seconds=1)
            tx.deliveries.receive(Delivery(guid, "push", b"{}"), it.now())
    with it.knowing():
        it.turn()
    with it.store.begin() as tx:
        assert tx.deliveries.list_waiting(10) == []
        assert tx.deliveries.list_failed() == [("3", BUG)]


def test_a_form_is_handled_before_the_homes_that_were_opened_earlier(it: Service) -> None:
    events = {"1": "slack.event", "2": "slack.event", "3": "push", "4": "slack.view"}
    with it.store.begin() as tx:
        for guid, event in events.items():
            it.clock += timedelta(seconds=1)
            tx.deliveries.receive(Delivery(guid, event, b"{}"), it.now())
        assert tx.deliveries.list_waiting(10) == ["3", "4", "1", "2"]


def test_jobs_of_a_kind_that_is_held_wait_in_order_and_stop_no_other(it: Service) -> None:
    it.add("first", "second", kind="message")
    it.add("reads", kind="sweep")
    held = {"message"}
    with it.knowing("message", "sweep"):
        assert it.engine is not None
        pump = JobDispatcher(it.store, it.engine, Inbox(), it.now, held=lambda: held)
        while pump.pump():
            pass
        assert it.started() == {"reads"}
        held.clear()
        while pump.pump():
            pass
        assert it.started() == {"first", "second", "reads"}


def test_a_whole_cohorts_check_ins_keep_no_message_waiting(it: Service) -> None:
    kinds = {"checkin": "check_in", "check_in_reminder": "check_in_reminder"}
    for prefix, kind in kinds.items():
        it.add(*(f"{prefix}:{number}:x" for number in range(MOST_AT_ONCE + 1)), kind=kind)
    it.clock += timedelta(minutes=1)
    it.add("message:a:1", kind="message")
    it.add("checkin_now:1:x", kind="check_in")
    with it.knowing("message", *kinds.values()):
        assert it.engine is not None
        pump = JobDispatcher(it.store, it.engine, Inbox(), it.now)
        assert pump.pump() == 2 + 2 * MOST_DUE_TOGETHER
        with it.store.read() as tx:
            waiting = tx.jobs.due(it.now(), 3 * MOST_AT_ONCE)
        assert len(waiting) == 2 * (MOST_AT_ONCE + 1 - MOST_DUE_TOGETHER)
        assert {"message:a:1", "checkin_now:1:x"}.isdisjoint(job.id for job in waiting)
        while pump.pump():
            pass
    assert len(it.started()) == 2 + 2 * (MOST_AT_ONCE + 1)


def test_of_the_jobs_that_come_last_those_of_opened_homes_come_first(it: Service) -> None:
    arguments = {"home:a:1": {"person": "a"}, "home:U1:2": {"workspace": "T1", "user": "U1"}}
    with it.store.begin() as tx:
        for number, (job, argument) in enumerate(arguments.items()):
            tx.jobs.add(Job(job, "home", argument, it.now() + timedelta(seconds=number)))
            tx.jobs.add(Job(f"message:welcome:{number}", "message", {}, it.now()))
        tx.jobs.add(Job("message:kept:1", "message", {}, it.now()))
        it.clock += timedelta(minutes=1)
        homes = tx.jobs.due_of_kind("home", it.now(), 9, first="user")
        rest = tx.jobs.due(it.now(), 9, without={"home"}, without_prefix="message:welcome:")
        welcomes = tx.jobs.due_with_prefix("message:welcome:", it.now(), 1)
    assert [job.id for job in homes] == ["home:U1:2", "home:a:1"]
    assert [job.id for job in rest] == ["message:kept:1"]
    assert [job.id for job in welcomes] == ["message:welcome:0"]
