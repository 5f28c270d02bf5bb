"""The JSON Schema of what a model finds in a design document.

As in ``articulation.answer_schema``, it uses only what structured outputs accept.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.design_documents.records import Says


def _object(**properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT: Mapping[str, Any] = {"type": "string"}

SCHEMA: Mapping[str, Any] = _object(
    checks={
        "type": "array",
        "items": _object(
            check=_TEXT,
            quote=_TEXT,
            says={"type": "string", "enum": [says.value for says in Says]},
            missing=_TEXT,
        ),
    },
    questions={"type": "array", "items": _object(quote=_TEXT, text=_TEXT)},
)
"""The answer: what the document says about which checks, and at most three questions, each about a quote."""
