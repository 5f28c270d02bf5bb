"""Exporting and erasing a person's stored data."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.adapters.database import open_store
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.database.transaction import SqlStore
from bot.adapters.engine.workflow_records import DbosWorkflowRecords
from bot.bootstrap import wiring
from bot.domain.setup.github_app_manifest import web_address
from bot.errors import UserError
from bot.settings import Settings
from bot.workflows.privacy.erasure import Erasure
from bot.workflows.privacy.export import PersonalExport
from bot.workflows.privacy.message_deletion import MessageDeletion


@contextmanager
def open_export(settings: Settings) -> Iterator[PersonalExport]:
    """Open the database to show a person's stored data.

    Raises:
        UserError: it cannot be used.
    """
    with open_store(wiring.database_url(settings)) as database:
        yield PersonalExport(
            SqlStore(database, wiring.tenant(settings), wiring.now),
            DbosWorkflowRecords(database),
            wiring.clone_cache(settings),
            wiring.now,
        )


@contextmanager
def open_erasure(settings: Settings, *, slack_messages: bool = False) -> Iterator[Erasure]:
    """Open the database to erase a person's data; with ``slack_messages``, connect to Slack too.

    Raises:
        UserError: the database cannot be used, or Slack is not set up.
    """
    chat = wiring.connect_chat(settings) if slack_messages else None
    if slack_messages and chat is None:
        raise UserError(
            "Slack isn't set up, so Sensei can't delete its messages there. Nothing was erased.",
            "Set SENSEI_SLACK_BOT_TOKEN, or leave out --slack-messages.",
        )
    with open_store(wiring.database_url(settings)) as database:
        yield Erasure(
            SqlStore(database, wiring.tenant(settings), wiring.now),
            DbosWorkflowRecords(database),
            wiring.clone_cache(settings),
            SqlTraceSearch(database),
            MessageDeletion(chat) if chat else None,
            wiring.search_index(settings),
        )


def forget_lookups() -> None:
    """Delete the stored Slack accounts that imports have looked up. They only save time."""
    wiring.remembered_accounts(wiring.now).forget()


def host_address(settings: Settings) -> str:
    """Return the code host's web address, where Sensei's posts can be read."""
    return web_address(settings.github_api_url)
