"""Builds what senseis' decisions need: the rubric with which ledgers are read."""

from collections.abc import Callable
from functools import cache

from bot.bootstrap import wiring
from bot.settings import Settings
from bot.workflows.triage.capstone_ledgers import LedgerLoader


def ledger_loader(settings: Settings) -> Callable[[], LedgerLoader]:
    """Return a function that returns what loads ledgers. It loads the rubric on its first call."""
    return cache(lambda: LedgerLoader(wiring.load_library(settings)))
