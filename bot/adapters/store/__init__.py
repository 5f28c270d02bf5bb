"""What is kept between runs: SQLite on a laptop, PostgreSQL for a service."""

from bot.adapters.store.calls import AttemptTakenError, Calls, OverDayBudget
from bot.adapters.store.engine import must_be_there
from bot.adapters.store.models import ModelCall, State
from bot.adapters.store.opening import open_store, upgrade_store

__all__ = [
    "AttemptTakenError",
    "Calls",
    "ModelCall",
    "OverDayBudget",
    "State",
    "must_be_there",
    "open_store",
    "upgrade_store",
]
