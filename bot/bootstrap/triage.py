"""Rulings on the levels of capstones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from bot.bootstrap import wiring
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.workflows.triage.capstone_ledgers import LedgerLoader
    from bot.workflows.triage.command_line import TriageCommands


def ledger_loader(settings: Settings) -> Callable[[], "LedgerLoader"]:
    """Return a function that returns the loader of ledgers. It loads the rubric on its first call."""

    def load() -> "LedgerLoader":
        from bot.workflows.triage.capstone_ledgers import LedgerLoader

        return LedgerLoader(wiring.load_library(settings))

    return cache(load)


@contextmanager
def open_triage(settings: Settings, cohort: str | None) -> Iterator["TriageCommands"]:
    """Open the database for rulings at the command line. ``cohort`` is the value of ``--cohort``.

    Raises:
        UserError: the database does not exist, or cannot be used.
    """
    from bot.bootstrap.records import open_records
    from bot.workflows.triage.command_line import TriageCommands
    from bot.workflows.triage.release import release_ruling

    with open_records(settings) as store:
        choice = wiring.cohort_choice(settings, cohort)
        yield TriageCommands(store, wiring.now, choice, ledger_loader(settings), release_ruling)
