"""Functions: their parameters, and what they return."""

import re
from collections.abc import Iterator

from bot.domain.review.flow.statements import Statements
from bot.domain.review.flow.syntax import Node, callee_path
from bot.domain.review.flow.trails import CLEAN, Scope, Trail, Value, join
from bot.domain.review.flow.walk_base import OpenFunction, Summary


class Functions(Statements):
    """Visits of functions."""

    def _function(self, node: Node, scope: Scope) -> Value:
        """Visit a function where it is declared. Return what it returns, for a function that is passed on."""
        return self._call_function(node, scope, CLEAN)

    def _call_function(self, node: Node, scope: Scope, given: Value, texts: int = 1) -> Value:
        """Visit a function whose first parameters, ``texts`` of them, get what it is given, if anything."""
        parameters = [
            part for part in self._parameters(node) if self._parameter_name(part) not in {"self", "cls"}
        ]
        self._number += 1
        function = OpenFunction(self._number, Summary([self._parameter_name(part) for part in parameters]))
        inner = self._copy(scope)
        for index, parameter in enumerate(parameters):
            own = (Trail((function.number, index), ()),)
            self._enter(node, parameter, (given if index < texts else CLEAN) if given else own, inner)
        self._functions.append(function)
        callees, self._callees = self._callees, []
        body = node.field("body")
        held = self.value(body, inner)
        self._callees = callees
        self._functions.pop()
        returned = join(
            [*function.returned, *([held] if body and body.kind not in {"block", "statement_block"} else [])]
        )
        number = (function.number,)
        function.summary.returned = tuple(t for t in returned if t.origin is None or t.origin[:1] == number)
        if name := node.field("name") or self._bound_name(node):
            self.summaries[name.text()] = function.summary
        return tuple(trail for trail in returned if trail.origin is None or trail.origin[:1] != number)

    def _bound_name(self, node: Node) -> Node | None:
        """Return the variable that an arrow function is assigned to."""
        parent = node.raw.parent()
        return (
            Node(parent).field("name")
            if parent is not None and parent.kind() == "variable_declarator"
            else None
        )

    def _parameters(self, node: Node) -> tuple[Node, ...]:
        listed = node.field("parameters") or node.field("parameter")
        if listed is None:
            return ()
        return (
            (listed,)
            if listed.kind == "identifier"
            else tuple(
                child
                for child in listed.children
                if child.kind not in {"keyword_separator", "positional_separator"}
            )
        )

    def _parameter_name(self, parameter: Node) -> str:
        pattern = self._parameter_pattern(parameter)
        return pattern.text() if pattern.kind == "identifier" else ""

    def _parameter_pattern(self, parameter: Node) -> Node:
        if parameter.kind == "identifier" or not parameter.children or parameter.kind.endswith("_pattern"):
            return parameter
        return parameter.field("pattern") or parameter.field("name") or parameter.children[0]

    def _enter(self, function: Node, parameter: Node, held: Value, scope: Scope) -> None:
        """Give a parameter its value: that of a source, if a rule says so."""
        pattern = self._parameter_pattern(parameter)
        if self._is_source(function, parameter):
            held = (Trail(None, (parameter.span(),)),)
        if pattern.kind == "identifier":
            scope.set(
                pattern.text(),
                tuple(
                    trail.through(pattern.text(), parameter.span()) if trail.origin is None else trail
                    for trail in held
                ),
            )
        else:
            self._bind(pattern, None, held, scope, parameter)

    def _is_source(self, function: Node, parameter: Node) -> bool:
        if not self._rule.parameters:
            return False
        context = self._marks(function)
        text = parameter.text()[:300]
        return any(
            re.search(rule.of, f"{context}\n{text}") and (rule.type is None or re.search(rule.type, text))
            for rule in self._rule.parameters
        )

    def _marks(self, function: Node) -> str:
        """Return a function's decorators or annotations, and the call that it is passed to."""
        parent = function.raw.parent()
        marks = [child.text()[:200] for child in function.children if child.kind == "modifiers"]
        if parent is not None and parent.kind() == "decorated_definition":
            marks += [child.text()[:200] for child in parent.children() if child.kind() == "decorator"]
        return "\n".join([*marks, *(f"{path}(" for path in self._around(function))])

    def _around(self, function: Node) -> Iterator[str]:
        node = function.raw.parent()
        for _ in range(4):
            if node is None or node.kind() not in {"pair", "object", "arguments", "call_expression"}:
                return
            if node.kind() == "call_expression":
                yield callee_path(Node(node), self._grammar, self._facts.aliases)
                return
            node = node.parent()
