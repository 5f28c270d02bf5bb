"""Branches, loops, operators and the other statements."""

import re
from collections.abc import Iterable

from bot.domain.review.flow import calls
from bot.domain.review.flow.assignments import Assignments
from bot.domain.review.flow.syntax import Node, callee_path
from bot.domain.review.flow.trails import CLEAN, Scope, Value, join

_STOPS = re.compile(r"(^|\.)(exit|_exit|abort|fail|notFound|redirect)$")
SWITCHES = frozenset({"match_statement", "switch_statement", "switch_expression"})


class Statements(Assignments):
    """Visits of statements and operators."""

    def _binary(self, node: Node, scope: Scope) -> Value:
        operator, sides = node.operator(), node.children
        if len(sides) != 2:
            return self._visit_parts(node, scope)
        left = self.value(sides[0], scope)
        right_scope = scope
        if operator in {"and", "&&", "or", "||"}:
            guard = self._guards.read(sides[0], scope)
            right_scope = self._trusting(scope, guard.holds if operator in {"and", "&&"} else guard.fails)
        right = self.value(sides[1], right_scope)
        return join((left, right)) if operator in self._grammar.joining else CLEAN

    def _trusting(self, scope: Scope, keys: Iterable[str]) -> Scope:
        trusted = self._copy(scope)
        for key in sorted(keys):
            trusted.trust(key)
        return trusted

    def _conditional(self, node: Node, scope: Scope) -> Value:
        parts = node.children
        if len(parts) != 3:
            return self._join_parts(node, scope)
        chosen, condition, other = (
            (parts[0], parts[1], parts[2])
            if node.kind == "conditional_expression"
            else (parts[1], parts[0], parts[2])
        )
        self.value(condition, scope)
        guard = self._guards.read(condition, scope)
        return join(
            (
                self.value(chosen, self._trusting(scope, guard.holds)),
                self.value(other, self._trusting(scope, guard.fails)),
            )
        )

    def _comprehension(self, node: Node, scope: Scope) -> Value:
        inner = self._copy(scope)
        for clause in node.children[1:]:
            self.value(clause, inner)
            if clause.kind == "if_clause" and clause.children:
                for key in sorted(self._guards.read(clause.children[0], inner).holds):
                    inner.trust(key)
        return self.value(node.children[0], inner) if node.children else CLEAN

    def _statement(self, node: Node, scope: Scope) -> Value:
        """Visit a statement. One that only calls a check makes its arguments safe."""
        self._visit_parts(node, scope)
        called = node.children[0] if node.children else None
        while called is not None and called.kind in {"await", "await_expression"} and called.children:
            called = called.children[-1]
        if called is not None and called.kind in self._grammar.calls:
            path = callee_path(called, self._grammar, self._facts.aliases)
            if calls.CHECKING.search(path.rpartition(".")[2]) or calls.CHECKING.search(
                path.partition(".")[0]
            ):
                for key in sorted(self._guards.keys_in(called, scope)):
                    scope.trust(key)
        return CLEAN

    def _if(self, node: Node, scope: Scope) -> Value:
        others = [Node(raw) for raw in node.raw.field_children("alternative")]
        self._branch(node, others, scope)
        return CLEAN

    def _branch(self, node: Node, others: list[Node], scope: Scope) -> None:
        condition, body = node.field("condition"), node.field("consequence")
        self.value(condition, scope)
        guard = self._guards.read(condition, scope)
        holds, fails = self._trusting(scope, guard.holds), self._trusting(scope, guard.fails)
        if condition is not None and self._guards.asks_person(condition, scope):
            holds.trust_all()
            fails.trust_all()
        self.value(body, holds)
        ended = body is not None and self._ends(body)
        other_ended = self._visit_other(others, fails)
        ways = [way for way, over in ((holds, ended), (fails, other_ended)) if not over] or [fails]
        for way in ways[1:]:
            ways[0].merge(way)
        scope.replace(ways[0])

    def _visit_other(self, others: list[Node], scope: Scope) -> bool:
        """Visit the branches after the first. Return whether all of them leave the function or the loop."""
        if not others:
            return False
        if others[0].kind == "elif_clause":
            with self._one_deeper() as allowed:
                if allowed:
                    self._branch(others[0], others[1:], scope)
            return False
        self.value(others[0], scope)
        return self._ends(others[0])

    def _ends(self, block: Node) -> bool:
        """Return whether a block ends by leaving the function or the loop."""
        if block.kind in self._grammar.exits:
            return True
        if (
            block.kind in {"block", "statement_block", "else_clause", "expression_statement"}
            and block.children
        ):
            return self._ends(block.children[-1])
        if block.kind in self._grammar.calls:
            return _STOPS.search(callee_path(block, self._grammar, {})) is not None
        return False

    def _assert(self, node: Node, scope: Scope) -> Value:
        self._visit_parts(node, scope)
        for key in sorted(self._guards.read(node.children[0] if node.children else None, scope).holds):
            scope.trust(key)
        return CLEAN

    def _try(self, node: Node, scope: Scope) -> Value:
        before = self._copy(scope)
        for part in node.children:
            if part.kind in {"except_clause", "catch_clause"}:
                caught = self._copy(before)
                self.value(part, caught)
                if not part.children or not self._ends(part.children[-1]):
                    scope.merge(caught)
            else:
                self.value(part, scope)
        return CLEAN

    def _loop(self, node: Node, scope: Scope) -> Value:
        """Visit a loop twice, because a variable may carry a text from one round to the next."""
        target_field, value_field = self._grammar.loops[node.kind]
        target, source = node.field(target_field), node.field(value_field)
        held = self.value(source, scope)
        if target is not None:
            self._bind(target, None, held, scope, node)
            if held and len(target.children) == 2 and source is not None and self._counts(source):
                self._bind(target.children[0], None, CLEAN, scope, node)
        if (body := node.field("body")) is not None:
            self._twice(body, scope)
        return CLEAN

    def _counts(self, source: Node) -> bool:
        """Return whether a loop is over positions and items: ``enumerate(items)``, ``items.entries()``."""
        path = callee_path(source, self._grammar, {}) if source.kind in self._grammar.calls else ""
        return path == "enumerate" or (path.endswith(".entries") and path != "Object.entries")

    def _repeat(self, node: Node, scope: Scope) -> Value:
        condition = node.field("condition") or (node.children[0] if node.children else None)
        body = node.field("body")
        for part in node.children[:-1]:
            self.value(part, scope)
        guard = self._guards.read(condition, scope)
        if body is not None:
            inner = self._trusting(scope, guard.holds)
            self._twice(body, inner)
            scope.merge(inner)
            if any(self._leaves_if_approved(part, scope) for part in body.children):
                scope.trust_all()
        for key in sorted(guard.fails):
            scope.trust(key)
        return CLEAN

    def _leaves_if_approved(self, part: Node, scope: Scope) -> bool:
        """Return whether a statement leaves a loop that asks a person until there is an answer."""
        condition, body = part.field("condition"), part.field("consequence")
        if part.kind != "if_statement" or condition is None or body is None:
            return False
        return self._ends(body) and self._guards.asks_person(condition, scope)

    def _twice(self, body: Node, scope: Scope) -> None:
        inner = self._copy(scope)
        self.value(body, inner)
        scope.merge(inner)
        again = self._copy(scope)
        self.value(body, again)
        scope.merge(again)

    def _switch(self, node: Node, scope: Scope) -> Value:
        """Visit the cases of a switch. In each of them, its subject is one of the values named."""
        subject = (
            node.field("subject")
            or node.field("value")
            or node.field("condition")
            or (node.children[0] if node.children else None)
        )
        keys = self._guards.keys_in(subject, scope)
        inner = self._trusting(scope, keys)
        held = [self._join_parts(part, inner) for part in node.children[1:]]
        for key in keys:
            inner.values[key] = scope.values.get(key, CLEAN)
        scope.merge(inner)
        return join(held)

    def _return(self, node: Node, scope: Scope) -> Value:
        held = self._join_parts(node, scope)
        if self._functions:
            self._functions[-1].returned.append(held)
        return CLEAN
