"""Forms, policies and payments; the insurer's systems stand behind them."""


def read_form(claim: str) -> dict:
    """Return what the customer filled in."""
    return {"claim": claim, "amount": 120}


def policy_of(claim: str) -> dict:
    """Return the policy that a claim belongs to."""
    return {"claim": claim, "covers": ["water"]}


def pay(claim: str, euros: int) -> dict:
    """Order a payment, of at most 2,000 EUR."""
    if euros > 2000:
        raise ValueError("more than 2,000 EUR")
    return {"claim": claim, "paid": euros}
