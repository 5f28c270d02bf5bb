"""The services for commands that act as the GitHub App but do not serve."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.adapters.github import GitHubHost
from bot.bootstrap import chat, wiring
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.dojo.profiles import Vocabulary
from bot.settings import Settings
from bot.workflows.chat.dispatch import ChatDispatch
from bot.workflows.pull_requests.event_handling import EventHandler


@dataclass(frozen=True)
class CommandService:
    """The database, GitHub accessed as the App, and the event handlers."""

    database: sa.Engine
    store: SqlStore
    host: GitHubHost
    inbox: EventHandler


@contextmanager
def open_for_command(
    settings: Settings,
    load_vocabulary: Callable[[], Vocabulary] | None = None,
    load_rules: Callable[[], ArticulationRules] | None = None,
) -> Iterator[CommandService]:
    """Open the database, and connect to GitHub as the App.

    A service gives the vocabulary and the rules for decisions that it has loaded.

    Raises:
        UserError: one of them cannot be used.
    """
    app = wiring.connect_github_app(settings)
    dispatch = ChatDispatch(chat.features_from_settings(settings, load_vocabulary), wiring.now)
    with open_store(wiring.database_url(settings)) as database:
        yield CommandService(
            database,
            SqlStore(database, wiring.tenant(settings), wiring.now),
            GitHubHost(app),
            EventHandler(
                wiring.now,
                settings.quiet_seconds,
                dispatch,
                load_rules or cache(lambda: wiring.load_articulation(wiring.load_library(settings))),
            ),
        )
