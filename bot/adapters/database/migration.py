"""Opening the store with its tables as this version of Sensei needs them."""

from collections.abc import Iterator
from contextlib import contextmanager

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
    """Return Alembic's configuration: no file of its own, the migrations wherever Sensei was installed."""
    config = Config()
    config.set_main_option("script_location", str(resources.folder("migrations")).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def open_store(url: str | None = None) -> Iterator[sa.Engine]:
    """Open the store: a file of one person is brought up to date, a shared PostgreSQL must be already.

    Raises:
        UserError: it cannot be reached, or its tables are of another version.
    """
    made = make_engine(url)
    try:
        _made_current(made)
        yield made
    finally:
        made.dispose()


def upgrade_store(url: str | None = None) -> str:
    """Bring the tables up to date; return a sentence that says what they are now.

    Raises:
        UserError: the store cannot be reached, or a newer version of Sensei has made its tables.
    """
    made = make_engine(url)
    try:
        _reached(made)
        _upgrade(made)
    finally:
        made.dispose()
    return f"The tables are at revision {head_revision()}."


def _made_current(made: sa.Engine) -> None:
    current = _reached(made)
    if current == head_revision():
        return
    if made.dialect.name == "sqlite":
        _upgrade(made)
    elif current is None or is_known_revision(current):
        raise UserError(
            "The database's tables are behind this version of Sensei.", "Run `sensei db upgrade`."
        )
    else:
        raise _newer()


def _reached(made: sa.Engine) -> str | None:
    """Return the revision of the tables, None where there are none."""
    try:
        with made.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as failed:
        place = made.url.database if made.dialect.name == "sqlite" else f"{made.url.host}/{made.url.database}"
        # The driver's own words may hold the address with its password.
        raise UserError(
            f"The database at {place} cannot be used ({type(failed.orig).__name__}).",
            "See that it runs, is a database, and lets this user in.",
        ) from None


def _upgrade(made: sa.Engine) -> None:
    with made.connect() as connection:
        if made.dialect.name == "sqlite":
            # Tables are rebuilt to be changed; with keys enforced that would delete what refers to them. Only
            # outside of a transaction can this be switched.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                current = MigrationContext.configure(connection).get_current_revision()
                if current is not None and not is_known_revision(current):
                    raise _newer()
                command.upgrade(alembic_configuration(connection), "head")
        finally:
            if made.dialect.name == "sqlite":
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def _newer() -> UserError:
    return UserError("The database was made by a newer version of Sensei.", "Upgrade Sensei on this machine.")


def is_known_revision(revision: str) -> bool:
    """Say whether this version of Sensei knows a revision of the tables."""
    return revision in {
        script.revision for script in ScriptDirectory.from_config(alembic_configuration()).walk_revisions()
    }


def head_revision() -> str:
    """Return the revision of the tables that this version of Sensei needs."""
    head = ScriptDirectory.from_config(alembic_configuration()).get_current_head()
    if head is None:
        raise FileNotFoundError("migrations/versions is missing from this installation of Sensei")
    return head
