"""Deliveries that wait for the same writer, and a writer that waits for nobody."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.errors import TransientError, UnconfirmedError
from bot.ports.deliveries import Delivery
from bot.workflows.pull_requests.webhook_intake import WebhookIntake, await_result
from tests import databases
from tests.entrypoints.webhooks import now
from tests.waiting import wait_for


def test_deliveries_that_wait_are_written_together(tmp_path: Path) -> None:
    batches: list[None] = []
    with databases.opened("sqlite", tmp_path) as engine:
        receiver = WebhookIntake(SqlStore(engine, "github.com", now), now, lambda: batches.append(None))
        kept = [receiver.begin(Delivery(str(number), "push", b"{}")) for number in range(10)]
        receiver.start()
        receiver.stop()
    assert [each.result() for each in kept] == [True] * 10
    assert len(batches) == 1


@contextmanager
def receiving(database: sa.Engine) -> Iterator[tuple[SqlStore, WebhookIntake]]:
    store = SqlStore(database, "github.com", now)
    receiver = WebhookIntake(store, now, lambda: None, patience=20)
    receiver.start()
    try:
        yield store, receiver
    finally:
        receiver.stop()


def test_a_delivery_is_kept_while_a_transaction_decides_and_one_that_is_known_does_not_wait_either(
    tmp_path: Path,
) -> None:
    with databases.opened("postgresql", tmp_path) as engine, receiving(engine) as (store, receiver):
        assert receiver.receive(Delivery("known", "push", b"{}"))
        with store.begin() as deciding:
            deciding.deliveries.defer("known", 1)  # as while it is being handled
            assert receiver.receive(Delivery("new", "push", b"{}"))
            assert not receiver.receive(Delivery("known", "push", b"{}"))
            with store.read() as tx:
                assert tx.deliveries.list_waiting(9) == ["known", "new"]


def test_a_delivery_that_two_receive_at_once_is_kept_once(tmp_path: Path) -> None:
    """The second waits at the unique key until the first has ended, and then learns that it is known."""
    said: list[bool] = []
    with databases.opened("postgresql", tmp_path) as engine:
        store = SqlStore(engine, "github.com", now)

        def second() -> None:
            with store.begin_without_turn() as tx:
                said.append(tx.deliveries.receive(Delivery("one", "push", b"{}"), now()))

        thread = threading.Thread(target=second)
        with store.begin_without_turn() as tx:
            assert tx.deliveries.receive(Delivery("one", "push", b"{}"), now())
            thread.start()
            waits_for_a_lock(engine)
            assert said == []
        thread.join()
        assert said == [False]
        with store.read() as tx:
            assert tx.deliveries.list_waiting(9) == ["one"]


def waits_for_a_lock(engine: sa.Engine) -> None:
    query = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
    wait_for(lambda: _count(engine, query) == 1)


def _count(engine: sa.Engine, query: sa.TextClause) -> int:
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def test_of_many_who_receive_the_same_deliveries_one_keeps_each(tmp_path: Path) -> None:
    guids = [f"{number:02}" for number in range(20)]
    with (
        databases.opened("postgresql", tmp_path) as engine,
        receiving(engine) as (store, one),
        receiving(engine) as (_, another),
    ):
        begun = [
            (guid, receiver.begin(Delivery(guid, "push", b"{}")))
            for guid in guids
            for receiver in (one, another, one)
        ]
        new = [guid for guid, stored in begun if stored.result(20)]
        assert sorted(new) == guids
        with store.read() as tx:
            assert sorted(tx.deliveries.list_waiting(99)) == guids


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_delivery_whose_sender_was_told_no_is_not_stored_afterwards(tmp_path: Path, database: str) -> None:
    storing, goes_on = threading.Event(), threading.Event()

    def hang() -> datetime:
        storing.set()
        assert goes_on.wait(20)
        return now()

    with databases.opened(database, tmp_path) as engine:
        store = SqlStore(engine, "github.com", now)
        receiver = WebhookIntake(store, hang, lambda: None)
        late, other = (receiver.begin(Delivery(guid, "push", b"{}")) for guid in ("late", "other"))
        receiver.start()
        try:
            assert storing.wait(20)
            with pytest.raises(TransientError) as told:
                await_result(late, 0.0, 0.0)
        finally:
            goes_on.set()
            receiver.stop()
        assert not isinstance(told.value, UnconfirmedError)
        assert other.result()
        with store.read() as tx:
            assert tx.deliveries.list_waiting(9) == ["other"]


def test_a_commit_that_has_begun_and_does_not_end_is_reported_as_unconfirmed(tmp_path: Path) -> None:
    committing, goes_on = threading.Event(), threading.Event()

    def hang(_connection: sa.Connection) -> None:
        committing.set()
        assert goes_on.wait(20)

    with databases.opened("sqlite", tmp_path) as engine, receiving(engine) as (store, receiver):
        sa.event.listen(engine, "commit", hang, once=True)
        stored = receiver.begin(Delivery("late", "push", b"{}"))
        try:
            assert committing.wait(20)
            with pytest.raises(UnconfirmedError):
                await_result(stored, 0.0, 0.0)
        finally:
            goes_on.set()
        assert stored.result(20)
        with store.read() as tx:
            assert tx.deliveries.list_waiting(9) == ["late"]


def test_a_commit_whose_answer_is_lost_is_reported_as_unconfirmed(tmp_path: Path) -> None:
    def lose(_connection: sa.Connection) -> None:
        raise OSError("connection reset")

    with databases.opened("sqlite", tmp_path) as engine, receiving(engine) as (_, receiver):
        sa.event.listen(engine, "commit", lose, once=True)
        with pytest.raises(UnconfirmedError):
            receiver.receive(Delivery("lost", "push", b"{}"))
        assert receiver.receive(Delivery("next", "push", b"{}"))
