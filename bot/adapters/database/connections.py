"""Engines for SQLite and PostgreSQL."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import platformdirs
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.adapters.database.input_cleaning import json_text
from bot.errors import UserError

BUSY_SECONDS = 30
# Every workflow that waits to write has a connection in hand, and there are some thirty at most.
MOST_CONNECTIONS = 48
READING = "sensei_reading"
"""Execution option of a connection that only reads: on SQLite it takes no writer's turn."""
# An address that swallows what is sent to it would be waited for as long as the system likes.
_CONNECT_SECONDS = 10
_REMEDY = (
    "SENSEI_DATABASE_URL looks like postgresql://user:password@host/database or sqlite:////folder/sensei.db, "
    "or is unset."
)


def default_database_file() -> Path:
    """Return where the store lies unless a database is named: in the user's own data folder."""
    return platformdirs.user_data_path("sensei", appauthor=False) / "sensei.db"


def make_engine(url: str | None = None) -> sa.Engine:
    """Create an engine for a URL, or for the default file. Nothing is connected to yet.

    Raises:
        UserError: the URL cannot be used, or the file cannot be made. Neither message holds the URL, which
        may
            hold a password.
    """
    parsed = safe_address(url)
    if parsed.get_backend_name() == "postgresql":
        return sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args=keep_alive_options(parsed, _CONNECT_SECONDS),
            max_overflow=MOST_CONNECTIONS - 5,
            hide_parameters=True,
            json_serializer=json_text,
        )
    if parsed.database and parsed.database != ":memory:":
        _create(Path(parsed.database))
    # Hidden, as an error's trace goes to the log, and what is written may quote what somebody wrote.
    overflow = {} if parsed.database in {None, "", ":memory:"} else {"max_overflow": MOST_CONNECTIONS - 5}
    made = sa.create_engine(
        parsed,
        connect_args={"timeout": BUSY_SECONDS},
        hide_parameters=True,
        json_serializer=json_text,
        **overflow,
    )
    sa.event.listen(made, "connect", _on_connect)
    sa.event.listen(made, "begin", _on_begin)
    return made


def keep_alive_options(address: URL, connect_seconds: int) -> dict[str, int]:
    """Return what notices, within half a minute, that a server's machine has vanished.

    Without it a thread that waits for an answer would wait for two hours. What the address says counts first.
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
    """See that a file is there, for whoever only asks what is in it.

    Raises:
        UserError: there is none; nothing is made.
    """
    parsed = safe_address(url)
    file = parsed.database
    if parsed.get_backend_name() == "sqlite" and file and file != ":memory:" and not Path(file).exists():
        raise UserError(
            f"There is no database here yet ({file}).",
            "Run this where `sensei serve` runs, as its user and with its settings.",
        )


def safe_address(url: str | None) -> URL:
    """Return a URL taken apart, or that of the default file.

    Raises:
        UserError: it is none, or of a kind of database that is not used.
    """
    return _parse(url) if url else URL.create("sqlite", database=str(default_database_file()))


def _parse(url: str) -> URL:
    try:
        # The short scheme is what several hosts of PostgreSQL hand out.
        parsed = make_url("postgresql://" + url[11:] if url.startswith("postgres://") else url)
    except (ArgumentError, ValueError):
        raise UserError("SENSEI_DATABASE_URL is not a database's address.", _REMEDY) from None
    if parsed.get_backend_name() not in {"postgresql", "sqlite"}:
        raise UserError("SENSEI_DATABASE_URL names a kind of database that Sensei does not use.", _REMEDY)
    return parsed


def _create(file: Path) -> None:
    """Make the file for its owner's eyes only, since answers quote code. SQLite's side files inherit."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return  # opened and closed, a file that SQLite has open in this process would lose SQLite's locks
    except OSError as refused:
        raise UserError(
            f"{file} cannot be written: {refused.strerror}.",
            "It records what was asked of a model, so that nothing is paid twice.",
        ) from None


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing on its own; _on_begin does
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA secure_delete=ON")  # what is forgotten is overwritten
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Switch a new file over. SQLite does not wait for others here, whatever its busy timeout."""
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


def _on_begin(connection: sa.Connection) -> None:
    # Immediate: whoever reads and then writes has the right to write from the start, or waits for it.
    reads = connection.get_execution_options().get(READING)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@sa.event.listens_for(sa.Engine, "handle_error")
def _unreachable(context: sa.ExceptionContext) -> None:
    """Take a connection that cannot be made for one that is lost, in the engines of DBOS as well.

    DBOS waits for a lost database, but knows only some of the driver's words for one that is not there; at
    others (no socket, no such host) its thread ended, and its workflow stood still until the next start.
    """
    if context.connection is None and isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
        context.is_disconnect = True
