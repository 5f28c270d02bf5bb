"""Find the functions and classes around lines of code."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from ast_grep_py import Config, SgNode

from bot.domain.review.signals import detect_language
from bot.domain.review.syntax_trees import parse_source

WHOLE_SCOPE_LINES = 60  # lines; of a longer function or class, only the first lines are shown
HEADER_LINES = 5  # maximum lines shown of a longer one: decorators and signature

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
    """A definition from line ``first`` to ``last``. Its header ends at line ``header``. All are 1-based."""

    first: int
    last: int
    header: int


def find_scopes(path: str, content: str) -> list[EnclosingScope]:
    """List a file's definitions that span several lines, outer ones first.

    The list is empty for a file that cannot be parsed.
    """
    language = detect_language(path, content)
    root = parse_source(content, language) if language else None
    if language is None or root is None:
        return []
    nodes = root.find_all(cast("Config", {"rule": {"any": _KINDS[language]}}))
    scopes = {_make_scope(node) for node in nodes}
    return sorted(
        (scope for scope in scopes if scope.last > scope.first), key=lambda scope: (scope.first, -scope.last)
    )


def _make_scope(node: SgNode) -> EnclosingScope:
    place, body = node.range(), node.field("body")
    first = place.start.line + 1
    last = place.end.line + (place.end.column > 0)
    header = body.range().start.line if body else first
    return EnclosingScope(first, last, max(first, min(header, first + HEADER_LINES - 1)))


def scopes_around(lines: Iterable[int], scopes: Sequence[EnclosingScope]) -> Iterator[range]:
    """Yield the ranges of lines to show around some sorted lines.

    For each line, these are the largest enclosing definition that is not too long, and the headers of the
    longer definitions around that.
    """
    next_scope, open_scopes = 0, list[EnclosingScope]()
    for line in lines:
        while next_scope < len(scopes) and scopes[next_scope].first <= line:
            while open_scopes and open_scopes[-1].last < scopes[next_scope].first:
                open_scopes.pop()
            open_scopes.append(scopes[next_scope])
            next_scope += 1
        while open_scopes and open_scopes[-1].last < line:
            open_scopes.pop()
        for scope in open_scopes:
            if scope.last - scope.first < WHOLE_SCOPE_LINES:
                yield range(scope.first, scope.last + 1)
                break
            yield range(scope.first, scope.header + 1)
