"""Rates a text with a second model."""

import anthropic

JUDGE = "claude-sonnet-4-5-20250929"
QUESTION = "Rate this product text from 1 to 5 for a garden shop. Reply with the number only."


def score(text: str, client: anthropic.Anthropic) -> int:
    reply = client.messages.create(
        model=JUDGE,
        max_tokens=5,
        system=QUESTION,
        messages=[{"role": "user", "content": text}],
        timeout=20,
    )
    if reply.stop_reason != "end_turn":
        raise ValueError(reply.stop_reason)
    return int(reply.content[0].text)
