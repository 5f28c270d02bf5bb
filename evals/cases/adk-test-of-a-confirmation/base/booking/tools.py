"""What the assistant can do."""

from google.adk.tools import ToolContext

from booking import store


def find_booking(number: str, tool_context: ToolContext) -> dict:
    """Return a booking of the guest who is asking."""
    return store.of_guest(tool_context.state["guest"], number)


def cancel_booking(number: str, tool_context: ToolContext) -> dict:
    """Cancel a booking of the guest who is asking; it can be restored for 24 hours."""
    return store.cancel(tool_context.state["guest"], number)
