"""The depot's interface."""

BOOKED: dict[str, tuple[str, str]] = {}


def book(parcel: str, day: str, address: str) -> dict:
    BOOKED[parcel] = (day, address)
    return {"status": "booked", "day": day}
