"""On SQLite, this process's writers go in the order of arrival, and deliveries first."""

import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from dbos import DBOS

from bot.adapters.database import open_store
from bot.adapters.database.sqlite_turns import QueuingConnection, WriteTurns, find_turns
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.dbos import DurableEngine
from bot.ports.deliveries import Delivery
from tests import databases
from tests.waiting import wait_for

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def now() -> datetime:
    return NOW


@pytest.fixture
def file(tmp_path: Path) -> Path:
    databases.migrated_file(tmp_path / "sensei.db")
    return tmp_path / "sensei.db"


@pytest.fixture
def engine(file: Path) -> Iterator[sa.Engine]:
    with open_store(f"sqlite:///{file}") as made:
        yield made


@pytest.fixture
def store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", now)


@pytest.fixture
def turns(file: Path) -> WriteTurns:
    return find_turns(str(file))


def test_a_delivery_goes_before_the_transactions_that_waited_already(
    store: SqlStore, turns: WriteTurns
) -> None:
    order: list[str] = []

    def write(name: str) -> None:
        with store.begin() as tx:
            tx.audit(name, "test", "test")
            order.append(name)

    def receive() -> None:
        with store.begin_without_turn() as tx:
            tx.deliveries.receive(Delivery("a", "push", b"{}"), NOW)
            order.append("delivery")

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(4)]
    threads.append(threading.Thread(target=receive))
    with store.begin():
        for number, thread in enumerate(threads):
            thread.start()
            wait_for(lambda number=number: turns.count_waiting() == number + 1)  # type: ignore[misc]
    for thread in threads:
        thread.join()
    assert order == ["delivery", "0", "1", "2", "3"]


def test_the_engine_s_own_connections_wait_for_the_same_turns(
    engine: sa.Engine, store: SqlStore, turns: WriteTurns
) -> None:
    it = DurableEngine(engine, "github.com", now, polling=60)
    it.workflow("reads", lambda _steps, _argument: {"n": 1})
    it.start()
    thread = threading.Thread(target=it.run, args=("reads", "read", {}))
    try:
        with store.begin():
            thread.start()
            wait_for(turns.count_waiting)
        thread.join()
        assert DBOS.retrieve_workflow("read").get_result() == {"n": 1}
    finally:
        it.stop(5)
    assert turns.take(seconds=0)
    turns.give()


def test_a_turn_ends_however_its_transaction_does(
    store: SqlStore, turns: WriteTurns, file: Path, subtests: pytest.Subtests
) -> None:
    def connect() -> QueuingConnection:
        return sqlite3.connect(file, factory=QueuingConnection, isolation_level="IMMEDIATE")

    def fail(connection: QueuingConnection) -> None:
        with pytest.raises(sqlite3.OperationalError):
            connection.execute("INSERT INTO no_table VALUES (1)")
        assert turns.count_waiting() == 0
        connection.rollback()

    delete = "DELETE FROM audit_event"
    endings: dict[str, Callable[[QueuingConnection], None]] = {
        "committed": QueuingConnection.commit,
        "rolled back": QueuingConnection.rollback,
        "closed": QueuingConnection.close,
        "refused": fail,
    }
    for name, end in endings.items():
        with subtests.test(name):
            connection = connect()
            if name != "refused":
                connection.execute(delete)
                assert not turns.take(seconds=0)
            end(connection)
            assert turns.take(seconds=0)
            turns.give()
            connection.close()
    with subtests.test("lost"):
        lost = connect()
        lost.execute(delete)
        assert not turns.take(seconds=0)
        del lost
        gc.collect()
        assert turns.take(seconds=0)
        turns.give()
    with pytest.raises(ZeroDivisionError), store.begin():
        _ = 1 / 0
    assert turns.take(seconds=0)
    turns.give()


def test_whoever_gives_up_waiting_gets_no_turn_later(turns: WriteTurns) -> None:
    assert turns.take()
    assert not turns.take(seconds=0)
    assert not turns.take(urgent=True, seconds=0)
    assert turns.count_waiting() == 0
    turns.give()
    assert turns.take(seconds=0)
    turns.give()
