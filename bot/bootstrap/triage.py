"""What senseis' decisions rest on: the ledgers of capstones."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.workflows.triage.capstone_ledgers import LedgerLoader


def ledger_loader(settings: Settings) -> "Callable[[], LedgerLoader]":
    """Return a function that returns what loads ledgers. It loads the rubric on its first call."""

    @cache
    def load() -> "LedgerLoader":
        from bot.workflows.triage.capstone_ledgers import LedgerLoader

        return LedgerLoader(wiring.load_library(settings))

    return load
