"""Writers take turns on either database; one whose connection is cut or not to be had is told so."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa
from dbos._utils import retriable_postgres_exception

from bot.adapters.database.connections import make_engine as engine_of
from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.errors import TransientError
from bot.ports.deliveries import Delivery
from bot.ports.store import Tx
from bot.workflows.jobs.dispatch import JobDispatcher
from bot.workflows.pull_requests.event_handling import EventHandler
from tests import databases

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)


def now() -> datetime:
    return NOW


def test_a_transaction_begins_once_the_one_before_it_has_ended(engine: sa.Engine) -> None:
    store, begun = SqlStore(engine, "github.com", now), threading.Event()

    def second() -> None:
        with store.begin():
            begun.set()

    thread = threading.Thread(target=second)
    with store.begin():
        thread.start()
        assert not begun.wait(0.3)
    assert begun.wait(20)
    thread.join()


class Unlucky(EventHandler):
    """An inbox whose connection is cut the first time."""

    tries = 0

    def handle(self, tx: Tx, guid: str) -> bool:
        Unlucky.tries += 1
        if Unlucky.tries == 1:
            session = cast("SqlTx", tx)._session
            session.connection().exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return super().handle(tx, guid)


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_delivery_waits_where_the_database_went_away(engine: sa.Engine) -> None:
    store = SqlStore(engine, "github.com", now)
    with store.begin() as tx:
        tx.deliveries.receive(Delivery("a", "push", b"{}"), NOW)
    pump = JobDispatcher(store, cast("Any", None), Unlucky(now, 0), now)
    with pytest.raises(TransientError, match="did not answer"):
        pump.pump()
    with store.begin() as tx:
        assert tx.deliveries.list_waiting(9) == ["a"]
    assert pump.pump() == 1
    with store.begin() as tx:
        assert tx.deliveries.list_waiting(9) == []


def test_while_there_is_nothing_to_do_a_second_costs_one_short_transaction(engine: sa.Engine) -> None:
    statements: list[str] = []
    pump = JobDispatcher(SqlStore(engine, "github.com", now), cast("Any", None), EventHandler(now, 0), now)
    pump.pump()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement.split(maxsplit=1)[0])

    sa.event.listen(engine, "before_cursor_execute", note)
    assert pump.pump() == 0
    begins = ["PRAGMA", "BEGIN"] if engine.dialect.name == "sqlite" else ["SET"]
    assert statements == [*begins, "SELECT", "SELECT", "SELECT"], "and takes no turn"


@pytest.mark.parametrize("address", ["127.0.0.1:9/sensei", "/sensei?host=/nowhere", "nowhere.invalid/sensei"])
def test_a_database_that_is_not_there_is_waited_for_whatever_the_driver_calls_it(address: str) -> None:
    """The engine goes on trying at what it knows as a lost connection; else a workflow stands still."""
    made = engine_of(f"postgresql://sensei@{address}")
    with pytest.raises(sa.exc.OperationalError) as failed, made.connect():
        pass
    assert retriable_postgres_exception(failed.value)
    with pytest.raises(TransientError), SqlStore(made, "github.com", now).begin():
        pass


def test_where_no_connection_is_free_it_is_tried_again(tmp_path: Path) -> None:
    url = databases.migrated_file(tmp_path / "sensei.db")
    small = sa.create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.01)
    with small.connect(), pytest.raises(TransientError), SqlStore(small, "github.com", now).begin():
        pass
    small.dispose()


def test_an_error_does_not_tell_what_was_to_be_written(engine: sa.Engine) -> None:
    said = {"body": "what somebody wrote"}
    with pytest.raises(sa.exc.DBAPIError) as failed, engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO nowhere (body) VALUES (:body)"), said)
    assert "nowhere" in str(failed.value)
    assert said["body"] not in str(failed.value)
