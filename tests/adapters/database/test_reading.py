"""A transaction that only reads waits for nobody, sees one moment, and can't write."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, WriteInReadError
from bot.ports.deliveries import Delivery
from bot.ports.jobs import Job
from bot.ports.store import Tx

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


@pytest.fixture(name="store")
def a_store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", lambda: NOW)


def keep(store: SqlStore, guid: str) -> None:
    with store.begin() as tx:
        tx.deliveries.receive(Delivery(guid, "push", b"{}"), NOW)


def test_reading_does_not_wait_for_a_writer_and_sees_only_what_is_committed(store: SqlStore) -> None:
    keep(store, "before")
    with store.begin() as writer:
        writer.deliveries.receive(Delivery("during", "push", b"{}"), NOW)
        with store.read() as tx:
            assert tx.deliveries.list_waiting(9) == ["before"]
    with store.read() as tx:
        assert tx.deliveries.list_waiting(9) == ["before", "during"]


def test_all_that_is_read_is_of_one_moment(store: SqlStore) -> None:
    keep(store, "before")
    with store.read() as tx:
        assert tx.deliveries.list_waiting(9) == ["before"]
        keep(store, "meanwhile")
        assert tx.deliveries.list_waiting(9) == ["before"]
        assert tx.deliveries.find_known(["meanwhile"]) == set()


def _insert(tx: Tx) -> None:
    tx.deliveries.receive(Delivery("new", "push", b"{}"), NOW)


def _add(tx: Tx) -> None:
    tx.jobs.add(Job("new", "sweep", {}, NOW))


def _add_unflushed(tx: Tx) -> None:
    tx.audit("operator", "x", "y")


def _change_unflushed(tx: Tx) -> None:
    tx.deliveries.close("kept", "handled")


def _delete(tx: Tx) -> None:
    tx.jobs.forget(["sweep"], NOW)


@pytest.mark.parametrize("write", [_insert, _add, _add_unflushed, _change_unflushed, _delete])
def test_writing_in_it_fails_and_the_connection_can_write_again(
    engine: sa.Engine, store: SqlStore, write: Callable[[Tx], None]
) -> None:
    keep(store, "kept")
    with pytest.raises(WriteInReadError), store.read() as tx:
        write(tx)
    with store.read() as tx:
        assert tx.deliveries.list_waiting(9) == ["kept"]
    with engine.connect() as connection:  # the pool's only one, outside SQLAlchemy's transactions
        connection.connection.cursor().execute("CREATE TABLE note (text TEXT)")
    keep(store, "next")
    assert engine.pool.checkedin() == 1  # type: ignore[attr-defined]
