"""A model that reads, with every call recorded: nothing that was answered is paid for twice."""

from bot.adapters.model.budget import BudgetLimits, BudgetTracker
from bot.adapters.model.client import Provider, connect
from bot.adapters.model.model_retirement import retirement_date
from bot.adapters.model.prices import load as load_prices
from bot.adapters.model.recorded_model import CallLimits, RecordedModel

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
