"""Refunds."""

from google.adk.tools import ToolContext

from shop import payments
from shop.orders import order_of

QUEUE: list[dict] = []
LIMIT = 200  # EUR, for one order


def hand_over(order: str, reason: str) -> dict:
    """Leave a refund to the desk."""
    QUEUE.append({"order": order, "reason": reason})
    return {"status": "the desk will look at it"}


def refund(order: str, euros: int, tool_context: ToolContext) -> dict:
    """Pay back what was paid for an order of this customer, up to 200 EUR."""
    paid = order_of(order, tool_context).get("paid", 0)
    if euros > min(LIMIT, paid):
        return {"error": "too much; hand it over to the desk"}
    return payments.send(tool_context.state["customer"], order, euros)
