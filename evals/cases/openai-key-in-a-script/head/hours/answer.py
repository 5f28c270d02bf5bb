"""Answers questions about opening hours."""

from openai import OpenAI

HOURS = "Monday to Friday 9 to 18, Saturday 10 to 14."


def answer(question: str, client: OpenAI) -> str:
    reply = client.responses.create(
        model="gpt-5-nano-2025-08-07",
        instructions=f"Answer from this only: {HOURS}",
        input=question[:500],
        max_output_tokens=120,
        timeout=10,
    )
    if reply.status != "completed":
        return "Please ask at the desk."
    return reply.output_text
