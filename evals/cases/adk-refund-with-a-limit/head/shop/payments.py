"""Payments; the bank's interface stands behind it."""

SENT: list[tuple[str, str, int]] = []


def send(customer: str, order: str, euros: int) -> dict:
    SENT.append((customer, order, euros))
    return {"status": "sent", "euros": euros}
