"""What triage needs from the settings: the ledgers of capstones, under the configured rubric."""

from collections.abc import Callable
from functools import cache

from bot.bootstrap import wiring
from bot.settings import Settings
from bot.workflows.triage.capstone_ledgers import LedgerLoader


def ledger_loader(settings: Settings) -> Callable[[], LedgerLoader]:
    """Return a function that returns the loader of ledgers. It loads the rubric on its first call."""
    return cache(lambda: LedgerLoader(wiring.load_library(settings)))
