"""The JSON Schema of a model's answer to an enquiry.

The keys are in the order in which a model should think: what is asked, what the asker has tried, what the
passages say, and only then what to ask back.
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.enquiries.records import Kind


def _object(**properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


_TEXT: Mapping[str, Any] = {"type": "string"}

SCHEMA: Mapping[str, Any] = _object(
    kind={"type": "string", "enum": [kind.value for kind in Kind]},
    tried={"anyOf": [_object(quote=_TEXT), {"type": "null"}]},
    covered={"type": "boolean"},
    claims={"type": "array", "items": _object(passage={"type": "integer"}, quote=_TEXT, text=_TEXT)},
    question=_TEXT,
    plainer=_TEXT,
)
