"""Does an answer fit its schema? JSON Schema as far as the Messages API's structured output goes.

The API promises answers that fit, but not every endpoint that speaks it does, and an answer that does not fit
must not be kept as if it did. A schema with another keyword is a bug in a prompt, and raises.
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
    """Return where and how a value does not fit, in words without anything of the value; empty if it fits."""
    return _misfit(value, schema, schema, "the answer")


def _misfit(value: object, schema: Schema, root: Schema, where: str) -> str:
    if unknown := schema.keys() - _NOTES - _COMBINED - _PLAIN:
        raise ValueError(f"a schema uses {sorted(unknown)}, which structured output does not know")
    if "$ref" in schema:
        return _misfit(value, _referred(schema["$ref"], root), root, where)
    return (
        _of_forms(value, schema, root, where)
        or _of_value(value, schema, where)
        or (_of_object(value, schema, root, where) if isinstance(value, dict) else "")
        or (_of_array(value, schema, root, where) if isinstance(value, list) else "")
    )


def _of_forms(value: object, schema: Schema, root: Schema, where: str) -> str:
    if "anyOf" in schema and all(_misfit(value, form, root, where) for form in schema["anyOf"]):
        return f"{where} fits none of its forms"
    found = (_misfit(value, form, root, where) for form in schema.get("allOf", ()))
    return next(filter(None, found), "")


def _of_value(value: object, schema: Schema, where: str) -> str:
    if not _is(value, schema.get("type")):
        return f"{where} is not of type {schema['type']}"
    allowed = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if allowed is not None and not any(_equal(value, one) for one in allowed):
        return f"{where} is none of the allowed values"
    return ""


def _of_object(value: Mapping[str, Any], schema: Schema, root: Schema, where: str) -> str:
    if missing := [name for name in schema.get("required", ()) if name not in value]:
        return f"{where} lacks {missing[0]}"
    properties = schema.get("properties", {})
    if schema.get("additionalProperties") is False and value.keys() - properties.keys():
        return f"{where} has a property that it should not have"
    known = ((name, value[name]) for name in properties if name in value)
    found = (_misfit(one, properties[name], root, f"{where}.{name}") for name, one in known)
    return next(filter(None, found), "")


def _of_array(value: Sequence[object], schema: Schema, root: Schema, where: str) -> str:
    if len(value) < schema.get("minItems", 0):
        return f"{where} has too few items"
    items = schema.get("items", {})
    found = (_misfit(one, items, root, f"{where}[{number}]") for number, one in enumerate(value))
    return next(filter(None, found), "")


def _is(value: object, name: str | None) -> bool:
    if name is None:
        return True
    if isinstance(value, bool):  # which Python takes for a number
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[name])


def _equal(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _referred(reference: str, root: Schema) -> Schema:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found  # type: ignore[no-any-return]
