"""Could a delivery be kept now? Found out by what keeping one needs, without leaving anything behind."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.database.connections import keep_alive_options
from bot.adapters.database.health_checks import WRITES_NOTHING
from bot.adapters.database.transaction import WRITING

LEAST_FREE = 32 * 1024 * 1024
"""Bytes that a disk needs for a delivery of the largest size, 25 MB: beside what is left over in the file
itself, so a small write would still succeed on a disk that is full."""

_LOCK_SECONDS = 1.0
_GOOD, _BAD, _UNREACHED, _COMMITTED = 0.2, 1.0, 10.0, 10.0
"""Seconds that an answer is believed, that a server is left alone which nobody can connect to, and between
two commits to the disk."""
_IN_WORDS = {
    "55P03": f"another transaction has kept others from writing for more than {_LOCK_SECONDS:g} s",
    "57014": "the database took too long over an empty write",
    "25006": "the database can only be read: it may be a standby",
    "53100": "the disk of the database is full",
}
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class WriteProbe:
    """Says why nothing can be written to a database. One thread at a time may ask.

    It has one connection of its own. A server that hangs holds that one for as long, and a machine that has
    vanished gives it back by TCP's keepalives.
    """

    def __init__(self, database: sa.Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._answer: str | None = None
        self._believed_until = self._commit_at = float("-inf")
        self._file = None if database.dialect.name == "postgresql" else database.url.database
        self._engine: sa.Engine | None = None
        if database.dialect.name == "postgresql":
            self._engine = sa.create_engine(
                database.url,
                pool_size=1,
                max_overflow=0,
                pool_pre_ping=True,
                connect_args=keep_alive_options(database.url, connect_seconds=2),
                hide_parameters=True,
            )

    def why_not(self) -> str | None:
        """Say why nothing can be written, or None. At most five looks a second, and a commit every ten."""
        if self._clock() < self._believed_until:
            return self._answer
        believed = _BAD
        if self._engine is not None:
            self._answer, believed = self._ask_server(self._engine)
        elif self._file and self._file != ":memory:":
            self._answer = self._ask_file(Path(self._file))
        self._believed_until = self._clock() + (believed if self._answer else _GOOD)
        return self._answer

    def close(self) -> None:
        """Close the connection."""
        if self._engine is not None:
            self._engine.dispose()

    def _commits(self) -> bool:
        """Say whether it is time to go as far as the disk."""
        due = self._clock() >= self._commit_at
        if due:
            self._commit_at = self._clock() + _COMMITTED
        return due

    def _ask_file(self, file: Path) -> str | None:
        try:
            free = shutil.disk_usage(file.parent).free
            if free < LEAST_FREE:
                return f"the disk of the database is full: {free // 1024**2} MB are left"
            address = f"{file.absolute().as_uri()}?mode=rw"
            with closing(
                sqlite3.connect(address, uri=True, timeout=_LOCK_SECONDS, isolation_level=None)
            ) as connection:
                connection.execute("BEGIN IMMEDIATE")
                if self._commits():
                    # A number that SQLite keeps for applications, and that Sensei has no other use for.
                    [(number,)] = connection.execute("PRAGMA user_version").fetchall()
                    connection.execute(f"PRAGMA user_version = {(number + 1) % 2**30}")
                connection.execute("COMMIT")
        except sqlite3.Error as failed:
            self._commit_at = float("-inf")
            if failed.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return _IN_WORDS["55P03"]
            return f"the database cannot be written ({failed})"
        except OSError as failed:
            return f"the database cannot be written ({failed.strerror})"
        return None

    def _ask_server(self, engine: sa.Engine) -> tuple[str | None, float]:
        """Return why nothing can be written, and for how long to believe that."""
        try:
            connection = engine.connect()
        except SQLAlchemyError as failed:
            return f"the database cannot be reached ({_name(failed)})", _UNREACHED
        try:
            with connection, connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(_LOCK_SECONDS * 1000)}")
                connection.exec_driver_sql("SET LOCAL statement_timeout = 1500")
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": WRITING})
                connection.exec_driver_sql(WRITES_NOTHING)
                if self._commits():
                    connection.exec_driver_sql("SELECT pg_current_xact_id()")  # else nothing is committed
        except SQLAlchemyError as failed:
            self._commit_at = float("-inf")
            state = getattr(getattr(failed, "orig", None), "sqlstate", None) or ""
            return _IN_WORDS.get(state, f"the database cannot be written ({_name(failed)})"), _BAD
        return None, _GOOD


def _name(failed: SQLAlchemyError) -> str:
    """Return an error's kind alone: the driver's own words may hold the address with its password."""
    return type(getattr(failed, "orig", None) or failed).__name__
