"""Writes the text of a product."""

import anthropic

MODEL = "claude-haiku-4-5-20251001"


def text(product: dict, client: anthropic.Anthropic) -> str:
    """Return a text for the shop; raise ValueError where it is not whole."""
    reply = client.messages.create(
        model=MODEL,
        max_tokens=300,
        system="Write a text of 60 words about this product. Claim nothing that is not in the data.",
        messages=[{"role": "user", "content": str(product)}],
        timeout=20,
    )
    if reply.stop_reason != "end_turn":
        raise ValueError(reply.stop_reason)
    return reply.content[0].text
