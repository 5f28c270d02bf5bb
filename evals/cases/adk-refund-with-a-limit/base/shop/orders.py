"""Orders of the customer who is asking."""

from google.adk.tools import ToolContext

ORDERS = {("ada", "A1"): {"order": "A1", "paid": 180}, ("ada", "A2"): {"order": "A2", "paid": 950}}


def order_of(order: str, tool_context: ToolContext) -> dict:
    """Return an order of this customer."""
    return ORDERS.get((tool_context.state["customer"], order), {"error": "no such order"})
