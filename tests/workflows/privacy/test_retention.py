"""What is forgotten once it is old, and what never is: on both databases, with the engine's own records."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from dbos import DBOS

from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.dbos import DurableEngine
from bot.domain.pull_requests.records import Account
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.workflows.privacy.retention import Retention

KINDS = (
    "review",
    "reconcile",
    "sweep",
    "baseline",
    "questions",
    "message",
    "home",
    "rewrite",
    "pairing.why",
    "pane",
    "enquiry_form",
)


@dataclass
class Kept:
    """An engine that has done a job of each kind, and a clock that tests move."""

    database: sa.Engine
    engine: DurableEngine
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.store = SqlStore(self.database, "github.com", self.now)
        self.tidying = Retention(self.store, self.engine, self.now)

    def now(self) -> datetime:
        return self.clock

    def later(self, days: float) -> None:
        self.clock += timedelta(days=days)
        self.tidying.tidy()

    def rows(self, what: str) -> set[str]:
        with self.database.connect() as connection:
            return {str(row[0]) for row in connection.exec_driver_sql(f"SELECT {what}")}

    def workflows(self) -> set[str]:
        return {each.workflow_id for each in DBOS.list_workflows()}


def work(steps: Steps, argument: Json) -> Json:
    steps.step("work", lambda: 1)
    if argument.get("fails"):
        raise ZeroDivisionError
    return {}


@pytest.fixture(name="it")
def an_engine(engine: sa.Engine) -> Iterator[Kept]:
    durable = DurableEngine(engine, "github.com", lambda: datetime.now(UTC), polling=0.05)
    for kind in KINDS:
        durable.workflow(kind, work)
    durable.start()
    try:
        it = Kept(engine, durable)
        # The tests of a file share a database.
        with engine.begin() as connection:
            for table in ("job", "delivery", "refusal"):
                connection.exec_driver_sql(f"DELETE FROM {table}")
        for identity, kind, fails in [*((kind, kind, False) for kind in KINDS), ("failed", "sweep", True)]:
            durable.run(kind, identity, {"fails": fails})
            with it.store.begin() as tx:
                tx.jobs.add(Job(identity, kind, {}, it.now()))
                tx.jobs.mark_begun(identity, it.now())
        tick = threading.Event()
        while durable.going_on():
            tick.wait(0.05)
        yield it
        DBOS.delete_workflows(list(it.workflows()))
    finally:
        durable.stop(5)


def test_of_jobs_only_old_looks_are_forgotten_with_their_workflows(it: Kept) -> None:
    with it.store.begin() as tx:
        tx.jobs.add(Job("waits", "sweep", {}, it.now()))
    it.later(29)
    assert it.rows("id FROM job") == {*KINDS, "failed", "waits"}
    assert it.workflows() == {*KINDS, "failed"}
    it.later(2)
    assert it.rows("id FROM job") == {"review", "questions", "message", "waits"}
    assert it.workflows() == {"review", "questions", "message"}


def test_deliveries_are_forgotten_that_were_handled_long_ago(it: Kept) -> None:
    with it.store.begin() as tx:
        for state in ("handled", "ignored", "failed", "stored"):
            tx.deliveries.receive(Delivery(state, "push", b"{}"), it.now())
            if state != "stored":
                tx.deliveries.close(state, state)
    it.later(29)
    assert len(it.rows("guid FROM delivery")) == 4
    it.later(2)
    assert it.rows("guid FROM delivery") == {"failed", "stored"}


def test_refusals_are_counted_for_a_year(it: Kept) -> None:
    with it.store.begin() as tx:
        tx.deliveries.count_refused("forged", 3, it.now())
    it.later(364)
    assert it.rows("count FROM refusal") == {"3"}
    it.later(2)
    assert it.rows("count FROM refusal") == set()


def test_it_is_tidied_once_a_day(it: Kept) -> None:
    it.later(20)
    with it.store.begin() as tx:
        tx.deliveries.receive(Delivery("old", "push", b"{}"), it.now() - timedelta(days=31))
        tx.deliveries.close("old", "handled")
    it.later(0.9)
    assert it.rows("guid FROM delivery") == {"old"}
    it.later(0.2)
    assert it.rows("guid FROM delivery") == set()


def test_a_code_that_expired_is_forgotten(it: Kept) -> None:
    with it.store.begin() as tx:
        for user, hours in (("U1", 1), ("U2", 49)):
            person = tx.members.find_or_add_by_chat("T1", user, user, it.now())
            tx.link_codes.issue(person, user * 32, it.now() + timedelta(hours=hours))
    it.later(1.5)
    assert it.rows("digest FROM link_code") == {"U2" * 32}


def test_digests_snoozes_and_locks_are_forgotten_once_they_are_over(it: Kept) -> None:
    with it.store.begin() as tx:
        cohort = tx.cohorts.add("dojo", it.now()).id
        sen = tx.members.find_or_add_by_chat("T1", "USEN", "Sen", it.now())
        capstone = tx.capstones.add(
            cohort="dojo",
            repository=1,
            owner="ada",
            name="desk",
            default_branch="main",
            installation=None,
            participant=Account(11, "ada"),
            sensei=None,
            publish=None,
            at=it.now(),
        )
        for weeks in (0, 8):
            at = it.now() - timedelta(weeks=weeks)
            tx.digests.add(cohort, sen, "sensei", f"{weeks}", ["dispute:1"], at)
        for days in (1, 60):
            tx.snoozes.set(sen, f"dispute:{days}", it.now().date() + timedelta(days=days), it.now())
            ends = it.now() + timedelta(days=days)
            tx.rulings.lock(capstone.id, f"criterion {days}", sen, "b" * 64, it.now(), ends)
    it.later(40)
    assert it.rows("week FROM digest") == {"0"}
    assert it.rows("item FROM snooze") == {"dispute:60"}
    assert it.rows("criterion FROM ruling_lock") == {"criterion 60"}
