"""Find the functions, classes and values that a file defines, and those around a line."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, cast

from ast_grep_py import Config, SgNode

from bot.domain.review.signals import detect_language
from bot.domain.review.syntax_trees import parse_source

DefinitionKind = Literal["function", "class", "value"]

_SCRIPT: dict[str, DefinitionKind] = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "method_definition": "function",
    "class_declaration": "class",
    "variable_declarator": "value",
}
_TYPED: dict[str, DefinitionKind] = {
    **_SCRIPT,
    "abstract_class_declaration": "class",
    "interface_declaration": "class",
    "enum_declaration": "class",
    "type_alias_declaration": "class",
    "public_field_definition": "value",
}
_KINDS: dict[str, dict[str, DefinitionKind]] = {
    "python": {"function_definition": "function", "class_definition": "class", "assignment": "value"},
    "javascript": _SCRIPT,
    "typescript": _TYPED,
    "tsx": _TYPED,
    "java": {
        "method_declaration": "function",
        "constructor_declaration": "function",
        "class_declaration": "class",
        "interface_declaration": "class",
        "enum_declaration": "class",
        "record_declaration": "class",
        "field_declaration": "value",
    },
    "go": {
        "function_declaration": "function",
        "method_declaration": "function",
        "type_spec": "class",
        "const_spec": "value",
        "var_spec": "value",
    },
}
# Where a value counts: at the top of a file, or in a class.
_TOP = frozenset({"module", "program", "export_statement", "class_definition", "class_body", "source_file"})
_WRAPPERS = frozenset({"expression_statement", "block", "lexical_declaration", "variable_declaration",
                       "const_declaration", "var_declaration", "var_spec_list", "type_declaration",
                       "field_declaration", "interface_body", "enum_body"})  # fmt: skip


class Definition(NamedTuple):
    """A definition on lines ``first`` to ``last``. Its signature ends at ``header``. All are 1-based."""

    name: str
    kind: DefinitionKind
    first: int
    last: int
    header: int


def find_definitions(path: str, content: str) -> list[Definition]:
    """List a file's definitions, outer ones first; none for a file that is not code or cannot be parsed."""
    language = detect_language(path, content)
    kinds = _KINDS.get(language or "")
    root = parse_source(content, language) if language and kinds else None
    if root is None or kinds is None:
        return []
    nodes = root.find_all(cast("Config", {"rule": {"any": [{"kind": kind} for kind in kinds]}}))
    found = {definition for node in nodes if (definition := _make_definition(node, kinds[node.kind()]))}
    return sorted(found, key=lambda definition: (definition.first, -definition.last, definition))


def definitions_around(line: int, definitions: Iterable[Definition]) -> list[Definition]:
    """List the definitions that contain a line, outer ones first."""
    return [definition for definition in definitions if definition.first <= line <= definition.last]


def lines_to_show(definition: Definition, most: int) -> range:
    """Return the first lines of a definition: its signature and what follows, at most ``most`` lines."""
    return range(definition.first, min(definition.last, definition.first + most - 1) + 1)


def _make_definition(node: SgNode, kind: DefinitionKind) -> Definition | None:
    named = _name_node(node)
    if named is None or (kind == "value" and not _is_top_level(node)):
        return None
    if kind == "value" and _is_function(node.field("value")):
        kind = "function"
    parent = node.parent()
    whole = (
        parent
        if parent is not None and parent.kind() in {"decorated_definition", "export_statement"}
        else node
    )
    value = node.field("value")
    place, body = whole.range(), node.field("body") or (value.field("body") if value else None)
    last = place.end.line + (place.end.column > 0)
    first = place.start.line + 1
    header = body.range().start.line + (body.range().start.line == named.range().start.line) if body else last
    return Definition(named.text(), kind, first, last, max(first, min(header, last)))


def _name_node(node: SgNode) -> SgNode | None:
    named = node.field("name") or node.field("left")
    if named is None and (declarator := node.field("declarator")):
        named = declarator.field("name")
    return named if named is not None and named.is_leaf() else None


def _is_top_level(node: SgNode) -> bool:
    for ancestor in _ancestors(node):
        if ancestor.kind() in _TOP:
            return True
        if ancestor.kind() not in _WRAPPERS:
            return False
    return False


def _ancestors(node: SgNode) -> Iterator[SgNode]:
    parent = node.parent()
    while parent is not None:
        yield parent
        parent = parent.parent()


def _is_function(value: SgNode | None) -> bool:
    return value is not None and value.kind() in {"arrow_function", "function_expression", "function"}
