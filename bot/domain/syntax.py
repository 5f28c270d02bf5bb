"""Parsing, kept from what would end the process."""

import re

from ast_grep_py import SgNode, SgRoot

# tree-sitter's YAML scanner keeps five bytes a level of block nesting in a buffer of 1,024, and the process
# is aborted when that is full: at 205 levels. Levels are distinct columns, so no more than 100 of them begin
# at an indentation of up to 100 columns, and the rest with indicators on one line.
_INDENTED = re.compile(r"(?:\A|[\r\n])[ \t]{100}")
_INDICATOR = re.compile(r"[-?:](?=\s)")
_MOST_ON_A_LINE = 64
# Matching takes time quadratic in the depth: 4,000 levels take five seconds.
_BRACKET = re.compile(r"[(\[{)\]}]")
_MOST_BRACKETS = 400


def parsed(text: str, language: str) -> SgNode | None:
    """Return the root of a text in one of ast-grep's languages; None if it must not be parsed."""
    return None if nested_too_deep(text, language) else SgRoot(text, language).root()


def nested_too_deep(text: str, language: str) -> bool:
    """Say whether a text is nested so deeply that parsing or matching it would take minutes, or abort."""
    if language == "yaml" and _yaml_too_deep(text):
        return True
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "([{" else max(0, depth - 1)
        if depth > _MOST_BRACKETS:
            return True
    return False


def _yaml_too_deep(text: str) -> bool:
    return _INDENTED.search(text) is not None or any(
        len(_INDICATOR.findall(line)) > _MOST_ON_A_LINE for line in text.split("\n")
    )
