"""The JSON Schemas of a model's answers.

They use only what structured outputs accept: every object is closed, every key is required, and values have
no bounds. The prompts state the limits and ``model_answers`` enforces them. Schemas contain no rubric ids, so
all cohorts use the same ones and a provider prepares them only once. The keys are in the order in which a
model should think: first the place, then the statement about it.

``review`` serves all steps that share a prompt's prefix, because a provider's cache distinguishes requests by
their schema. Each step leaves the other steps' lists empty.
"""

from collections.abc import Mapping
from typing import Any

_TEXT: Mapping[str, Any] = {"type": "string"}
_NUMBER: Mapping[str, Any] = {"type": "integer"}


def _object(**properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "array", "items": items}


def _one_of(*values: str) -> Mapping[str, Any]:
    return {"type": "string", "enum": list(values)}


def _or_null(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


_PLACE: Mapping[str, Any] = {
    "source": _one_of("commit", "text"),
    "path": _TEXT,
    "side": _one_of("head", "base"),
    "quote": _TEXT,
}
_MOVEMENTS = _list(
    _object(
        check=_TEXT,
        quotes=_list(_object(**_PLACE)),
        direction=_one_of("supports", "weakens"),
        partial={"type": "boolean"},
        missing=_TEXT,
    )
)
_CONCERNS = _list(_object(**_PLACE, check=_or_null(_TEXT), fact=_TEXT))
_QUESTIONS = _list(_object(**_PLACE, check=_or_null(_TEXT), why=_TEXT, question=_TEXT))
_STRENGTHS = _list(_object(**_PLACE, text=_TEXT))

SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "review": _object(
        touched=_list(_TEXT),
        movements=_MOVEMENTS,
        concerns=_CONCERNS,
        questions=_QUESTIONS,
        strengths=_STRENGTHS,
        verdicts=_list(
            _object(
                n=_NUMBER,
                because=_TEXT,
                verdict=_one_of("keep", "drop", "reword"),
                covered_by=_or_null(_NUMBER),
                reworded=_TEXT,
            )
        ),
        best=_or_null(_NUMBER),
    ),
    "reduce": _object(
        movements=_list(_object(numbers=_list(_NUMBER), partial={"type": "boolean"}, missing=_TEXT)),
        concerns=_list(_NUMBER),
        questions=_list(_NUMBER),
        strengths=_list(_NUMBER),
    ),
}
