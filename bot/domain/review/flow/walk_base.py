"""What every part of a walk through a file needs: the state, and how a node is visited."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.domain.review.flow.file_facts import FileFacts
from bot.domain.review.flow.grammars import Grammar
from bot.domain.review.flow.guards import Guards
from bot.domain.review.flow.sinks import (
    Argument,
    Arrival,
)
from bot.domain.review.flow.syntax import ItemList, Node, Span, callee_path
from bot.domain.review.flow.trails import CLEAN, Scope, Value, join
from bot.domain.rubrics.flow_rules import FlowRule

MOST_VISITS = 60_000  # of all functions of a file, twice
_DEEPEST = 110
_MOST_ARRIVALS = 200
_NEW_LISTS = frozenset({"new ArrayList", "new LinkedList"})

COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "generator_expression", "dictionary_comprehension"}
)


@dataclass(slots=True)
class Summary:
    """What a function of the file does: its parameters' names, what it returns, and what reaches a sink."""

    parameters: list[str]
    returned: Value = CLEAN
    arrivals: list[Arrival] = field(default_factory=list)


@dataclass(slots=True)
class OpenFunction:
    """A function that is being visited, and what it returned so far."""

    number: int
    summary: Summary
    returned: list[Value] = field(default_factory=list)


class WalkBase:
    """The state of one walk, and the visits that need nothing else."""

    def __init__(
        self, rule: FlowRule, grammar: Grammar, facts: FileFacts, earlier: "WalkBase | None" = None
    ) -> None:
        self._rule = rule
        self._grammar = grammar
        self._facts = facts
        self._guards = Guards(grammar, facts)
        self._known = earlier.summaries if earlier else {}
        self._states: dict[str, Value] = dict(earlier._states) if earlier else {}
        self._setters: dict[str, str] = dict(earlier._setters) if earlier else {}
        self._functions: list[OpenFunction] = []
        self._callees: list[str] = []
        self._left = MOST_VISITS
        self._depth = self._number = 0
        self.summaries: dict[str, Summary] = {}
        self.arrivals: dict[Span, Arrival] = {}
        self._table: dict[str, Callable[[Node, Scope], Value]] = {}

    def value(self, node: Node | None, scope: Scope) -> Value:
        """Visit a node, and return what its value may contain."""
        if node is None or min(self._left, self._guards.left) <= 0 or self._depth >= _DEEPEST:
            return CLEAN
        self._left -= 1
        self._depth += 1
        try:
            return self._table.get(node.kind, self._visit_parts)(node, scope)
        finally:
            self._depth -= 1

    @contextmanager
    def _one_deeper(self) -> Iterator[bool]:
        """Count one more level. Give False if it is too deep to go on."""
        self._depth += 1
        try:
            yield self._depth < _DEEPEST
        finally:
            self._depth -= 1

    def _copy(self, scope: Scope) -> Scope:
        """Return a copy of a scope. It takes as long as some visits, so it counts as that many."""
        self._left -= 1 + len(scope.values) // 8
        return scope.copy()

    def _visit_parts(self, node: Node, scope: Scope) -> Value:
        """Visit what has no value of its own: statements, blocks, comparisons."""
        for child in node.children:
            self.value(child, scope)
        return CLEAN

    def _join_parts(self, node: Node, scope: Scope) -> Value:
        return join([self.value(child, scope) for child in node.children])

    def _cleans(self, path: str) -> bool:
        return any(re.search(cleaner, path) for cleaner in self._rule.cleaners)

    def _arguments(self, node: Node) -> list[Argument]:
        listed = node.field(self._grammar.calls[node.kind][1])
        if listed is None or listed.kind == "template_string":
            return []
        parts = (listed,) if listed.kind in COMPREHENSIONS else listed.children
        found: list[Argument] = []
        for index, part in enumerate(parts):
            name = part.field("name") if part.kind == "keyword_argument" else None
            found.append(Argument(name.text() if name else index, part))
        return found

    def _items(self, node: Node) -> tuple[Node, ...] | None:
        """Return the items of a list, or None for anything else."""
        if node.kind in self._grammar.lists or node.kind == ItemList.KIND:
            return node.children
        if node.kind == "array_creation_expression" and node.children:
            return self._items(node.children[-1])
        if node.kind in self._grammar.calls and re.search(
            r"^(List\.of|Arrays\.asList)$", callee_path(node, self._grammar, {})
        ):
            return tuple(argument.node for argument in self._arguments(node))
        if node.kind == "object_creation_expression" and callee_path(node, self._grammar, {}) in _NEW_LISTS:
            given = self._arguments(node)
            return self._items(given[0].node) if given else ()
        return None

    def _arrive(self, arrival: Arrival) -> None:
        origin = arrival.trail.origin
        if origin is None:
            if len(self.arrivals) < _MOST_ARRIVALS:
                self.arrivals.setdefault(arrival.span, arrival)
            return
        for function in self._functions:
            if function.number == origin[0] and len(function.summary.arrivals) < _MOST_ARRIVALS:
                function.summary.arrivals.append(arrival)
