"""What Sensei may cite: its index, the readings of handbooks, and the search."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.domain.setup.github_app_manifest import web_address
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.rubrics.rubric import Library
    from bot.ports.code_host import CodeHost
    from bot.ports.engine import Engine
    from bot.ports.sources import SearchIndex
    from bot.ports.store import Store
    from bot.workflows.sources.command_line import HandbookCommands
    from bot.workflows.sources.handbooks import HandbookReading
    from bot.workflows.sources.searching import SourceSearch


def make_search(
    settings: Settings, library: "Library", store: "Store", index: "SearchIndex"
) -> "SourceSearch":
    """Return the search of what a person may read."""
    from bot.adapters.git.stored_clones import GitStoredClones
    from bot.workflows.sources.own_documents import OwnDocuments
    from bot.workflows.sources.searching import SourceSearch

    clones = GitStoredClones(wiring.clone_cache(settings))
    own = OwnDocuments(store, index, clones, web_address(settings.github_api_url))
    return SourceSearch(store, index, own, library.rubric.id)


def register_sources(
    engine: "Engine", settings: Settings, host: "CodeHost", store: "Store", index: "SearchIndex"
) -> None:
    """Register the workflow ``handbook``."""
    engine.workflow("handbook", _make_reading(settings, lambda: host, store, index).run)


def source_keeper(library: "Library", store: "Store", index: "SearchIndex") -> Callable[[bool], None]:
    """Return a periodic task: it keeps the rubric in the index, and lets handbooks be read."""
    from bot.workflows.sources.upkeep import SourceUpkeep

    return SourceUpkeep(store, index, library, wiring.now).keep


@contextmanager
def open_handbooks(settings: Settings) -> "Iterator[HandbookCommands]":
    """Open the database and the index for commands about handbooks.

    Raises:
        UserError: one of them can't be used.
    """
    from bot.bootstrap.records import open_or_create_records
    from bot.workflows.sources.command_line import HandbookCommands
    from bot.workflows.sources.rubric import index_rubric

    @cache
    def connect_host() -> "CodeHost":
        from bot.adapters.github import GitHubHost

        return GitHubHost(wiring.connect_github_app(settings))

    with open_or_create_records(settings) as store:
        index = wiring.search_index(settings)

        @cache
        def make_searcher() -> "SourceSearch":
            library = wiring.load_library(settings)
            index_rubric(index, library)  # `sensei serve` may not have run yet
            return make_search(settings, library, store, index)

        def make_reading() -> "HandbookReading":
            return _make_reading(settings, connect_host, store, index)

        yield HandbookCommands(store, index, make_reading, make_searcher)


def _make_reading(
    settings: Settings, host: "Callable[[], CodeHost]", store: "Store", index: "SearchIndex"
) -> "HandbookReading":
    from bot.adapters.files.handbook_folders import LocalHandbooks
    from bot.adapters.git.branches import GitBranches
    from bot.workflows.sources.handbooks import HandbookReading

    branches = GitBranches(wiring.clone_cache(settings))
    web = web_address(settings.github_api_url)
    return HandbookReading(store, index, LocalHandbooks(), branches, host, web, wiring.now)
