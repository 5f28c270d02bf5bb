"""Rulings for tests."""

from datetime import UTC, datetime
from typing import Any

from bot.domain.triage.records import CriterionRuling, RulerRole, Verdict

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def ruling(criterion: str, basis: str, at: datetime = MONDAY, **changes: Any) -> CriterionRuling:
    """A ruling that agrees with a draft of 1, with changes."""
    plain: dict[str, Any] = {
        "id": 1,
        "capstone": 1,
        "criterion": criterion,
        "verdict": Verdict.AGREED,
        "level": 1,
        "draft": 1,
        "reason": "",
        "sentence": "",
        "basis": basis,
        "milestone": None,
        "sensei": "s",
        "role": RulerRole.SENSEI,
        "appeal": None,
        "entered_by_operator": False,
        "at": at,
    }
    return CriterionRuling(**{**plain, **changes})
