"""Judges what is said to GitHub, and what the fake says, by GitHub's own published descriptions."""

import importlib
import importlib.util
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Protocol

from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from tests.contract import openapi, vendor

_FORMATS = FormatChecker()
_NO_BODY = {204, 304}
# GitHub says null of outdated comments, as it does itself in its webhooks' schema; its description forgot.
_FORGOTTEN = {"pull-request-review-comment": ("position", "line"), "review-comment": ("line",)}


class Exchange(Protocol):
    """A request as a fake records it, and its answer."""

    method: str
    template: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    status: int
    response: Any


class Misfit(AssertionError):  # noqa: N818 - a verdict
    """Something is not as GitHub describes it."""


class Judge:
    """Knows the operations it was made for; anything else is a misfit."""

    def __init__(self, operations: Iterable[tuple[str, str]]) -> None:
        self._api = openapi.load(operations)
        for name, fields in _FORGOTTEN.items():
            properties = self._api["components"]["schemas"].get(name, {}).get("properties", {})
            for field in fields:
                if isinstance(properties.get(field, {}).get("type"), str):
                    properties[field]["type"] = [properties[field]["type"], "null"]

    def exchange(self, it: Exchange) -> None:
        """Judge a request and its answer, unless the request was meant to be refused for its form."""
        if it.template.endswith("/graphql"):
            graphql(it.body)
            return
        self.request(it)
        self.response(it)

    def request(self, it: Exchange) -> None:
        """Judge path, query and body; names that GitHub does not know are misfits as well."""
        operation = self._operation(it)
        what = f"{it.method} {it.template}"
        if not it.headers.get("user-agent"):
            raise Misfit(f"{what}: GitHub refuses requests without a User-Agent")
        for place, given in (("path", it.parameters), ("query", it.query)):
            known = operation["parameters"][place]
            for name, value in given.items():
                if name not in known:
                    raise Misfit(f"{what}: unknown {place} parameter {name!r}")
                self._check(known[name], _typed(known[name], value), f"{what}: {place} parameter {name!r}")
        if operation["body"] is None:
            if it.body not in (None, {}):
                raise Misfit(f"{what}: takes no body, but was sent {it.body!r}")
        elif it.body is not None or operation["required"]:
            self._check(operation["body"], it.body, f"{what}: request body")

    def response(self, it: Exchange) -> None:
        """Judge an answer; a refusal is judged only where GitHub describes it."""
        responses = self._operation(it)["responses"]
        what = f"{it.method} {it.template}: response {it.status}"
        if str(it.status) not in responses:
            if it.status < 300:
                raise Misfit(f"{what} is not among {sorted(responses)}")
            return
        schema = responses[str(it.status)]
        if it.status in _NO_BODY or schema is None:
            if it.response is not None:
                raise Misfit(f"{what} has a body, which it should not")
            return
        self._check(schema, it.response, what)

    def _operation(self, it: Exchange) -> Any:
        operation = self._api["operations"].get(f"{it.method} {it.template}")
        if operation is None:
            raise Misfit(f"{it.method} {it.template} is no operation of GitHub's API")
        return operation

    def _check(self, schema: Any, value: Any, what: str) -> None:
        whole = {"allOf": [schema], "components": self._api["components"]}
        _raise(Draft202012Validator(whole, format_checker=_FORMATS).iter_errors(value), what)


def webhook(event: str, payload: Mapping[str, Any]) -> None:
    """Judge a webhook's payload."""
    schema = _webhooks()
    action = payload.get("action", "event")
    definition = f"{event}${action}"
    if definition not in schema["definitions"]:
        raise Misfit(f"no webhook {event!r} with action {action!r} is published")
    whole = {"$ref": f"#/definitions/{definition}", "definitions": schema["definitions"]}
    _raise(Draft7Validator(whole, format_checker=_FORMATS).iter_errors(payload), f"webhook {event}.{action}")


def examples(*events: str) -> list[tuple[str, Any]]:
    """Return the published example payloads of the events."""
    published = json.loads(vendor.file(vendor.EXAMPLES).read_text("utf-8"))
    return [(it["name"], payload) for it in published if it["name"] in events for payload in it["examples"]]


def graphql(body: Mapping[str, Any]) -> None:
    """Judge a GraphQL request, where graphql-core is installed: the fake's own reader judges it anyway."""
    if importlib.util.find_spec("graphql") is None:
        return
    core = importlib.import_module("graphql")
    if problems := core.validate(_graphql_schema(), core.parse(body["query"])):
        raise Misfit(f"GraphQL: {problems[0].message}")


@cache
def _graphql_schema() -> Any:
    core = importlib.import_module("graphql")
    return core.build_schema(vendor.file(vendor.GRAPHQL).read_text("utf-8"), assume_valid=True)


@cache
def _webhooks() -> Any:
    return json.loads(vendor.file(vendor.WEBHOOKS).read_text("utf-8"))


def _typed(schema: Any, value: str) -> Any:
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "integer" in kinds and value.isdecimal():
        return int(value)
    if "boolean" in kinds and value in {"true", "false"}:
        return value == "true"
    return value


def _raise(errors: Iterable[ValidationError], what: str) -> None:
    worst = best_match(errors)
    if worst is not None:
        where = "/".join(str(part) for part in worst.absolute_path) or "the whole"
        raise Misfit(f"{what}: at {where}: {worst.message[:500]}")
