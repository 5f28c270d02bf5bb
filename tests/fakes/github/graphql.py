"""The part of GraphQL that the fake reads: one operation, strictly."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r'\s*,*(?:#[^\n]*\n\s*)*("(?:[^"\\]|\\.)*"|\.\.\.|[\w]+|-?\d+|[{}()\[\]:$!=@])')


class Malformed(Exception):  # noqa: N818 - what GitHub calls a parse error
    """The query is none that the fake knows."""


@dataclass
class Field:
    name: str
    alias: str
    arguments: dict[str, Any] = field(default_factory=dict)
    fields: list["Field"] = field(default_factory=list)
    on: str | None = None


class Parser:
    """Reads one operation; what GraphQL has beyond that is refused."""

    def __init__(self, text: str, variables: Mapping[str, Any]) -> None:
        self.words = _TOKEN.findall(text)
        if _TOKEN.sub("", text).strip(" \t\r\n,"):
            raise Malformed("Parse error on the query")
        self.variables = variables

    def document(self) -> tuple[str, list[Field]]:
        kind = "query" if self.words[:1] == ["{"] else self._take()
        if kind not in {"query", "mutation"}:
            raise Malformed(f"Parse error on {kind!r}")
        while self.words and self._next != "{":
            if self._take() == "(":
                self._skip_definitions()
        fields = self._selection()
        if self.words:
            raise Malformed(f"Parse error on {self.words[0]!r}")
        return kind, fields

    @property
    def _next(self) -> str:
        return str(self.words[0]) if self.words else ""

    def _take(self, wanted: str | None = None) -> str:
        if not self.words or (wanted is not None and self._next != wanted):
            raise Malformed(f"Expected {wanted!r}, actual: {self.words[0] if self.words else 'end'!r}")
        return str(self.words.pop(0))

    def _skip_definitions(self) -> None:
        while self._take() != ")":
            pass

    def _selection(self) -> list[Field]:
        self._take("{")
        fields = []
        while self.words and self._next != "}":
            fields.append(self._field())
        self._take("}")
        return fields

    def _field(self) -> Field:
        name = self._take()
        if name == "...":
            self._take("on")
            return Field("...", "...", on=self._take(), fields=self._selection())
        alias = name
        if self._next == ":":
            self._take()
            name = self._take()
        arguments = {}
        if self._next == "(":
            self._take()
            while self._next not in {")", ""}:
                key = self._take()
                self._take(":")
                arguments[key] = self._value()
            self._take(")")
        fields = self._selection() if self._next == "{" else []
        return Field(name, alias, arguments, fields)

    def _value(self) -> Any:
        word = self._take()
        if word == "$":
            name = self._take()
            return self.variables.get(name)
        if word == "{":
            found = {}
            while self._next not in {"}", ""}:
                key = self._take()
                self._take(":")
                found[key] = self._value()
            self._take("}")
            return found
        if word.startswith('"'):
            return word[1:-1]
        return {"true": True, "false": False, "null": None}.get(word, int(word) if word.isdecimal() else word)


Resolver = Callable[[dict[str, Any]], Any]


@dataclass
class Node:
    """An object as GraphQL shows it: its type, and its fields when they are asked for."""

    kind: str
    fields: Mapping[str, Resolver]


def select(value: Any, fields: list[Field]) -> Any:
    """Return of a value what was selected, in that form."""
    if isinstance(value, list):
        return [select(one, fields) for one in value]
    if not isinstance(value, Node):
        if fields:
            raise Malformed("Selections can't be made on scalars")
        return value
    if not fields:
        raise Malformed(f"Field must have selections ({value.kind} has none)")
    found: dict[str, Any] = {}
    for asked in fields:
        if asked.name == "...":
            if asked.on == value.kind:
                found |= select(value, asked.fields)
        elif asked.name == "__typename":
            found[asked.alias] = value.kind
        elif asked.name not in value.fields:
            raise Malformed(f"Field '{asked.name}' doesn't exist on type '{value.kind}'")
        else:
            found[asked.alias] = select(value.fields[asked.name](asked.arguments), asked.fields)
    return found
