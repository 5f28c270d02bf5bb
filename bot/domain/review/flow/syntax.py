"""Syntax nodes that remember their parts, and the paths of expressions, such as ``client.create()``."""

from collections.abc import Mapping

from ast_grep_py import SgNode

from bot.domain.review.flow.grammars import Grammar

Span = tuple[int, int]

_LONGEST_PATH = 300
_DEEPEST_PATH = 40
_TRANSPARENT = frozenset(
    {
        "await",
        "await_expression",
        "parenthesized_expression",
        "non_null_expression",
        "as_expression",
        "cast_expression",
    }
)


class Node:
    """A node of a syntax tree. Asking the parser for a part is slow, so each part is asked for once."""

    __slots__ = ("_children", "_fields", "kind", "raw")

    def __init__(self, raw: SgNode) -> None:
        self.raw = raw
        self.kind = raw.kind()
        self._children: tuple[Node, ...] | None = None
        self._fields: dict[str, Node | None] = {}

    @property
    def children(self) -> "tuple[Node, ...]":
        """The named parts, without comments."""
        if self._children is None:
            self._children = tuple(
                Node(child)
                for child in self.raw.children()
                if child.is_named() and "comment" not in child.kind()
            )
        return self._children

    def field(self, name: str) -> "Node | None":
        """Return the part with a field name, or None."""
        if name not in self._fields:
            raw = self.raw.field(name)
            self._fields[name] = Node(raw) if raw is not None else None
        return self._fields[name]

    def text(self) -> str:
        """Return the source text."""
        return self.raw.text()

    def span(self) -> Span:
        """Return the offsets of the source text, in characters."""
        place = self.raw.range()
        return place.start.index, place.end.index

    def operator(self) -> str:
        """Return the operator of a unary or binary expression, or an empty string."""
        found = self.field("operator") or self.field("operators")
        return found.text() if found else ""


class ItemList(Node):
    """A list after items were added to it. ``grown`` is where it was created."""

    KIND = "argument_list"
    __slots__ = ()

    def __init__(self, grown: Node, items: tuple[Node, ...]) -> None:
        super().__init__(grown.raw)
        self.kind = self.KIND
        self._children = items


def path_of(  # noqa: PLR0911 - one for each kind of node
    node: Node | None, grammar: Grammar, aliases: Mapping[str, str], depth: int = 0
) -> str:
    """Return an expression's path: names joined by dots, ``()`` for a call, ``[]`` for an index.

    ``?`` stands for any other expression.
    """
    if node is None or depth > _DEEPEST_PATH:
        return "?"
    if node.kind in _TRANSPARENT and node.children:
        return path_of(node.children[-1], grammar, aliases, depth + 1)
    if node.kind == "generic_type" and node.children:
        return path_of(node.children[0], grammar, aliases, depth + 1)
    if node.kind in grammar.members:
        base, name = (node.field(field) for field in grammar.members[node.kind])
        return f"{path_of(base, grammar, aliases, depth + 1)}.{name.text() if name else '?'}"[-_LONGEST_PATH:]
    if node.kind in grammar.subscripts:
        return _subscript_path(node, grammar, aliases, depth)
    if node.kind in grammar.calls:
        return f"{callee_path(node, grammar, aliases, depth + 1)}()"
    if node.kind in grammar.names or node.kind in {"type_identifier", "scoped_type_identifier", "super"}:
        name_text = node.text()
        return aliases.get(name_text, name_text)[:_LONGEST_PATH]
    return "?"


def _subscript_path(node: Node, grammar: Grammar, aliases: Mapping[str, str], depth: int) -> str:
    base, index = (node.field(field) for field in grammar.subscripts[node.kind])
    key = literal_key(index)
    return f"{path_of(base, grammar, aliases, depth + 1)}{f'.{key}' if key else '[]'}"[-_LONGEST_PATH:]


def callee_path(node: Node, grammar: Grammar, aliases: Mapping[str, str], depth: int = 0) -> str:
    """Return the path of what a call calls. A constructor's begins with ``new``."""
    fields = grammar.calls[node.kind][0]
    parts = [path_of(node.field(field), grammar, aliases, depth + 1) for field in fields if node.field(field)]
    new = "new " if node.kind in {"new_expression", "object_creation_expression"} else ""
    return (new + ".".join(parts))[-_LONGEST_PATH:]


def literal_key(node: Node | None) -> str:
    """Return the word inside a string literal, or an empty string for anything else."""
    if node is None or node.kind not in {"string", "string_literal"}:
        return ""
    word = node.text().strip("\"'`")
    return word if word.replace("_", "").replace("-", "").isalnum() and len(word) < 60 else ""
