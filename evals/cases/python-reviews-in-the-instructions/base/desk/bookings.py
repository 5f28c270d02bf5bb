"""Bookings."""

from agents import RunContextWrapper, function_tool

BOOKINGS: dict[str, str] = {}


@function_tool
def move_booking(guest: RunContextWrapper[str], day: str) -> str:
    """Move the booking of the guest who is writing to another day (ISO date)."""
    if guest.context not in BOOKINGS:
        return "There is no booking."
    BOOKINGS[guest.context] = day
    return f"moved to {day}"
