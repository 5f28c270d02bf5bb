"""Orders passages by a second look of the model."""

import json

from openai import OpenAI

MODEL = "gpt-5-nano-2025-08-07"
RULES = "Return the numbers of the entries, best first, as a JSON list."


def rerank(question: str, passages: list[dict], client: OpenAI) -> list[dict]:
    """Return the passages in the model's order; those that it left out come last."""
    shown = [{"number": number, "title": passage["title"]} for number, passage in enumerate(passages)]
    text = client.responses.create(
        model=MODEL, instructions=RULES, input=json.dumps([question, shown]), timeout=5, store=False
    ).output_text
    order = {number: place for place, number in enumerate(json.loads(text))}
    return [passages[i] for i in sorted(range(len(passages)), key=lambda i: order.get(i, len(order)))]
