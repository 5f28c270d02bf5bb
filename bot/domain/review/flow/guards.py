"""Conditions that check a value: which variables are safe if a condition holds, and which if it does not."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.domain.review.flow.file_facts import FileFacts
from bot.domain.review.flow.grammars import Grammar
from bot.domain.review.flow.syntax import Node, callee_path, path_of
from bot.domain.review.flow.trails import Scope

Keys = frozenset[str]
NOTHING: Keys = frozenset()

_EQUAL = frozenset({"in", "==", "===", "is"})
_UNEQUAL = frozenset({"not in", "!=", "!==", "is not"})
_AND = frozenset({"and", "&&"})
_OR = frozenset({"or", "||"})
# These say what kind of value it is, or look for a word in it. They leave open what else it contains.
_NO_CHECK = re.compile(
    r"(^|\.)(isinstance|typeof|isArray|hasattr|len|any|all|bool|isString|isEmpty|isBlank|isPresent|isObject|get|callable"
    r"|nonNull|isNull|size|length|getattr|print|log\w*|info|debug|warn\w*|error|strip|trim|lower|toLowerCase|upper|open|exists)$"
)
_LOOKS_INSIDE = re.compile(
    r"\.(includes|contains|find|indexOf|search|match|count|endswith|endsWith|startswith|startsWith)$"
)
_REFUSES = re.compile(
    r"(?i)(unsafe|danger|forbid|block|deny|denied|illegal|invalid|malicious|suspicious|reject|destructive|has_?bad)"
)
_APPROVES = re.compile(
    r"(?i)(confirm|approv|consent|permission|(^|\.)(input|prompt_yes|yes_?no)$|human"
    r"|(^|\.)(questionary|inquirer|readlineSync)\.|(^|\.)((click|typer)\.prompt|Prompt\.ask|(rl|readline)\.question)$)"
)
# A path with these may leave its folder.
_LEAVES_FOLDER = re.compile(r"""["'](\.\.|/|\\\\|\.\./)["']""")
_LEAVES = re.compile(
    r"""(includes|contains|startsWith|startswith|starts_with)\(\s*["'](\.\.|/|\.\./)["']\s*\)$"""
)
# Types whose values contain no words.
_NO_TEXT = re.compile(
    r"[\s(,|)]*(?:(?:int|float|bool|complex|Decimal|date|datetime|UUID|uuid\.UUID)[\s(,|)]*)+"
)
_DEPTH = 25
_MOST_VISITS = 150_000  # of one walk through a file


class Guard(NamedTuple):
    """The variables that are safe if a condition holds, and if it does not."""

    holds: Keys = NOTHING
    fails: Keys = NOTHING


class Guards:
    """The guards in one file."""

    def __init__(self, grammar: Grammar, facts: FileFacts) -> None:
        self._grammar = grammar
        self._facts = facts
        self.left = _MOST_VISITS

    def read(  # noqa: PLR0911 - one for each kind of node
        self, condition: Node | None, scope: Scope, depth: int = 0
    ) -> Guard:
        """Return what a condition says about the variables of a scope."""
        if condition is None or depth > _DEPTH:
            return Guard()
        if condition.kind in {"not_operator", "unary_expression"}:
            inner = self.read(condition.children[-1] if condition.children else None, scope, depth + 1)
            return (
                Guard(inner.fails, inner.holds)
                if condition.kind == "not_operator" or condition.operator() == "!"
                else Guard()
            )
        if condition.kind in {"parenthesized_expression", "await", "await_expression"} and condition.children:
            return self.read(condition.children[-1], scope, depth + 1)
        if condition.kind in self._grammar.names:
            return Guard(*scope.checks.get(condition.text(), ()))
        if condition.kind in self._grammar.binaries:
            return self._read_binary(condition, scope, depth)
        if condition.kind in self._grammar.calls:
            return self._read_call(condition, scope, depth)
        return Guard()

    def _read_binary(self, node: Node, scope: Scope, depth: int) -> Guard:
        operator, sides = node.operator(), node.children
        if operator in _AND | _OR and len(sides) == 2:
            left, right = (self.read(side, scope, depth + 1) for side in sides)
            if operator in _AND:
                return Guard(left.holds | right.holds, left.fails & right.fails)
            return Guard(left.holds & right.holds, left.fails | right.fails)
        if operator in _EQUAL | _UNEQUAL and len(sides) >= 2:
            if operator in {"in", "not in"} and _LEAVES_FOLDER.fullmatch(sides[0].text()[:8]):
                inside = self.keys_in(sides[-1], scope)
                return Guard(NOTHING, inside) if operator == "in" else Guard(inside, NOTHING)
            keys = self._compared(sides, operator, scope)
            return Guard(keys, NOTHING) if operator in _EQUAL else Guard(NOTHING, keys)
        return Guard()

    def _compared(self, sides: tuple[Node, ...], operator: str, scope: Scope) -> Keys:
        if sides[0].kind == "unary_expression" and sides[-1].text()[:20].strip("\"'`") in {
            "number",
            "boolean",
        }:
            return self.keys_in(sides[0], scope)
        if sides[0].kind == "unary_expression" or sides[-1].kind in {"none", "null", "undefined"}:
            return NOTHING
        left = NOTHING if self._measures(sides[0]) else self.keys_in(sides[0], scope)
        right = self.keys_in(sides[-1], scope)
        if operator in {"in", "not in"}:
            # A word that is looked for in the text does not check the text; a folder among its parents does.
            return left or (_whole_paths(right) if sides[-1].text().endswith(".parents") else NOTHING)
        return NOTHING if self._measures(sides[-1]) else _whole_paths(left | right)

    def _measures(self, side: Node) -> bool:
        path = path_of(side, self._grammar, self._facts.aliases).removesuffix("()")
        return path.endswith((".length", ".size")) or (
            side.kind in self._grammar.calls
            and bool(re.search(r"(^|\.)(len|type|typeof|length|size|indexOf)$", path))
        )

    def _read_call(self, node: Node, scope: Scope, depth: int) -> Guard:
        path = callee_path(node, self._grammar, self._facts.aliases)
        arguments = node.field(self._grammar.calls[node.kind][1])
        parts = arguments.children if arguments else ()
        if path in {"bool", "Boolean"} and len(parts) == 1:
            return self.read(parts[0], scope, depth + 1)
        if path == "isinstance" and len(parts) == 2 and _NO_TEXT.fullmatch(parts[1].text()[:200]):
            return Guard(self.keys_in(parts[0], scope))
        if _NO_CHECK.search(path):
            return Guard()
        given = self.keys_in(arguments, scope)
        receiver = self.keys_in(self._receiver(node), scope)
        if receiver and _LEAVES.search(node.text()[-40:]):
            return Guard(NOTHING, receiver)
        if receiver and _LOOKS_INSIDE.search(path) and not _anchors(node):
            receiver = NOTHING
        keys = given | receiver
        return Guard(NOTHING, keys) if _REFUSES.search(path) else Guard(keys, NOTHING)

    def keys_in(self, node: Node | None, scope: Scope) -> Keys:
        """Return the variables in an expression that hold a followed text."""
        return frozenset(self._walk_keys(node, scope, 0)) if node else NOTHING

    def _walk_keys(self, node: Node, scope: Scope, depth: int) -> Iterator[str]:
        self.left -= 1
        if self.left <= 0:
            return
        key = self.key_of(node)
        if key and self.holder_of(key, scope):
            yield key
        elif depth < _DEPTH:
            parts: Sequence[Node | None] = node.children[:20]
            if node.kind in self._grammar.calls:
                parts = (self._receiver(node), node.field(self._grammar.calls[node.kind][1]))
            for part in parts:
                if part is not None:
                    yield from self._walk_keys(part, scope, depth + 1)

    def _receiver(self, call: Node) -> Node | None:
        """Return what a called method belongs to, or None for a function."""
        fields = self._grammar.calls[call.kind][0]
        called = call.field(fields[0])
        if len(fields) == 2 or called is None:
            return called
        return (
            called.field(self._grammar.members[called.kind][0])
            if called.kind in self._grammar.members
            else None
        )

    def key_of(self, node: Node) -> str:
        """Return the variable that an expression names, such as ``self.answer``, or an empty string."""
        if node.kind not in {*self._grammar.names, *self._grammar.members, *self._grammar.subscripts}:
            return ""
        path = path_of(node, self._grammar, {})
        return "" if "(" in path or "?" in path or path.endswith("[]") else path

    def holder_of(self, key: str, scope: Scope) -> str:
        """Return the longest beginning of a path that a scope knows and that holds a followed text."""
        while key:
            if key in scope.values:
                return key if scope.values[key] else ""
            key = key.rpartition(".")[0]
        return ""

    def asks_person(self, condition: Node, scope: Scope) -> bool:
        """Return whether a condition depends on a person's answer."""
        return any(self._asks(node, scope) for node in self._nodes(condition, 0))

    def _nodes(self, node: Node, depth: int) -> Iterator[Node]:
        self.left -= 1
        yield node
        if depth < _DEPTH and self.left > 0:
            for child in node.children[:20]:
                yield from self._nodes(child, depth + 1)

    def _asks(self, node: Node, scope: Scope) -> bool:
        if node.kind in self._grammar.calls:
            return _APPROVES.search(callee_path(node, self._grammar, {})) is not None
        if node.kind in {*self._grammar.names, "attribute", "member_expression"}:
            name = node.text()
            return (
                name in scope.approvals
                or re.search(r"(?i)(^|[._])(is_?)?(approved|confirmed|approval|consent)", name) is not None
            )
        return False


def _whole_paths(keys: Keys) -> Keys:
    """Return the variables, and the paths themselves if it is their folders that are compared."""
    return keys | {key.rpartition(".")[0] for key in keys if key.endswith((".parent", ".parents"))}


def _anchors(node: Node) -> bool:
    """Return whether a search says how the whole text looks: an anchored pattern, or a fixed beginning."""
    text = node.text()[-200:]
    return (
        "/^" in text
        or re.search(r"(?i)\.starts_?with\(\s*([\"'`](select|with|show|explain|/|\./|http)|[A-Za-z_])", text)
        is not None
    )
