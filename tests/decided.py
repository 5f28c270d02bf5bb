"""Decisions for tests of what people see of them."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, DecisionState

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def decision(number: int, state: DecisionState = DecisionState.CONFIRMED, **changes: Any) -> Decision:
    """Return a decision of capstone 1, with two parts and a place in the code."""
    plain: dict[str, Any] = {
        "id": 100 + number,
        "capstone": 1,
        "number": number,
        "person": "p1",
        "origin": DecisionOrigin.THREAD,
        "question": None,
        "check": "speed.1",
        "private": False,
        "state": state,
        "revision": 1,
        "title": f"Choice {number}",
        "texts": {Slot.DECIDED: "We keep the answers in Postgres.", Slot.AGAINST: "Redis, which lost them."},
        "anchors": (CodeAnchor("desk.py", "a" * 40, "head", 3, 8, "answers = table()"),),
        "supersedes": None,
        "path": None,
        "digest": "",
        "export": None,
        "created_at": AT,
        "confirmed_at": AT if state is DecisionState.CONFIRMED else None,
        "updated_at": AT,
    }
    return Decision(**{**plain, **changes})
