"""Decisions for tests."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, DecisionState

CONFIRMED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANCHOR = CodeAnchor("src/a.py", "a" * 40, "head", 3, 5, "queue.put(job)")
TEXTS = {
    Slot.CONTEXT: "Orders arrive in bursts from the shop.",
    Slot.DECIDED: "A queue between the shop and the model.",
    Slot.AGAINST: "Calling the model in the request, which timed out in March.",
    Slot.ACCEPTING: "Answers come later, and somebody must watch the queue.",
}


def decision(number: int = 7, **changes: Any) -> Decision:
    """A confirmed, public decision of capstone 1."""
    fields: dict[str, Any] = {
        "id": number,
        "capstone": 1,
        "number": number,
        "person": None,
        "origin": DecisionOrigin.THREAD,
        "question": None,
        "check": None,
        "private": False,
        "state": DecisionState.CONFIRMED,
        "revision": 1,
        "title": "A queue between the shop and the model",
        "texts": TEXTS,
        "anchors": (ANCHOR,),
        "supersedes": None,
        "path": None,
        "digest": "",
        "export": None,
        "created_at": CONFIRMED_AT,
        "confirmed_at": CONFIRMED_AT,
        "updated_at": CONFIRMED_AT,
    }
    return Decision(**{**fields, **changes})
