"""The functions and classes around lines of code, by their syntax."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from ast_grep_py import Config, SgNode

from bot.domain.review.signals import language_of
from bot.domain.review.syntax_trees import parse_source

WIDEST = 60  # lines of a function or class that is shown whole; of a wider one its first lines
HEADER = 5  # lines at most of a wider one: decorators and a signature

_SCRIPT = (
    "function_declaration generator_function_declaration function_expression arrow_function "
    "method_definition class_declaration"
)
_TYPED = f"{_SCRIPT} abstract_class_declaration interface_declaration enum_declaration"
_KINDS = {
    language: [{"kind": kind} for kind in kinds.split()]
    for language, kinds in {
        "python": "function_definition class_definition decorated_definition",
        "javascript": _SCRIPT,
        "typescript": _TYPED,
        "tsx": _TYPED,
        "go": "function_declaration method_declaration func_literal type_declaration",
        "java": "method_declaration constructor_declaration class_declaration interface_declaration "
        "enum_declaration record_declaration",
        "hcl": "block",
        "yaml": "block_mapping_pair",
        "json": "pair",
        "bash": "function_definition",
    }.items()
}


class EnclosingScope(NamedTuple):
    """A definition from line ``first`` to ``last``, whose header ends at line ``header``; all 1-based."""

    first: int
    last: int
    header: int


def find_scopes(path: str, content: str) -> list[EnclosingScope]:
    """List what a file defines on more than one line, outer before inner; nothing for other languages."""
    language = language_of(path, content)
    root = parse_source(content, language) if language else None
    if language is None or root is None:
        return []
    nodes = root.find_all(cast("Config", {"rule": {"any": _KINDS[language]}}))
    found = {_scope(node) for node in nodes}
    return sorted((one for one in found if one.last > one.first), key=lambda one: (one.first, -one.last))


def _scope(node: SgNode) -> EnclosingScope:
    place, body = node.range(), node.field("body")
    first = place.start.line + 1
    last = place.end.line + (place.end.column > 0)
    header = body.range().start.line if body else first
    return EnclosingScope(first, last, max(first, min(header, first + HEADER - 1)))


def scopes_around(lines: Iterable[int], found: Sequence[EnclosingScope]) -> Iterator[range]:
    """Yield the lines to show around some sorted lines: the widest definition that is not too wide, whole,
    and the first lines of those around it.
    """
    pending, stack = 0, list[EnclosingScope]()
    for line in lines:
        while pending < len(found) and found[pending].first <= line:
            while stack and stack[-1].last < found[pending].first:
                stack.pop()
            stack.append(found[pending])
            pending += 1
        while stack and stack[-1].last < line:
            stack.pop()
        for scope in stack:
            if scope.last - scope.first < WIDEST:
                yield range(scope.first, scope.last + 1)
                break
            yield range(scope.first, scope.header + 1)
