"""The database: SQLite for a laptop, PostgreSQL for a service."""

from bot.adapters.database.connections import require_database
from bot.adapters.database.migration import open_store, upgrade_store
from bot.adapters.database.model_calls.calls import AttemptTakenError, DailyBudgetError, SqlModelCalls
from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState

__all__ = [
    "AttemptTakenError",
    "DailyBudgetError",
    "ModelCallRow",
    "ModelCallState",
    "SqlModelCalls",
    "open_store",
    "require_database",
    "upgrade_store",
]
