"""Assignments: which variables hold a text afterwards."""

import re

from bot.domain.review.flow import calls
from bot.domain.review.flow.fields import Fields
from bot.domain.review.flow.syntax import Node, callee_path, literal_key
from bot.domain.review.flow.trails import CLEAN, Scope, Value, join

_MOST_PROPERTIES = 40  # of an object that are told apart


class Assignments(Fields):
    """Visits of assignments, patterns and `with` blocks."""

    def _assign(self, node: Node, scope: Scope) -> Value:
        fields = self._grammar.assignments.get(node.kind, ("left", "right"))
        target, source = (node.field(name) for name in fields)
        adds = node.kind in self._grammar.augmented or node.operator() == "+="
        held = self.value(source, scope)
        if adds and target is not None:
            held = join((self.value(target, scope), held))
        if target is not None and source is not None:
            self._check_assigned(node, target, source, scope, held)
            self._bind(target, source, held, scope, node, adds=adds)
        return held

    def _bind(  # noqa: PLR0913 - the parts of an assignment
        self, target: Node, source: Node | None, held: Value, scope: Scope, node: Node, *, adds: bool = False
    ) -> None:
        """Give what an expression contains to the variables of a pattern."""
        if (
            target.kind
            in {
                "pattern_list",
                "tuple_pattern",
                "list_pattern",
                "array_pattern",
                "tuple",
                "as_pattern_target",
            }
            and target.children
        ):
            self._bind_list(target, source, held, scope, node)
        elif target.kind == "object_pattern":
            self._bind_fields(target, held, scope, node)
            if source is not None and not held and self._guards.asks_person(source, scope):
                scope.approvals |= {part.text() for part in target.children}
        elif (
            target.kind
            in {"assignment_pattern", "object_assignment_pattern", "rest_pattern", "list_splat_pattern"}
            and target.children
        ):
            self._bind(target.children[0], None, held, scope, node)
        elif key := self._guards.key_of(target) or (
            target.text() if target.kind == "shorthand_property_identifier_pattern" else ""
        ):
            self._set(key, source, held, scope, node, adds=adds)
        elif target.kind in self._grammar.subscripts and held:
            # An item of a list or dictionary: the whole contains it from now on.
            base = self._guards.key_of(target.children[0])
            if base:
                scope.values[base] = join((scope.values.get(base, CLEAN), held))

    def _set(  # noqa: PLR0913 - the parts of an assignment
        self, key: str, source: Node | None, held: Value, scope: Scope, node: Node, *, adds: bool
    ) -> None:
        literals = scope.literals.get(key) if adds else None
        span = (0, 0)
        if held:
            span = node.span()
            self._left -= 20  # the parser counts the characters before the place
        check = self._guards.read(source, scope) if not held and self._is_check(source) else None
        scope.set(key, tuple(trail.through(key, span) for trail in held))
        if check and (check.holds or check.fails):
            scope.checks[key] = (check.holds, check.fails)
        if source is not None and (literal := self._literal(source)):
            scope.literals[key] = literal
            self._set_fields(key, literal, scope, node)
        if literals is not None:
            scope.literals[key] = literals
        if source is not None and not held and self._guards.asks_person(source, scope):
            scope.approvals.add(key)
        if held and "." in key and (base := key.rpartition(".")[0]) not in {"self", "this"}:
            scope.values[base] = join((scope.values.get(base, CLEAN), held))

    def _is_check(self, source: Node | None) -> bool:
        """Return whether an expression is the result of a check, rather than of any other call."""
        if source is None or source.kind not in self._grammar.calls:
            return source is not None
        path = callee_path(source, self._grammar, {})
        return bool(
            calls.MEASURING.search(path)
            or calls.CHECKING.search(path.rpartition(".")[2])
            or re.search(r"^(bool|Boolean|isinstance)$|(^|\.)(match|fullmatch)$", path)
        )

    def _literal(self, source: Node) -> Node | None:
        kinds = (
            self._grammar.lists
            | self._grammar.objects
            | self._grammar.strings
            | {"string", "string_literal", "array_creation_expression"}
        )
        if source.kind in self._grammar.calls and re.search(
            r"^(new ArrayList|List\.of|Arrays\.asList)$", callee_path(source, self._grammar, {})
        ):
            return source
        return source if source.kind in kinds or source.kind in self._grammar.binaries else None

    def _set_fields(self, key: str, literal: Node, scope: Scope, node: Node) -> None:
        """Remember each property of an object by itself, so that one of them does not taint the others."""
        if literal.kind not in self._grammar.objects:
            return
        span = node.span()
        for pair in literal.children[:_MOST_PROPERTIES]:
            if pair.kind in self._grammar.pairs:
                name_field, value_field = self._grammar.pairs[pair.kind]
                name = self._key_name(pair.field(name_field))
                held = self.value(pair.field(value_field), scope)
                if name:
                    scope.values[f"{key}.{name}"] = tuple(trail.through(key, span) for trail in held)

    def _key_name(self, node: Node | None) -> str:
        return literal_key(node) or (node.text() if node and node.kind == "property_identifier" else "")

    def _bind_list(self, target: Node, source: Node | None, held: Value, scope: Scope, node: Node) -> None:
        parts = source.children if source and source.kind in {*self._grammar.lists, "expression_list"} else ()
        for index, part in enumerate(target.children):
            if len(parts) == len(target.children):
                self._bind(part, parts[index], self.value(parts[index], scope), scope, node)
            else:
                self._bind(part, None, held, scope, node)
        self._notice_state(target, source, scope)

    def _notice_state(self, target: Node, source: Node | None, scope: Scope) -> None:
        """Remember ``const [page, setPage] = useState()``: what goes into ``setPage`` is in ``page``."""
        names = [child.text() for child in target.children]
        if source and len(names) == 2 and source.kind in self._grammar.calls and calls.SETTER.match(names[1]):
            self._setters[names[1]] = names[0]
            scope.states.add(names[0])

    def _bind_fields(self, target: Node, held: Value, scope: Scope, node: Node) -> None:
        for part in target.children:
            name_node, bound = part, part
            if part.kind == "pair_pattern" and len(part.children) == 2:
                name_node, bound = part.children
            name = name_node.text().partition("=")[0].strip().removeprefix("...")
            self._bind(bound, None, self._field(held, name), scope, node)

    def _with(self, node: Node, scope: Scope) -> Value:
        item = node.field("value") or (node.children[0] if node.children else None)
        if item is None:
            return CLEAN
        parts = item.children if item.kind == "as_pattern" else (item,)
        held = self.value(parts[0], scope)
        if len(parts) == 2 and parts[1].children:
            self._bind(parts[1].children[0], None, held, scope, node)
        return CLEAN
