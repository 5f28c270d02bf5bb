"""Ask a model, and record every call, so that no answer is paid for twice."""

from bot.adapters.model.budget import BudgetLimits, BudgetTracker
from bot.adapters.model.model_retirement import retirement_date
from bot.adapters.model.prices import load as load_prices
from bot.adapters.model.recorded_model import CallLimits, RecordedModel
from bot.adapters.model.sdk_client import Provider, connect

__all__ = [
    "BudgetLimits",
    "BudgetTracker",
    "CallLimits",
    "Provider",
    "RecordedModel",
    "connect",
    "load_prices",
    "retirement_date",
]
