"""What may be spent, decided before each call."""

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
    """USD for one review (the life of one ``BudgetTracker``) and for a day (UTC, all processes).

    None: no limit.
    """

    review: float | None = None
    day: float | None = None


class BudgetError(Exception):
    """A call that may cost more than is left; the message says so in a sentence."""

    def __init__(self, which: str, most: float, left: float, budget: float) -> None:
        super().__init__(
            f"One more call to the model may cost up to ${most:.4f} (estimated), "
            f"and ${max(left, 0.0):.4f} of this {which}'s ${budget:.2f} is left."
        )


class BudgetTracker:
    """Sets money aside for each call and settles it after; safe between threads.

    Raises:
        UserError: there is a budget, and no price by which it could be kept.
    """

    def __init__(self, price: prices.Price | None, budgets: BudgetLimits) -> None:
        if price is None and budgets != BudgetLimits():
            raise UserError(
                "No price is known for this model, so no budget can be kept.",
                "Name another model, or unset SENSEI_REVIEW_BUDGET_USD and SENSEI_DAY_BUDGET_USD.",
            )
        self.price = price
        self._budgets = budgets
        self._spent = 0.0
        self._lock = threading.Lock()

    def most(self, parameters: Mapping[str, Any]) -> float | None:
        """Return the most that a call may cost: by an estimate of what is sent, and its limit of tokens."""
        if self.price is None:
            return None
        sent = len(json.dumps(parameters, ensure_ascii=False).encode("utf-8", "replace"))
        return self.price.usd(prices.highest_cost(sent, parameters["max_tokens"]))

    def begin(self, calls: SqlModelCalls, row: ModelCallRow) -> None:
        """Write an intent, if its ``usd`` can be afforded.

        Raises:
            OverBudget: it cannot; nothing was written.
            AttemptTakenError: as ``SqlModelCalls.begin``.
        """
        most, review, day = row.usd or 0.0, self._budgets.review, self._budgets.day
        with self._lock:
            left = (review or 0.0) - self._spent
            if review is not None and most > left:
                raise BudgetError("review", most, left, review)
            self._spent += most
        try:
            calls.begin(row, day)
        except BaseException as raised:
            self.settle(most, 0.0)
            if isinstance(raised, DailyBudgetError) and day is not None:
                raise BudgetError("day", most, day - raised.spent, day) from None
            raise

    def settle(self, most: float | None, actual: float | None) -> None:
        """Replace what was set aside by what it was."""
        with self._lock:
            self._spent += (actual or 0.0) - (most or 0.0)
