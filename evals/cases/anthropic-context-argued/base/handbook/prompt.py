"""What the model is shown."""

from datetime import date
from pathlib import Path

HANDBOOK = Path(__file__).with_name("handbook.md").read_text("utf-8")
RULES = "Answer from the handbook only. Name the section. Say so if it is not there."


def system(today: date) -> list[dict]:
    return [
        {"type": "text", "text": f"Today is {today}. {RULES}"},
        {"type": "text", "text": HANDBOOK, "cache_control": {"type": "ephemeral"}},
    ]


def messages(turns: list[dict]) -> list[dict]:
    return turns[-12:]
