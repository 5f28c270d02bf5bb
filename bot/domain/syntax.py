"""Parsing, kept from what would end the process."""

import re

from ast_grep_py import SgNode, SgRoot

# tree-sitter's YAML scanner keeps five bytes a level of block nesting in a buffer of 1,024, and the process
# is aborted when that is full: at 205 levels. Levels are distinct columns, so no more than 100 of them begin
# at an indentation of up to 100 columns, and the rest with indicators on one line.
_INDENTED = re.compile(r"(?:\A|[\r\n])[ \t]{100}")
_INDICATOR = re.compile(r"[-?:](?=\s)")
_MOST_ON_A_LINE = 64


def parsed(text: str, language: str) -> SgNode | None:
    """Return the root of a text in one of ast-grep's languages; None if it must not be parsed."""
    if language == "yaml" and _nested_too_deep(text):
        return None
    return SgRoot(text, language).root()


def _nested_too_deep(text: str) -> bool:
    return _INDENTED.search(text) is not None or any(
        len(_INDICATOR.findall(line)) > _MOST_ON_A_LINE for line in text.split("\n")
    )
