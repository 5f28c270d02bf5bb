"""A lock that allows one serving process per database. Two processes would duplicate work and costs."""

import fcntl
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa
import structlog

from bot.errors import TransientError, UserError

log = structlog.get_logger(__name__)

# Any number that no other advisory lock in the database uses.
_LOCK_NUMBER = 5_367_365
# Number of attempts to lock a file, and seconds between them.
_LOCK_ATTEMPTS, _ATTEMPT_SECONDS = 5, 0.1
_REMEDY = "Stop that process first, or set SENSEI_DATABASE_URL to another database."


class AlreadyServedError(UserError):
    """Another process already serves this database."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"This database is already being served by {holder}.", _REMEDY)


class ServerLease(Protocol):
    """The lock of the process that serves a database."""

    def keep(self) -> None:
        """Check that this process still has the lock, and reacquire it if its connection was lost.

        Raises:
            AlreadyServedError: another process has taken it in the meantime.
            TransientError: the database does not answer.
        """


@contextmanager
def hold_server_lease(engine: sa.Engine) -> Iterator[ServerLease]:
    """Hold the server lock of a database. It is released when the process ends, even after a crash.

    Raises:
        AlreadyServedError: another process holds it. The error names the process.
    """
    with (
        _hold_session_lease(engine)
        if engine.dialect.name == "postgresql"
        else _hold_file_lease(engine) as lease
    ):
        yield lease


def is_served(engine: sa.Engine) -> bool:
    """Return whether a process serves a database now."""
    try:
        with hold_server_lease(engine):
            return False
    except AlreadyServedError:
        return True


def find_holder(engine: sa.Engine) -> str | None:
    """Return which process serves a database now, or None. This does not take the lock.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return _find_session_holder(connection)
    file = Path(f"{engine.url.database}.serving")
    if not engine.url.database or not file.exists():
        return None
    descriptor = os.open(file, os.O_RDONLY)
    try:
        # A shared lock, so that several processes can check at the same time. It is released immediately.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_file_holder(descriptor)
    finally:
        os.close(descriptor)
    return None


@contextmanager
def _hold_file_lease(engine: sa.Engine) -> Iterator[ServerLease]:
    if not engine.url.database or engine.url.database == ":memory:":
        yield _FileLease()
        return
    descriptor = os.open(Path(f"{engine.url.database}.serving"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock_file(descriptor)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield _FileLease()
    finally:
        os.close(descriptor)


def _lock_file(descriptor: int) -> None:
    for left in range(_LOCK_ATTEMPTS, -1, -1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not left:
                raise AlreadyServedError(_read_file_holder(descriptor)) from None
            time.sleep(_ATTEMPT_SECONDS)  # its holder may only be checking, as find_holder does
        else:
            return


def _read_file_holder(descriptor: int) -> str:
    return os.read(descriptor, 200).decode("utf-8", "replace").strip() or "another process"


def _find_session_holder(connection: sa.Connection) -> str | None:
    found = connection.execute(
        sa.text(
            "SELECT coalesce(host(a.client_addr), 'this machine'), a.backend_start "
            "FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.objid = :n AND l.granted AND l.database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
        ),
        {"n": _LOCK_NUMBER},
    ).first()
    return f"a process on {found[0]} since {found[1]:%Y-%m-%d %H:%M}" if found else None


@contextmanager
def _hold_session_lease(engine: sa.Engine) -> Iterator[ServerLease]:
    lease = _SessionLease(engine)
    lease.take()
    try:
        yield lease
    finally:
        lease.leave()


class _FileLease:
    """A lease based on a file lock, which the operating system maintains."""

    def keep(self) -> None:
        pass


class _SessionLease:
    """A lease based on a PostgreSQL session.

    It ends with the session, which a restart, firewall or person may end.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None
        self._turn = threading.Lock()

    def take(self) -> None:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            if connection.execute(
                sa.text("SELECT pg_try_advisory_lock(:n)"), {"n": _LOCK_NUMBER}
            ).scalar_one():
                self._connection = connection
                return
            other = _find_session_holder(connection)
        finally:
            if self._connection is not connection:
                connection.close()
        raise AlreadyServedError(other or "another process")

    def keep(self) -> None:
        with self._turn:
            try:
                if self._connection is not None:
                    self._connection.execute(sa.text("SELECT 1"))
                    return
            except sa.exc.DBAPIError:
                self._drop()
            try:
                self.take()
            except sa.exc.DBAPIError as failed:
                raise TransientError(f"The database did not answer ({type(failed.orig).__name__}).") from None
            log.warning("serving.taken_again")

    def leave(self) -> None:
        with self._turn:
            self._drop()

    def _drop(self) -> None:
        """Release the lock if the session still exists. Then end it, or the pool would keep it open."""
        if self._connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                self._connection.execute(sa.text("SELECT pg_advisory_unlock(:n)"), {"n": _LOCK_NUMBER})
            with suppress(sa.exc.SQLAlchemyError):
                self._connection.invalidate()
            self._connection.close()
            self._connection = None
