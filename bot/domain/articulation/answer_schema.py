"""The JSON Schema of what a model hears in an answer.

As in ``review.model_answer_schemas``, it uses only what structured outputs accept. The keys are in the order
in which a model should think: first what was said, then what that does, then what to ask.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.articulation.conversations import Stance
from bot.domain.articulation.slots import Slot


def _object(**properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT: Mapping[str, Any] = {"type": "string"}
_SLOT: Mapping[str, Any] = {"type": "string", "enum": [slot.value for slot in Slot]}

SCHEMA: Mapping[str, Any] = _object(
    parts={"type": "array", "items": _object(part=_SLOT, message={"type": "integer"}, quote=_TEXT)},
    stance={"type": "string", "enum": [stance.value for stance in Stance]},
    probe={"anyOf": [_object(part=_SLOT, text=_TEXT), {"type": "null"}]},
)
