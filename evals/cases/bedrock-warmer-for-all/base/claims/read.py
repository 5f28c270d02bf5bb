"""Reads a claim: the day of the storm and the sum."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from claims.model import NoAnswerError, ask

RULES = 'Reply with JSON: {"day": "YYYY-MM-DD", "euros": "0.00"}. Take both from the letter.'


@dataclass(frozen=True)
class Claim:
    day: date
    euros: Decimal


def read_claim(letter: str) -> Claim:
    """Return what is claimed. Sums up to 500 EUR are paid without a further look."""
    try:
        found = json.loads(ask(RULES, letter, 100))
        return Claim(date.fromisoformat(found["day"]), Decimal(found["euros"]))
    except (ValueError, KeyError, ArithmeticError) as unread:
        raise NoAnswerError("the claim could not be read") from unread
