"""Rows for tests."""

from datetime import datetime
from typing import Any

from bot.adapters.database import ModelCallRow


def row(now: datetime, **values: Any) -> ModelCallRow:
    """An intent, with changes."""
    plain: dict[str, Any] = {
        "key": "k" * 64,
        "attempt": 1,
        "sample": 0,
        "purpose": "read",
        "prompt": "read",
        "prompt_version": 1,
        "prompt_sha256": "a" * 64,
        "rubric_version": "1.0.0",
        "provider": "anthropic",
        "model": "claude-opus-5-5",
        "started_at": now,
        "seen_at": now,
    }
    return ModelCallRow(**{**plain, **values})
