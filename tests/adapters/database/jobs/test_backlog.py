"""How the work stands, read beside whoever writes, on both kinds."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from bot.adapters.database.inspection import find_stuck_rounds
from bot.adapters.database.jobs.backlog import list_given_up, open_read_only_session, read_backlog
from bot.adapters.database.server_lock import find_holder, hold_server_lease
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.dbos import DurableEngine
from bot.adapters.engine.dead_letters import DbosDeadLetters
from bot.domain.jobs.backlog import Backlog
from bot.domain.pull_requests.records import Account, RoundState, Trigger
from bot.domain.setup.health_checks import StuckRound
from bot.ports.deliveries import Delivery
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Tx
from tests.adapters.database.rows import row

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture(name="store")
def a_store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", lambda: NOW)


def ago(**spans: float) -> datetime:
    return NOW - timedelta(**spans)


def pull(tx: Tx, number: int, state: str = "open") -> int:
    """A pull request of a capstone."""
    capstone = tx.capstones.by_repository(7) or tx.capstones.add(
        cohort="dojo",
        repository=7,
        owner="ada",
        name="desk",
        default_branch="main",
        installation=9,
        participant=Account(1, "ada"),
        sensei=None,
        publish=None,
        at=NOW,
    )
    return tx.pull_requests.save(
        capstone.id,
        number,
        state=state,
        draft=False,
        author=Account(1, "ada"),
        head="a" * 40,
        base_ref="main",
        at=NOW,
    ).id


def test_where_nothing_was_ever_done_every_figure_is_nothing(engine: sa.Engine) -> None:
    it = read_backlog(engine, NOW)
    assert it == Backlog(at=NOW)
    assert (it.age(it.oldest_delivery), it.age(it.oldest_job)) == (0, 0)


def test_what_waits_and_since_when(engine: sa.Engine, store: SqlStore) -> None:
    with store.begin() as tx:
        for guid, at in (("a", ago(hours=1)), ("b", ago(hours=2)), ("c", ago(hours=3)), ("d", ago(hours=4))):
            tx.deliveries.receive(Delivery(guid, "ping", b"{}"), at)
        tx.deliveries.close("c", "failed", "a bug")
        tx.deliveries.close("d", "handled")
        tx.deliveries.receive(Delivery("e", "ping", b"{}"), ago(hours=5))
        tx.deliveries.defer("e", pull(tx, 1))
        tx.jobs.add(Job("one", "sweep", {}, ago(minutes=3)))
        tx.jobs.add(Job("two", "sweep", {}, ago(minutes=9)))
        tx.jobs.mark_begun("two", NOW)
        tx.jobs.add(Job("later", "sweep", {}, NOW + timedelta(minutes=3)))
    it = read_backlog(engine, NOW)
    assert (it.waiting, it.deferred, it.failed, it.overdue) == (2, 1, 1, 1)
    assert (it.age(it.oldest_delivery), it.age(it.oldest_job)) == (7200, 180)


def test_rounds_by_state_and_those_that_are_stuck(engine: sa.Engine, store: SqlStore) -> None:
    with store.begin() as tx:
        for number, state in (
            (1, RoundState.STOPPED),
            (2, RoundState.INCOMPLETE),
            (3, RoundState.PUBLISHED),
            (4, RoundState.FAILED),
        ):
            first = tx.rounds.begin(pull(tx, number), Trigger.OPENED, "a" * 40, NOW)
            tx.rounds.set_state(first.id, state, ago(hours=number), "why")
        mended = tx.rounds.begin(pull(tx, 4), Trigger.PUSH, "b" * 40, NOW)
        tx.rounds.set_state(mended.id, RoundState.PUBLISHED, NOW)
        closed = tx.rounds.begin(pull(tx, 5, "closed"), Trigger.OPENED, "a" * 40, NOW)
        tx.rounds.set_state(closed.id, RoundState.STOPPED, NOW, "why")
        old = tx.rounds.begin(pull(tx, 6), Trigger.OPENED, "a" * 40, NOW)
        tx.rounds.set_state(old.id, RoundState.STOPPED, ago(days=8), "why")
    assert read_backlog(engine, NOW).rounds == {"stopped": 3, "incomplete": 1, "published": 2, "failed": 1}
    with open_read_only_session(engine) as session:
        found = find_stuck_rounds(session, ago(days=7))
    assert found == [
        StuckRound("ada/desk", 1, RoundState.STOPPED, "why"),
        StuckRound("ada/desk", 2, RoundState.INCOMPLETE, "why"),
    ]


def test_what_was_spent_since_midnight(engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        session.add(row(ago(hours=1), key="a" * 64, usd=0.25))
        session.add(row(ago(hours=2), key="b" * 64, usd=None))
        session.add(row(ago(hours=10), key="c" * 64, usd=4.0))
    assert read_backlog(engine, NOW).spent_today == 0.25


def test_what_gave_up_is_counted_until_it_is_set_going_again(engine: sa.Engine) -> None:
    def workflow(steps: Steps, argument: Json) -> Json:
        raise RuntimeError("planted")

    durable = DurableEngine(engine, "github.com", lambda: NOW, polling=0.05)
    durable.workflow("review", workflow)
    durable.workflow("sweep", workflow)
    durable.start()
    try:
        durable.run("review", "one", {})
        durable.run("sweep", "another does its work", {})
        last = time.monotonic() + 30
        while durable.going_on():
            assert time.monotonic() < last
            time.sleep(0.05)
    finally:
        durable.stop(5)
    letters = DbosDeadLetters(engine, lambda: NOW)
    assert [letter.id for letter in letters.all()] == ["one"]
    assert read_backlog(engine, NOW).dead_letters == 1
    with open_read_only_session(engine) as session:
        assert list_given_up(session) == ["one"]
    assert letters.retry("one")
    assert read_backlog(engine, NOW).dead_letters == 0


def test_whoever_looks_waits_for_nobody_who_writes(engine: sa.Engine, store: SqlStore) -> None:
    written = threading.Event()
    with store.begin() as tx:
        tx.deliveries.receive(Delivery("a", "ping", b"{}"), NOW)

        def look() -> None:
            assert read_backlog(engine, NOW).waiting == 0  # as it was before
            written.set()

        thread = threading.Thread(target=look)
        thread.start()
        assert written.wait(20)
        thread.join()
    assert read_backlog(engine, NOW).waiting == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_whoever_looks_cannot_write(engine: sa.Engine) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="read-only"), open_read_only_session(engine) as session:
        session.connection().execute(sa.text("DELETE FROM refusal"))


def test_who_serves_is_told_without_taking_the_right(engine: sa.Engine) -> None:
    assert find_holder(engine) is None
    with hold_server_lease(engine) as right:
        assert "process" in (find_holder(engine) or "")
        right.keep()
    assert find_holder(engine) is None
