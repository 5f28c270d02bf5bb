"""Access to the database alone, for commands that need neither GitHub nor Slack."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.adapters.database import open_store, require_database
from bot.adapters.database.transaction import SqlStore
from bot.bootstrap import wiring
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.engine.dead_letters import DbosDeadLetters


@contextmanager
def open_records(settings: Settings) -> Iterator[SqlStore]:
    """Open the database, which must exist.

    Raises:
        UserError: it does not exist, or cannot be used.
    """
    require_database(wiring.database_url(settings))
    with open_or_create_records(settings) as store:
        yield store


@contextmanager
def open_or_create_records(settings: Settings) -> Iterator[SqlStore]:
    """Open the database, creating it if needed.

    Raises:
        UserError: it cannot be used.
    """
    with open_store(wiring.database_url(settings)) as database:
        yield SqlStore(database, wiring.tenant(settings), wiring.now)


@contextmanager
def open_dead_letters(settings: Settings) -> Iterator["DbosDeadLetters"]:
    """Open the list of failed workflows. ``sensei serve`` may be running.

    Raises:
        UserError: the database does not exist, or cannot be used.
    """
    from bot.adapters.engine.dead_letters import DbosDeadLetters

    require_database(wiring.database_url(settings))
    with open_store(wiring.database_url(settings)) as database:
        yield DbosDeadLetters(database, wiring.now)
