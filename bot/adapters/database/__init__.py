"""What is kept between runs: SQLite on a laptop, PostgreSQL for a service."""

from bot.adapters.database.connections import must_be_there
from bot.adapters.database.migration import open_store, upgrade_store
from bot.adapters.database.model_calls.calls import AttemptTakenError, Calls, OverDayBudget
from bot.adapters.database.model_calls.tables import ModelCall, State

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
