"""Sorts scanned letters into trays."""

import openai

TRAYS = ("claims", "contracts", "complaints")
MODEL = "gpt-5-nano-2025-08-07"


def tray(letter: str, client: openai.OpenAI) -> str:
    """Return the tray of a letter."""
    return _ask(letter, client)


def _ask(letter: str, client: openai.OpenAI) -> str:
    reply = client.responses.create(
        model=MODEL,
        instructions=f"Reply with one of: {', '.join(TRAYS)}.",
        input=letter[:6000],
        max_output_tokens=16,
        timeout=10,
    )
    return reply.output_text.strip()
