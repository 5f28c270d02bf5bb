"""Calls: what comes out of them, and what they put into other values."""

import re
from dataclasses import replace
from typing import NamedTuple

from bot.domain.review.flow import calls
from bot.domain.review.flow.functions import Functions
from bot.domain.review.flow.sinks import (
    Argument,
    resolve,
)
from bot.domain.review.flow.syntax import ItemList, Node, callee_path
from bot.domain.review.flow.trails import CLEAN, Scope, Trail, Value, join
from bot.domain.review.flow.walk_base import Summary

_ADDING_ITEMS = (".append", ".push", ".add")
_MOST_ITEMS = 20


class _Call(NamedTuple):
    """A call, the path of what it calls, what it is made on, and its arguments, ``functions`` included."""

    node: Node
    path: str
    receiver: Value
    values: list[tuple[Argument, Value]]
    functions: list[Argument]


class CallWalk(Functions):
    """Visits of calls."""

    def _call(self, node: Node, scope: Scope) -> Value:
        fields, _ = self._grammar.calls[node.kind]
        path = callee_path(node, self._grammar, self._facts.aliases)
        receiver_node = self._receiver(node, fields)
        receiver = self.value(receiver_node, scope) if receiver_node else CLEAN
        self._callees.append(path)
        arguments = self._arguments(node)
        functions = [a for a in arguments if a.node.kind in self._grammar.functions]
        values = [(a, CLEAN if a in functions else self.value(a.node, scope)) for a in arguments]
        reached = [(Argument("receiver", receiver_node), receiver)] if receiver_node else []
        self._check_call(node, path, [*reached, *values], scope)
        result = self._result(_Call(node, path, receiver, values, functions), scope)
        self._callees.pop()
        self._note_added(node, path, receiver_node, values, scope)
        return result

    def _receiver(self, node: Node, fields: tuple[str, ...]) -> Node | None:
        called = node.field(fields[0])
        if len(fields) == 2 or called is None:
            return called
        return (
            called.field(self._grammar.members[called.kind][0])
            if called.kind in self._grammar.members
            else None
        )

    def _result(self, call: _Call, scope: Scope) -> Value:
        node, path, receiver, values, functions = call
        given = join(held for _, held in values)
        mapped = self._visit_functions(path, receiver, functions, scope)
        if source := self._source(node):
            return source
        last = path.rpartition(".")[2]
        if (receiver or given) and (
            self._is_cleaned(node, path, last)
            or (path == "shlex.join" and self._has_fixed_program(values[0][0].node, scope))
        ):
            return CLEAN
        if summary := self._helper(path, last):
            return self._apply(summary, values)
        if receiver and calls.MAPPING.search(path) and (functions or self._converts(values)):
            return mapped
        if (
            receiver
            and calls.KEEPING.search(path)
            and functions
            and self._keeps_checked(functions[0].node, receiver, scope)
        ):
            return CLEAN
        return self._passed_on(node, path, last, receiver, given)

    def _has_fixed_program(self, node: Node, scope: Scope) -> bool:
        """Return whether the first item of a list is not a followed text."""
        items = self._items(resolve(node, scope))
        return items is not None and bool(items) and not self.value(items[0], scope)

    def _converts(self, values: list[tuple[Argument, Value]]) -> bool:
        """Return whether a mapping is given the name of a function whose results are harmless."""
        return bool(values) and calls.CONVERTING.search(values[0][0].node.text()[:80]) is not None

    def _passed_on(self, node: Node, path: str, last: str, receiver: Value, given: Value) -> Value:
        if calls.MEASURING.search(path):
            return CLEAN
        if self._grammar.searches.search(path) and last != "split":
            return join((receiver, given)) if self._can_find_anything(node) else CLEAN
        passed = given if self._carries(path) or calls.FILLING.search(path) else CLEAN
        if calls.PARSING.search(path):
            passed = tuple(replace(trail, parsed=True) for trail in passed)
        method = last if self._grammar.objects == frozenset() else ""
        kept = self._field(receiver, method) if receiver else CLEAN
        held = join((kept, passed))
        if held and (calls.TYPING.search(path) or calls.TYPED.search(node.text()[-80:])):
            return tuple(replace(trail, typed=True) for trail in held)
        return held

    def _is_cleaned(self, node: Node, path: str, last: str) -> bool:
        if calls.CLEANING.search(last) or self._cleans(f"{path}()"):
            return True
        return (
            last == "replace" or self._grammar.searches.search(path) is not None
        ) and calls.CLEANING_TEXT.search(node.text()[-300:]) is not None

    def _carries(self, path: str) -> bool:
        return self._grammar.carriers.search(path) is not None or any(
            re.search(c, f"{path}()") for c in self._rule.carriers
        )

    def _can_find_anything(self, node: Node) -> bool:
        """Return whether a regular expression of a call, or the constant that has it, can match any text."""
        if re.search(r"(sub|replace\w*)$", callee_path(node, self._grammar, {})):
            return True
        names = [self._facts.constants.get(word, "") for word in re.findall(r"\b\w+\b", node.text()[:200])]
        return any(calls.ANYTHING.search(text) for text in (node.text()[:600], *names))

    def _helper(self, path: str, last: str) -> Summary | None:
        if path in {last, f"self.{last}", f"this.{last}", f"cls.{last}"}:
            return self._known.get(last)
        return None

    def _apply(self, summary: Summary, values: list[tuple[Argument, Value]]) -> Value:
        """Return what a helper of the file returns, and record what reaches a sink in it."""
        by_place: dict[int, Value] = {}
        for argument, held in values:
            place = (
                argument.place
                if isinstance(argument.place, int)
                else summary.parameters.index(argument.place)
                if argument.place in summary.parameters
                else -1
            )
            by_place[place] = held
        for arrival in summary.arrivals:
            origin = arrival.trail.origin
            for trail in by_place.get(origin[1], CLEAN) if origin else ():
                self._arrive(replace(arrival, trail=_continue(trail, arrival.trail)))
        returned: list[Value] = []
        for trail in summary.returned:
            if trail.origin is None:
                returned.append((Trail(None, trail.spans, parsed=trail.parsed),))
            else:
                returned.append(
                    tuple(_continue(held, trail) for held in by_place.get(trail.origin[1], CLEAN))
                )
        return join(returned)

    def _visit_functions(self, path: str, receiver: Value, functions: list[Argument], scope: Scope) -> Value:
        """Visit the functions that a call is given. They get what the call is made on."""
        held = receiver if receiver and not calls.MEASURING.search(path) else CLEAN
        # Only a fold gives its function two texts. Otherwise, the second is a position or an error.
        texts = 2 if path.endswith(("reduce", "reduceRight")) else 1
        return join([self._call_function(function.node, scope, held, texts) for function in functions])

    def _keeps_checked(self, function: Node, receiver: Value, scope: Scope) -> bool:
        """Return whether a filter's function checks each item."""
        parameters = self._parameters(function)
        body = function.field("body")
        if not parameters or body is None:
            return False
        inner = self._copy(scope)
        name = self._parameter_name(parameters[0])
        inner.set(name, receiver)
        return bool(name) and name in self._guards.read(body, inner).holds

    def _note_added(
        self, node: Node, path: str, receiver: Node | None, values: list[tuple[Argument, Value]], scope: Scope
    ) -> None:
        given = join(held for _, held in values)
        key = self._guards.key_of(receiver) if receiver is not None and calls.ADDING.search(path) else ""
        literal = scope.literals.get(key) if path.endswith(_ADDING_ITEMS) else None
        if literal is not None and (items := self._items(literal)) is not None:
            added_items = tuple(argument.node for argument, _ in values)
            scope.literals[key] = ItemList(literal, (*items, *added_items)[:_MOST_ITEMS])
        if given and key:
            added = tuple(trail.through(key, node.span()) for trail in given)
            scope.values[key] = join((scope.values.get(key, CLEAN), added))
        if given and (state := self._setters.get(path)):
            self._states[state] = tuple(trail.through(state, node.span()) for trail in given)


def _continue(before: Trail, after: Trail) -> Trail:
    """Return the way of a text up to a helper, and on through the helper."""
    return replace(before, spans=(*before.spans, *after.spans), parsed=before.parsed or after.parsed)
