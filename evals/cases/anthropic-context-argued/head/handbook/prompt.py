"""What the model is shown, and in which order: decision 4."""

from datetime import date
from pathlib import Path

HANDBOOK = Path(__file__).with_name("handbook.md").read_text("utf-8")
RULES = "Answer from the handbook only. Name the section. Say so if it is not there."


def system(today: date) -> list[dict]:
    return [
        {"type": "text", "text": RULES},
        {"type": "text", "text": HANDBOOK, "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": f"Today is {today}."},
    ]


def messages(turns: list[dict]) -> list[dict]:
    """Return the last turns. Oldest turns go first: a question rarely looks back further than two."""
    return turns[-12:]
