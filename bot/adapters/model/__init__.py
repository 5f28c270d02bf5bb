"""A model that reads, with every call recorded: nothing that was answered is paid for twice."""

from bot.adapters.model.budget import Budgets, Purse
from bot.adapters.model.client import Provider, connect
from bot.adapters.model.model_retirement import ends
from bot.adapters.model.prices import load as load_prices
from bot.adapters.model.recorded_model import Limits, RecordedModel

__all__ = ["Budgets", "Limits", "Provider", "Purse", "RecordedModel", "connect", "ends", "load_prices"]
