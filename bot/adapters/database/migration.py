"""Opening the database with the tables that this version of Sensei needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from bot import resources
from bot.adapters.database.connections import make_engine
from bot.errors import UserError


def alembic_configuration(connection: sa.Connection | None = None) -> Config:
    """Return Alembic's configuration, with this installation's migrations."""
    config = Config()
    config.set_main_option("script_location", str(resources.folder("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def open_store(url: str | None = None) -> Iterator[sa.Engine]:
    """Open the database. A SQLite file is upgraded first; a PostgreSQL database must be up to date.

    Raises:
        UserError: the database can't be reached, or its tables belong to another version.
    """
    engine = make_engine(url)
    try:
        _ensure_current(engine)
        yield engine
    finally:
        engine.dispose()


def upgrade_store(url: str | None = None) -> str:
    """Upgrade the tables, and return a sentence with their revision.

    Raises:
        UserError: the database can't be reached, or its tables were created by a newer version of Sensei.
    """
    engine = make_engine(url)
    try:
        _read_revision(engine)
        _upgrade(engine)
    finally:
        engine.dispose()
    return f"The tables are now at revision {head_revision()}."


def _ensure_current(engine: sa.Engine) -> None:
    current = _read_revision(engine)
    if current == head_revision():
        return
    if engine.dialect.name == "sqlite":
        _upgrade(engine)
    elif current is None or is_known_revision(current):
        raise UserError(
            "The database's tables are older than this version of Sensei.", "Run `sensei db upgrade`."
        )
    else:
        raise _newer_version_error()


def _read_revision(engine: sa.Engine) -> str | None:
    """Return the revision of the tables, or None if there are none."""
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as failed:
        place = (
            engine.url.database
            if engine.dialect.name == "sqlite"
            else f"{engine.url.host}/{engine.url.database}"
        )
        # The driver's message may contain the address and password.
        raise UserError(
            f"The database at {place} cannot be used ({type(failed.orig).__name__}).",
            "Check that it is running, is of the right kind, and accepts this user.",
        ) from None


def _upgrade(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # SQLite changes a table by rebuilding it. With foreign keys enforced, that would delete the rows
            # that refer to it. Foreign keys can only be switched off outside a transaction.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                current = MigrationContext.configure(connection).get_current_revision()
                if current is not None and not is_known_revision(current):
                    raise _newer_version_error()
                command.upgrade(alembic_configuration(connection), "head")
        finally:
            if engine.dialect.name == "sqlite":
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def _newer_version_error() -> UserError:
    return UserError(
        "The database was created by a newer version of Sensei.", "Upgrade Sensei on this machine."
    )


def is_known_revision(revision: str) -> bool:
    """Return whether this version of Sensei knows the given revision of the tables."""
    return revision in {
        script.revision for script in ScriptDirectory.from_config(alembic_configuration()).walk_revisions()
    }


@cache  # to find it, Alembic loads every migration
def head_revision() -> str:
    """Return the revision of the tables that this version of Sensei needs."""
    head = ScriptDirectory.from_config(alembic_configuration()).get_current_head()
    if head is None:
        raise FileNotFoundError("migrations/versions is missing from this installation of Sensei")
    return head
