"""What the agent can do with a parcel."""

from google.adk.tools import ToolContext

from parcels.depot import book

ADDRESS = "address"


def set_address(address: str, tool_context: ToolContext) -> dict:
    """Note the address to which the parcel goes."""
    tool_context.state[ADDRESS] = address
    return {"status": "noted"}


def book_delivery(parcel: str, day: str, tool_context: ToolContext) -> dict:
    """Book the delivery of a parcel on a day (ISO date)."""
    address = tool_context.state.get(ADDRESS)
    if not address:
        return {"error": "no address yet"}
    return book(parcel, day, address)
