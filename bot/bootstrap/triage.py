"""What rulings need: the ledgers of capstones, and what follows from a ruling."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.domain.triage.records import CriterionRuling
from bot.ports.store import Tx
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.workflows.triage.capstone_ledgers import LedgerLoader


def ledger_loader(settings: Settings) -> Callable[[], "LedgerLoader"]:
    """Return a function that returns the loader of ledgers. It loads the rubric on its first call."""

    def load() -> "LedgerLoader":
        from bot.workflows.triage.capstone_ledgers import LedgerLoader

        return LedgerLoader(wiring.load_library(settings))

    return cache(load)


def on_ruled(tx: Tx, ruling: CriterionRuling, at: datetime) -> None:
    """Do nothing more: a ruling stays with the senseis until it is released."""
