"""One serving process per database: two would do each other's work, and pay the model twice."""

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

# Any number will do, if nothing else in the database uses it for an advisory lock.
_SERVING = 5_367_365
# Times, and seconds between them, that a file's lock is asked for.
_LOOKS, _LOOK = 5, 0.1
_REMEDY = "Stop it first, or give this one another SENSEI_DATABASE_URL."


class AlreadyServedError(UserError):
    """Another process serves this database."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"This database is served already, by {holder}.", _REMEDY)


class ServerLease(Protocol):
    """The right to serve a database."""

    def keep(self) -> None:
        """See that this process still has it, and take it again where its connection was cut.

        Raises:
            Served: another process has taken it meanwhile. TransientError: the database does not answer.
        """


@contextmanager
def hold_server_lease(engine: sa.Engine) -> Iterator[ServerLease]:
    """Hold the right to serve a database; it is free again when the process ends, however it ends.

    Raises:
        Served: another process has it; it says which.
    """
    with _on_postgres(engine) if engine.dialect.name == "postgresql" else _on_file(engine) as right:
        yield right


def is_served(engine: sa.Engine) -> bool:
    """Say whether a process serves a database now."""
    try:
        with hold_server_lease(engine):
            return False
    except AlreadyServedError:
        return True


def find_holder(engine: sa.Engine) -> str | None:
    """Return which process serves a database now, None if none does. The right is not taken to find out.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            return _session_holder(connection)
    file = Path(f"{engine.url.database}.serving")
    if not engine.url.database or not file.exists():
        return None
    descriptor = os.open(file, os.O_RDONLY)
    try:
        # Shared, so that two who look are not in each other's way; given back at once.
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _file_holder(descriptor)
    finally:
        os.close(descriptor)
    return None


@contextmanager
def _on_file(engine: sa.Engine) -> Iterator[ServerLease]:
    if not engine.url.database or engine.url.database == ":memory:":
        yield _FileLease()
        return
    descriptor = os.open(Path(f"{engine.url.database}.serving"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield _FileLease()
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    for left in range(_LOOKS, -1, -1):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not left:
                raise AlreadyServedError(_file_holder(descriptor)) from None
            time.sleep(_LOOK)  # perhaps somebody only looks who holds it
        else:
            return


def _file_holder(descriptor: int) -> str:
    return os.read(descriptor, 200).decode("utf-8", "replace").strip() or "another process"


def _session_holder(connection: sa.Connection) -> str | None:
    found = connection.execute(
        sa.text(
            "SELECT coalesce(host(a.client_addr), 'this machine'), a.backend_start "
            "FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE l.locktype = 'advisory' AND l.objid = :n AND l.granted AND l.database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1"
        ),
        {"n": _SERVING},
    ).first()
    return f"a process on {found[0]} since {found[1]:%Y-%m-%d %H:%M}" if found else None


@contextmanager
def _on_postgres(engine: sa.Engine) -> Iterator[ServerLease]:
    right = _SessionLease(engine)
    right.take()
    try:
        yield right
    finally:
        right.leave()


class _FileLease:
    """The right by a file, which the operating system keeps."""

    def keep(self) -> None:
        pass


class _SessionLease:
    """The right by a session of PostgreSQL: who ends that (a restart, a firewall, a person) ends it."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None
        self._turn = threading.Lock()

    def take(self) -> None:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            if connection.execute(sa.text("SELECT pg_try_advisory_lock(:n)"), {"n": _SERVING}).scalar_one():
                self._connection = connection
                return
            other = _session_holder(connection)
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
        """Give the right up, if the session is still there, and end the session: the pool would keep it."""
        if self._connection is not None:
            with suppress(sa.exc.SQLAlchemyError):
                self._connection.execute(sa.text("SELECT pg_advisory_unlock(:n)"), {"n": _SERVING})
            with suppress(sa.exc.SQLAlchemyError):
                self._connection.invalidate()
            self._connection.close()
            self._connection = None
