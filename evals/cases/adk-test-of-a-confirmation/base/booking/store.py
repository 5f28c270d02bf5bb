"""Bookings in memory; the hotel's own system stands here in production."""

BOOKINGS: dict[tuple[str, str], dict] = {}


def of_guest(guest: str, number: str) -> dict:
    return BOOKINGS.get((guest, number), {"error": "no such booking"})


def cancel(guest: str, number: str) -> dict:
    BOOKINGS[guest, number]["status"] = "cancelled"
    return BOOKINGS[guest, number]
