"""Writes the note of a call."""

import anthropic

MODEL = "claude-haiku-4-5-20251001"
RULES = "Write a note of this call for the next adviser: who owes whom how much, what was agreed, what is open."


def write_note(transcript: str, client: anthropic.Anthropic) -> str | None:
    """Return a note for the adviser to correct, or None if it is not complete."""
    message = client.messages.create(
        model=MODEL, max_tokens=700, system=RULES, timeout=30, messages=[{"role": "user", "content": transcript}]
    )
    return message.content[0].text if message.stop_reason == "end_turn" else None
