"""Keep to the budgets for one review and for one day. Each is checked before every call."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.database import DailyBudgetError, ModelCallRow, SqlModelCalls
from bot.adapters.model import prices
from bot.errors import UserError


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """USD per review (the life of one ``BudgetTracker``) and per day (UTC, all processes). None: no limit."""

    review: float | None = None
    day: float | None = None


class BudgetError(Exception):
    """A call could exceed a budget. The message is a complete sentence."""

    def __init__(self, period: str, highest: float, left: float, budget: float) -> None:
        super().__init__(
            f"Another call to the model may cost up to ${highest:.4f} (estimated), "
            f"but only ${max(left, 0.0):.4f} of this {period}'s budget of ${budget:.2f} is left."
        )


class BudgetTracker:
    """Reserves money for each call, and records the actual cost afterwards. Thread-safe.

    Raises:
        UserError: there is a budget, but the model's price is unknown.
    """

    def __init__(self, price: prices.Price | None, budgets: BudgetLimits) -> None:
        if price is None and budgets != BudgetLimits():
            raise UserError(
                "The price of this model is unknown, so Sensei can't keep to a budget.",
                "Name another model, or unset SENSEI_REVIEW_BUDGET_USD and SENSEI_DAY_BUDGET_USD.",
            )
        self.price = price
        self._budgets = budgets
        self._spent = 0.0
        self._lock = threading.Lock()

    def estimate_highest_cost(self, parameters: Mapping[str, Any]) -> float | None:
        """Return the maximum cost of a call in USD, from its estimated input and its token limit."""
        if self.price is None:
            return None
        sent_bytes = len(json.dumps(parameters, ensure_ascii=False).encode("utf-8", "replace"))
        return self.price.usd(prices.highest_usage(sent_bytes, parameters["max_tokens"]))

    def begin(self, calls: SqlModelCalls, row: ModelCallRow) -> None:
        """Write an intent if the budgets allow its ``usd``.

        Raises:
            BudgetError: they don't. Nothing was written.
            AttemptTakenError: see ``SqlModelCalls.begin``.
        """
        highest, review, day = row.usd or 0.0, self._budgets.review, self._budgets.day
        with self._lock:
            left = (review or 0.0) - self._spent
            if review is not None and highest > left:
                raise BudgetError("review", highest, left, review)
            self._spent += highest
        try:
            calls.begin(row, day)
        except BaseException as raised:
            self.settle(highest, 0.0)
            if isinstance(raised, DailyBudgetError) and day is not None:
                raise BudgetError("day", highest, day - raised.spent, day) from None
            raise

    def settle(self, reserved: float | None, actual: float | None) -> None:
        """Replace a reserved amount with the actual cost."""
        with self._lock:
            self._spent += (actual or 0.0) - (reserved or 0.0)
