"""Design documents and defences: their workflows, which read merged code."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import code_host_reading, wiring
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.github import GitHubHost
    from bot.domain.rubrics.rubric import Library
    from bot.ports.engine import Engine
    from bot.ports.metrics import Metrics
    from bot.ports.model import Model
    from bot.ports.store import Store


def register_defences(  # noqa: PLR0913, PLR0917 - what the workflows are made of
    engine: "Engine",
    settings: Settings,
    library: "Library",
    host: "GitHubHost",
    store: "Store",
    measures: "Metrics",
) -> None:
    """Register the workflows ``design_document`` and ``defence``."""
    from bot.adapters.files import prompts
    from bot.adapters.git.branches import GitBranches
    from bot.workflows.defences import preparation
    from bot.workflows.design_documents import reading
    from bot.workflows.triage.capstone_ledgers import LedgerLoader

    branches = GitBranches(wiring.clone_cache(settings))
    load_ledgers: Callable[[], LedgerLoader] = cache(lambda: LedgerLoader(library))

    def open_model(repository: int) -> "AbstractContextManager[Model | None]":
        return code_host_reading.open_model(settings, repository, measures)

    documents = reading.DesignReading(
        host,
        store,
        branches,
        prompts.load("design_documents/reading"),
        load_ledgers,
        open_model,
        wiring.now,
        measures,
    )
    engine.workflow("design_document", documents.run)
    defences = preparation.DefencePreparation(
        host,
        store,
        branches,
        prompts.load("defences/questions"),
        load_ledgers,
        open_model,
        wiring.now,
        measures,
    )
    engine.workflow("defence", defences.run)
