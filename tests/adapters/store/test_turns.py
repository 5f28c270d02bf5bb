"""Writers take turns on either database, and one whose connection is cut is told so."""

import threading
from datetime import UTC, datetime
from typing import Any, cast

import pytest
import sqlalchemy as sa

from bot.adapters.store.tx import SqlStore, SqlTx
from bot.errors import TransientError
from bot.ports.store import Delivery, Tx
from bot.workflows.inbox import Inbox
from bot.workflows.pump import Pump

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


class Unlucky(Inbox):
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
    pump = Pump(store, cast("Any", None), Unlucky(now, 0), now)
    with pytest.raises(TransientError, match="did not answer"):
        pump.pump()
    with store.begin() as tx:
        assert tx.deliveries.waiting(9) == ["a"]
    assert pump.pump() == 1
    with store.begin() as tx:
        assert tx.deliveries.waiting(9) == []
