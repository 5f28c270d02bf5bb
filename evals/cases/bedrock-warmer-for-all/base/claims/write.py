"""Writes the letter about a claim, for a person of the office to sign."""

from claims.model import ask
from claims.read import Claim

RULES = "Write a short, friendly letter that confirms a claim. Name the day and the sum, and nothing else of it."


def write_letter(claim: Claim) -> str:
    return ask(RULES, f"Day: {claim.day}. Sum: {claim.euros} EUR.", 400)
