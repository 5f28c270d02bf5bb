"""The JSON Schema of the questions that a model words for a defence.

As in ``articulation.answer_schema``, it uses only what structured outputs accept.
"""

from collections.abc import Mapping
from typing import Any


def _object(**properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT: Mapping[str, Any] = {"type": "string"}
_TEXTS: Mapping[str, Any] = {"type": "array", "items": _TEXT}

SCHEMA: Mapping[str, Any] = _object(
    questions={
        "type": "array",
        "items": _object(n={"type": "integer"}, text=_TEXT, follow_ups=_TEXTS, touches=_TEXTS),
    }
)
"""The answer: for each place, by its number, a question, follow-ups, and what a strong answer touches on."""
