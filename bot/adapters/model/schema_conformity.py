"""Check whether an answer fits its schema: the part of JSON Schema that structured output supports.

The Messages API promises answers that fit, but not every endpoint of this kind does so, and a reply that does
not fit must not be recorded as an answer. Any other schema keyword is a bug in a prompt, and raises an error.
"""

from collections.abc import Mapping, Sequence
from typing import Any

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
_NOTES = {"title", "description", "default", "format", "$defs", "$schema", "$id"}
_COMBINED = {"anyOf", "allOf", "$ref"}
_PLAIN = {"type", "enum", "const", "properties", "required", "additionalProperties", "items", "minItems"}

Schema = Mapping[str, Any]


def find_misfit(value: object, schema: Schema) -> str:
    """Return where and how a value does not fit, without quoting it; empty if it fits."""
    return _find_misfit(value, schema, schema, "the answer")


def _find_misfit(value: object, schema: Schema, root: Schema, place: str) -> str:
    if unknown := schema.keys() - _NOTES - _COMBINED - _PLAIN:
        raise ValueError(f"a schema uses {sorted(unknown)}, which structured output does not support")
    if "$ref" in schema:
        return _find_misfit(value, _resolve(schema["$ref"], root), root, place)
    return (
        _check_forms(value, schema, root, place)
        or _check_value(value, schema, place)
        or (_check_object(value, schema, root, place) if isinstance(value, dict) else "")
        or (_check_array(value, schema, root, place) if isinstance(value, list) else "")
    )


def _check_forms(value: object, schema: Schema, root: Schema, place: str) -> str:
    if "anyOf" in schema and all(_find_misfit(value, form, root, place) for form in schema["anyOf"]):
        return f"{place} fits none of the allowed forms"
    found = (_find_misfit(value, form, root, place) for form in schema.get("allOf", ()))
    return next(filter(None, found), "")


def _check_value(value: object, schema: Schema, place: str) -> str:
    if not _has_type(value, schema.get("type")):
        return f"{place} is not of type {schema['type']}"
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if allowed is not None and not any(_is_equal(value, choice) for choice in allowed):
        return f"{place} is not one of the allowed values"
    return ""


def _check_object(value: Mapping[str, Any], schema: Schema, root: Schema, place: str) -> str:
    if missing := [name for name in schema.get("required", ()) if name not in value]:
        return f"{place} lacks {missing[0]}"
    properties = schema.get("properties", {})
    if schema.get("additionalProperties") is False and value.keys() - properties.keys():
        return f"{place} has a property that is not allowed"
    known = ((name, value[name]) for name in properties if name in value)
    found = (_find_misfit(item, properties[name], root, f"{place}.{name}") for name, item in known)
    return next(filter(None, found), "")


def _check_array(value: Sequence[object], schema: Schema, root: Schema, place: str) -> str:
    if len(value) < schema.get("minItems", 0):
        return f"{place} has too few items"
    items = schema.get("items", {})
    found = (_find_misfit(item, items, root, f"{place}[{index}]") for index, item in enumerate(value))
    return next(filter(None, found), "")


def _has_type(value: object, name: str | None) -> bool:
    if name is None:
        return True
    if isinstance(value, bool):  # a bool is an int in Python
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _is_equal(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _resolve(reference: str, root: Schema) -> Schema:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found  # type: ignore[no-any-return]
