"""Names, fields and strings: which part of a followed value an expression has."""

import re
from collections.abc import Collection
from dataclasses import replace

from bot.domain.review.flow import calls
from bot.domain.review.flow.sink_checks import SinkChecks
from bot.domain.review.flow.syntax import Node, literal_key, path_of
from bot.domain.review.flow.trails import CLEAN, Scope, Trail, Value, join

_NUMBER_FORMAT = re.compile(r":[^{}]*[dfeg%]$")


class Fields(SinkChecks):
    """Visits of names, fields, objects and strings."""

    def _name(self, node: Node, scope: Scope) -> Value:
        name = node.text()
        if name in scope.states:
            return self._states.get(name, CLEAN)
        if name in scope.values:
            return scope.values[name]
        return self._source(node)

    def _member(self, node: Node, scope: Scope) -> Value:
        key = self._guards.key_of(node)
        if key and key in scope.values:
            return scope.values[key]
        base_field, name_field = {**self._grammar.members, **self._grammar.subscripts}[node.kind]
        base = self.value(node.field(base_field), scope)
        if node.kind in self._grammar.subscripts:
            self.value(node.field(name_field), scope)
        held = self._part(base, node, name_field) if base else CLEAN
        # If the whole is followed already, the way to it belongs to the text's way.
        known = any(trail.origin is None for trail in held) or _belongs_to(key, scope.approved)
        return held if known else self._source(node) or held

    def _source(self, node: Node) -> Value:
        path = path_of(node, self._grammar, self._facts.aliases)
        if any(re.search(source, path) for source in self._rule.sources):
            last = path.rpartition(".")[2]
            typed = node.kind in self._grammar.calls and bool(calls.RESPONSE_TYPE.search(node.text()[:3000]))
            whole = last in calls.OUTPUTS
            return (Trail(None, (node.span(),), parsed=last in calls.PARSED, typed=typed, output=whole),)
        return CLEAN

    def _part(self, base: Value, node: Node, name_field: str) -> Value:
        """Return what a field of a followed value contains."""
        named = node.field(name_field)
        indexed = node.kind in self._grammar.subscripts
        name = literal_key(named) if indexed else named.text() if named else ""
        path = path_of(node, self._grammar, self._facts.aliases)
        if self._cleans(path) or (not indexed and name in {"length", "size"}):
            return CLEAN
        if not indexed and name not in self._facts.types:
            # A text has no fields, so the agent's output is an object of a class that is declared elsewhere.
            base = tuple(trail for trail in base if not trail.output)
        return self._field(base, name)

    def _field(self, base: Value, name: str) -> Value:
        if name and not self._facts.holds_text(name):
            return CLEAN
        if not name:
            return base
        parsed, typed = name in calls.PARSED, name in calls.PARSED_INTO_CLASS
        base = tuple(trail for trail in base if not trail.typed or name in self._facts.types)
        return tuple(
            replace(
                trail,
                same=frozenset(),
                parsed=trail.parsed or parsed,
                typed=typed,
                output=name in calls.OUTPUTS,
            )
            for trail in base
            if trail.parsed or name not in calls.ABOUT
        )

    def _object(self, node: Node, scope: Scope) -> Value:
        """Visit an object. ``{ system }`` is short for ``{ system: system }``."""
        held = []
        for part in node.children:
            value = self.value(part, scope)
            if value and part.kind == "shorthand_property_identifier":
                self._check_key(part, part.text(), part, value, scope)
            held.append(value)
        return join(held)

    def _interpolation(self, node: Node, scope: Scope) -> Value:
        held = self._join_parts(node, scope)
        return CLEAN if held and _NUMBER_FORMAT.search(node.text()[-20:].rstrip("}")) else held

    def _pair(self, node: Node, scope: Scope) -> Value:
        if node.kind == "jsx_attribute":
            return self._visit_parts(node, scope)
        name_field, value_field = self._grammar.pairs.get(node.kind, ("name", "value"))
        name, part = node.field(name_field), node.field(value_field)
        held = self.value(part, scope)
        if held and name is not None and part is not None:
            self._check_key(node, name.text().strip("\"'"), part, held, scope)
        return held


def _belongs_to(key: str, variables: Collection[str]) -> bool:
    """Return whether a path, such as ``reply.output_text``, begins with one of some variables."""
    while key and variables:
        if key in variables:
            return True
        key = key.rpartition(".")[0]
    return False
