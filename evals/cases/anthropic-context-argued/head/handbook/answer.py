"""Asks the model."""

from datetime import date

import anthropic

from handbook import prompt

MODEL = "claude-sonnet-4-5-20250929"


def answer(turns: list[dict], today: date, client: anthropic.Anthropic) -> str:
    """Return the answer; raise ValueError where it is not whole."""
    reply = client.messages.create(
        model=MODEL,
        max_tokens=500,
        system=prompt.system(today),
        messages=prompt.messages(turns),
        timeout=30,
    )
    if reply.stop_reason != "end_turn":
        raise ValueError(f"stopped: {reply.stop_reason}")
    return reply.content[0].text
