"""SQLAlchemy engines for SQLite and PostgreSQL."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.adapters.database.input_cleaning import json_text
from bot.adapters.database.sqlite_turns import QueuingConnection
from bot.errors import UserError

BUSY_SECONDS = 30
# Every workflow that waits to write uses a connection. There are at most about thirty.
MAX_CONNECTIONS = 48
# Connections that stay open when nobody uses them: eight people at once need as many, beside the
# workflows, and opening one takes longer than most queries.
_KEPT_CONNECTIONS = 16
_READ_ONLY_OPTION = "sensei_reading"
"""Execution option for read-only connections. On SQLite, they do not take the write lock."""
# Without a limit, connecting to an address that never answers would take as long as the system's timeout.
_CONNECT_SECONDS = 10
_REMEDY = (
    "Set SENSEI_DATABASE_URL to an address like postgresql://user:password@host/database or "
    "sqlite:////folder/sensei.db, or unset it."
)


def default_database_file() -> Path:
    """Return the path of the default database, in the user's data folder."""
    return platformdirs.user_data_path("sensei", appauthor=False) / "sensei.db"


def make_engine(url: str | None = None) -> sa.Engine:
    """Create an engine for a URL, or for the default file, without connecting.

    Raises:
        UserError: the URL can't be used, or the file can't be created. The message does not contain the URL,
        which may include a password.
    """
    parsed = parse_address(url)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args=keep_alive_options(parsed, _CONNECT_SECONDS),
            pool_size=_KEPT_CONNECTIONS,
            max_overflow=MAX_CONNECTIONS - _KEPT_CONNECTIONS,
            hide_parameters=True,
            json_serializer=json_text,
        )
    if parsed.database and parsed.database != ":memory:":
        _create_file(Path(parsed.database))
    # Parameters are hidden because errors are logged, and rows may contain people's texts.
    pool = {"pool_size": _KEPT_CONNECTIONS, "max_overflow": MAX_CONNECTIONS - _KEPT_CONNECTIONS}
    engine = sa.create_engine(
        parsed,
        connect_args={"timeout": BUSY_SECONDS, "factory": QueuingConnection},
        hide_parameters=True,
        json_serializer=json_text,
        **({} if parsed.database in {None, "", ":memory:"} else pool),
    )
    sa.event.listen(engine, "connect", _configure_connection)
    sa.event.listen(engine, "begin", _begin_transaction)
    sa.event.listen(engine, "checkin", _allow_writes)
    return engine


@contextmanager
def open_read_only(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Open a transaction that can't write. It doesn't wait for writers, and sees a snapshot of the database.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer, or a statement wrote.
    """
    with engine.connect().execution_options(**{_READ_ONLY_OPTION: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            # SQLAlchemy's own options would stay with the connection, and overrule a database that its
            # administrator has made read-only.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def keep_alive_options(address: URL, connect_seconds: int) -> dict[str, int]:
    """Return options for detecting within half a minute that a server's machine has vanished.

    Without them, a thread would wait two hours for an answer. Options in the address take precedence.
    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
    """
    ours = {
        "connect_timeout": connect_seconds,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,  # milliseconds
    }
    return {name: value for name, value in ours.items() if name not in address.query}


def require_database(url: str | None) -> None:
    """Check that the database file exists, for commands that only read.

    Raises:
        UserError: there is no such file. It is not created.
    """
    parsed = parse_address(url)
    file = parsed.database
    if parsed.get_backend_name() == "sqlite" and file and file != ":memory:" and not Path(file).exists():
        raise UserError(
            f"There is no database yet at {file}.",
            "Run this command on the machine where `sensei serve` runs, as the same user and with "
            "the same settings.",
        )


def parse_address(url: str | None) -> URL:
    """Parse a database URL, or return the default file's URL.

    Raises:
        UserError: it isn't a URL, or names a kind of database that Sensei does not support.
    """
    return _parse(url) if url else URL.create("sqlite", database=str(default_database_file()))


def _parse(url: str) -> URL:
    try:
        # Several PostgreSQL hosting services provide URLs with the short scheme.
        parsed = make_url("postgresql://" + url[11:] if url.startswith("postgres://") else url)
    except (ArgumentError, ValueError):
        raise UserError("SENSEI_DATABASE_URL is not a database address.", _REMEDY) from None
    if parsed.get_backend_name() not in {"postgresql", "sqlite"}:
        raise UserError("SENSEI_DATABASE_URL names a kind of database that Sensei does not support.", _REMEDY)
    return parsed


def _create_file(file: Path) -> None:
    """Create a file that only its owner can read, because answers quote code.

    SQLite's extra files inherit this.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return  # Never opened and closed here, because SQLite, if it has it open, would lose its locks.
    except OSError as refused:
        raise UserError(
            f"{file} cannot be written: {refused.strerror}.",
            "Sensei stores its requests to the model there, so that you don't pay for one twice. Make the "
            "file writable, or set SENSEI_DATABASE_URL to another database.",
        ) from None


def _configure_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # Transactions are started by _begin_transaction, not by the driver.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # overwrite deleted data
    _switch_to_wal(connection)


def _switch_to_wal(connection: Any) -> None:
    """Switch a new file to write-ahead logging. Retries, because SQLite ignores its busy timeout here."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as busy:
            if busy.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_transaction(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(_READ_ONLY_OPTION):
        connection.info[_READ_ONLY_OPTION] = True
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("BEGIN")
    else:
        # IMMEDIATE takes the write lock at the start, because a transaction may read first and write later.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _allow_writes(connection: Any, record: sa.pool.ConnectionPoolEntry) -> None:
    """Make a read-only connection writable again when it returns to the pool.

    SQLite prepares all statements anew after this, so other connections are left alone.
    """
    if connection is not None and record.info.pop(_READ_ONLY_OPTION, False):
        connection.execute("PRAGMA query_only=OFF")


@sa.event.listens_for(sa.Engine, "handle_error")
def _mark_unreachable_as_lost(context: sa.ExceptionContext) -> None:
    """Treat a failure to connect like a lost connection, also in DBOS's engines.

    DBOS waits for a lost database, but recognises only some of the driver's errors as such. After others (no
    socket, no such host), its thread would end and the workflow would stop until the next start.
    """
    if context.connection is None and isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
        context.is_disconnect = True
