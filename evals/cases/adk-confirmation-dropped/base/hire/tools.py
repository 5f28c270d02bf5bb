"""What the agent can do for the customer who signed in."""

from google.adk.tools import ToolContext

from hire import cards

FEE = 280  # EUR, for a lost bicycle
HIRED = {"ada": "B17"}


def bicycle_of(tool_context: ToolContext) -> dict:
    """Return the bicycle that the customer has hired."""
    return {"bicycle": HIRED.get(tool_context.state["customer"])}


def charge_fee(bicycle: str, tool_context: ToolContext) -> dict:
    """Charge the customer's card for a bicycle that they hired and lost."""
    customer = tool_context.state["customer"]
    if HIRED.get(customer) != bicycle:
        return {"error": "not this customer's bicycle"}
    del HIRED[customer]
    return cards.charge(customer, FEE)
