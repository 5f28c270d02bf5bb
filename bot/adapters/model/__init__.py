"""A model that reads, with every call recorded: nothing that was answered is paid for twice."""

from bot.adapters.model.budget import Budgets, Purse
from bot.adapters.model.client import Provider, connect
from bot.adapters.model.prices import load as load_prices
from bot.adapters.model.recorded import Limits, RecordedModel
from bot.adapters.model.retirement import ends

__all__ = ["Budgets", "Limits", "Provider", "Purse", "RecordedModel", "connect", "ends", "load_prices"]
