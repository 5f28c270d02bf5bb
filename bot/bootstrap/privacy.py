"""What is kept of people, put together: shown to them, and forgotten."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot import bootstrap
from bot.adapters.database import open_store
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.bootstrap import service
from bot.domain.privacy.personal_traces import web_address
from bot.settings import Settings
from bot.workflows.privacy.erasure import Erasure
from bot.workflows.privacy.export import PersonalExport


@contextmanager
def open_export(settings: Settings) -> Iterator[PersonalExport]:
    """Open the database, to show somebody what is kept of them.

    Raises:
        UserError: it cannot be used.
    """
    with open_store(bootstrap.database_url(settings)) as database:
        yield PersonalExport(
            SqlStore(database, service.tenant(settings), service.now),
            DbosWorkflowRecords(database),
            service.clones(settings),
            service.now,
        )


@contextmanager
def open_erasure(settings: Settings) -> Iterator[Erasure]:
    """Open the database, to forget somebody.

    Raises:
        UserError: it cannot be used.
    """
    with open_store(bootstrap.database_url(settings)) as database:
        yield Erasure(
            SqlStore(database, service.tenant(settings), service.now),
            DbosWorkflowRecords(database),
            service.clones(settings),
            SqlTraceSearch(database),
        )


def host_address(settings: Settings) -> str:
    """Return where people read what was published."""
    return web_address(settings.github_api_url)
