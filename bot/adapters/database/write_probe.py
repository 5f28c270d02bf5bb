"""A probe for whether a delivery could be stored now. It stores nothing."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.adapters.database.connections import keep_alive_options
from bot.adapters.database.inspection import WRITES_NOTHING

MIN_FREE_BYTES = 32 * 1024 * 1024
"""Free bytes needed to store the largest delivery, 25 MB.

A test write is not enough: it would succeed even on a full disk, because the database file contains unused
space.
"""

_LOCK_SECONDS = 1.0
_GOOD_SECONDS, _BAD_SECONDS, _UNREACHED_SECONDS, _COMMIT_SECONDS = 0.2, 1.0, 10.0, 10.0
"""Times in seconds.

How long a good or bad result is reused, and the time between attempts to reach an unreachable server and
between commits to the disk.
"""
_REASONS = {
    "55P03": f"another transaction has kept others from writing for more than {_LOCK_SECONDS:g} s",
    "57014": "the database took too long to answer a test write",
    "25006": "the database is read-only: it may be a standby",
    "53100": "the database's disk is full",
}
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class WriteProbe:
    """Finds out why a database cannot be written to. Only one thread at a time may use it.

    The probe has its own connection. If the server hangs, the probe hangs too. If the server's
    machine vanishes, TCP keepalives end the wait.
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
        """Return why nothing can be written, or None.

        It checks at most five times a second. Every ten seconds it also commits to the disk.
        """
        if self._clock() < self._believed_until:
            return self._answer
        believed = _BAD_SECONDS
        if self._engine is not None:
            self._answer, believed = self._ask_server(self._engine)
        elif self._file and self._file != ":memory:":
            self._answer = self._ask_file(Path(self._file))
        self._believed_until = self._clock() + (believed if self._answer else _GOOD_SECONDS)
        return self._answer

    def close(self) -> None:
        """Close the connection."""
        if self._engine is not None:
            self._engine.dispose()

    def _is_commit_due(self) -> bool:
        """Return whether a commit to the disk is due, and schedule the next one."""
        due = self._clock() >= self._commit_at
        if due:
            self._commit_at = self._clock() + _COMMIT_SECONDS
        return due

    def _ask_file(self, file: Path) -> str | None:
        try:
            free = shutil.disk_usage(file.parent).free
            if free < MIN_FREE_BYTES:
                return f"the database's disk has only {free // 1024**2} MB left"
            address = f"{file.absolute().as_uri()}?mode=rw"
            with closing(
                sqlite3.connect(address, uri=True, timeout=_LOCK_SECONDS, isolation_level=None)
            ) as connection:
                connection.execute("BEGIN IMMEDIATE")
                if self._is_commit_due():
                    # SQLite stores this number for applications. Sensei does not use it for anything else.
                    [(number,)] = connection.execute("PRAGMA user_version").fetchall()
                    connection.execute(f"PRAGMA user_version = {(number + 1) % 2**30}")
                connection.execute("COMMIT")
        except sqlite3.Error as failed:
            self._commit_at = float("-inf")
            if failed.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                return _REASONS["55P03"]
            return f"the database cannot be written to ({failed})"
        except OSError as failed:
            return f"the database cannot be written to ({failed.strerror})"
        return None

    def _ask_server(self, engine: sa.Engine) -> tuple[str | None, float]:
        """Return why nothing can be written, or None, and how many seconds to reuse that result."""
        try:
            connection = engine.connect()
        except SQLAlchemyError as failed:
            return f"the database cannot be reached ({_error_kind(failed)})", _UNREACHED_SECONDS
        try:
            with connection, connection.begin():
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(_LOCK_SECONDS * 1000)}")
                connection.exec_driver_sql("SET LOCAL statement_timeout = 1500")
                connection.exec_driver_sql(WRITES_NOTHING)
                if self._is_commit_due():
                    connection.exec_driver_sql(
                        "SELECT pg_current_xact_id()"
                    )  # Otherwise nothing is committed.
        except SQLAlchemyError as failed:
            self._commit_at = float("-inf")
            state = getattr(getattr(failed, "orig", None), "sqlstate", None) or ""
            return _REASONS.get(
                state, f"the database cannot be written to ({_error_kind(failed)})"
            ), _BAD_SECONDS
        return None, _GOOD_SECONDS


def _error_kind(failed: SQLAlchemyError) -> str:
    """Return only an error's kind, because the driver's message may contain the address and password."""
    return type(getattr(failed, "orig", None) or failed).__name__
