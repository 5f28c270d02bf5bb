"""GitHub's OpenAPI description, cut to the operations that the fake has and turned into JSON Schema.

The whole is 13 MB and takes seconds to read; the cut is kept beside it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.contract import vendor

Schema = dict[str, Any]
Operations = Iterable[tuple[str, str]]
_IGNORED = {"nullable", "description", "example", "examples", "title"}
_FORM = 6  # raised when what the cut holds changes


def load(operations: Operations) -> Schema:
    """Return the operations by ``"METHOD template"``, and the components that they need."""
    wanted = sorted(set(operations))
    digest = hashlib.sha256(json.dumps([wanted, vendor.OPENAPI.integrity, _FORM]).encode()).hexdigest()
    found: Schema = vendor.made(f"github-{digest[:16]}.json", lambda: _cut(wanted))
    return found


def _cut(wanted: Iterable[tuple[str, str]]) -> Schema:
    whole = json.loads(vendor.file(vendor.OPENAPI).read_text("utf-8"))
    operations = {
        f"{method} {template}": _operation(whole, whole["paths"][template][method.lower()])
        for method, template in wanted
        if method.lower() in whole["paths"].get(template, {})
    }
    schemas: Schema = {}
    queue = list(_named(operations))
    while queue:
        name = queue.pop()
        if name not in schemas:
            schemas[name] = _converted(whole["components"]["schemas"][name])
            queue += _named(schemas[name])
    return {"operations": operations, "components": {"schemas": schemas}}


def _operation(whole: Schema, described: Schema) -> Schema:
    parameters = [_resolved(whole, parameter) for parameter in described.get("parameters", [])]
    body = described.get("requestBody")
    return {
        "parameters": {
            place: {it["name"]: _converted(it["schema"]) for it in parameters if it["in"] == place}
            for place in ("path", "query")
        },
        "body": _closed(_converted(body["content"]["application/json"]["schema"])) if body else None,
        "required": bool(body and body.get("required")),
        "responses": {
            status: _content(_resolved(whole, response))
            for status, response in described["responses"].items()
        },
    }


def _resolved(whole: Schema, it: Schema) -> Schema:
    while "$ref" in it:
        kind, name = it["$ref"].split("/")[2:]
        it = whole["components"][kind][name]
    return it


def _content(response: Schema) -> Schema | None:
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    return None if schema is None else _converted(schema)


def _converted(it: Any) -> Any:
    """Say in JSON Schema what OpenAPI 3.0 says with ``nullable``; leave out what only explains."""
    if isinstance(it, list):
        return [_converted(part) for part in it]
    if not isinstance(it, dict):
        return it
    plain = {
        name: {key: _converted(value) for key, value in part.items()}
        if name == "properties"
        else _converted(part)
        for name, part in it.items()
        if name not in _IGNORED
    }
    if it.get("nullable") is not True:
        return plain
    if len(plain.get("allOf", [])) > 1 and all("title" in part for part in it["allOf"]):
        plain["anyOf"] = plain.pop("allOf")  # a user or an enterprise: the published bundle says both at once
    if "enum" in plain and None not in plain["enum"]:
        plain["enum"] = [*plain["enum"], None]
    if isinstance(plain.get("type"), str) and not plain.keys() & {"allOf", "anyOf", "oneOf", "$ref"}:
        return {**plain, "type": [plain["type"], "null"]}
    return {"anyOf": [plain, {"type": "null"}]}


def _closed(it: Any) -> Any:
    """Allow no names in a request's body that GitHub does not know: they would be typing errors."""
    if isinstance(it, list):
        return [_closed(part) for part in it]
    if not isinstance(it, dict):
        return it
    closed = {
        name: part if name in {"oneOf", "anyOf", "allOf"} else _closed(part) for name, part in it.items()
    }
    if isinstance(it.get("properties"), dict) and it.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def _named(it: Any) -> Iterator[str]:
    if isinstance(it, Mapping):
        for name, part in it.items():
            if name == "$ref" and isinstance(part, str):
                yield part.rpartition("/")[2]
            else:
                yield from _named(part)
    elif isinstance(it, list):
        for part in it:
            yield from _named(part)
