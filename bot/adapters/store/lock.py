"""One serving process per database: two would do each other's work, and pay the model twice."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bot.errors import UserError

# Any number will do, if nothing else in the database uses it for an advisory lock.
_SERVING = 5_367_365
_REMEDY = "Stop it first, or give this one another SENSEI_DATABASE_URL."


class Served(UserError):  # noqa: N818 - a result that unwinds
    """Another process serves this database."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"This database is served already, by {holder}.", _REMEDY)


@contextmanager
def serving(engine: sa.Engine) -> Iterator[None]:
    """Hold the right to serve a database; it is free again when the process ends, however it ends.

    Raises:
        Served: another process has it; it says which.
    """
    with _on_postgres(engine) if engine.dialect.name == "postgresql" else _on_file(engine):
        yield


def is_served(engine: sa.Engine) -> bool:
    """Say whether a process serves a database now."""
    try:
        with serving(engine):
            return False
    except Served:
        return True


@contextmanager
def _on_file(engine: sa.Engine) -> Iterator[None]:
    if not engine.url.database or engine.url.database == ":memory:":
        yield
        return
    descriptor = os.open(Path(f"{engine.url.database}.serving"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 200).decode("utf-8", "replace").strip() or "another process"
            raise Served(holder) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _on_postgres(engine: sa.Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        held = connection.execute(sa.text("SELECT pg_try_advisory_lock(:n)"), {"n": _SERVING}).scalar_one()
        if not held:
            holder = connection.execute(
                sa.text(
                    "SELECT a.pid, coalesce(host(a.client_addr), 'this machine'), a.backend_start "
                    "FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                    "WHERE l.locktype = 'advisory' AND l.objid = :n AND l.granted LIMIT 1"
                ),
                {"n": _SERVING},
            ).first()
            who = (
                f"a process on {holder[1]} since {holder[2]:%Y-%m-%d %H:%M}" if holder else "another process"
            )
            raise Served(who)
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:n)"), {"n": _SERVING})
