"""What is kept of people, put together: shown to them, and forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot import bootstrap
from bot.adapters.database import open_store
from bot.adapters.database.trace_search import Whole
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.workflow_records import EngineRecords
from bot.bootstrap import service
from bot.domain.privacy.personal_traces import web_address
from bot.settings import Settings
from bot.workflows.privacy.erasure import Erasing
from bot.workflows.privacy.export import Exporting


@contextmanager
def exporting(settings: Settings) -> Iterator[Exporting]:
    """Open the database, to show somebody what is kept of them.

    Raises:
        UserError: it cannot be used.
    """
    with open_store(bootstrap.database_url(settings)) as database:
        yield Exporting(
            SqlStore(database, service.tenant(settings), service.now),
            EngineRecords(database),
            service.clones(settings),
            service.now,
        )


@contextmanager
def erasing(settings: Settings) -> Iterator[Erasing]:
    """Open the database, to forget somebody.

    Raises:
        UserError: it cannot be used.
    """
    with open_store(bootstrap.database_url(settings)) as database:
        yield Erasing(
            SqlStore(database, service.tenant(settings), service.now),
            EngineRecords(database),
            service.clones(settings),
            Whole(database),
        )


def address(settings: Settings) -> str:
    """Return where people read what was published."""
    return web_address(settings.github_api_url)
