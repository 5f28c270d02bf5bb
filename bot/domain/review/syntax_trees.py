"""Parse source code, but refuse text that would abort the process or take minutes."""

import re

from ast_grep_py import SgNode, SgRoot

# tree-sitter's YAML scanner stores five bytes for each level of block nesting in a buffer of 1,024. It aborts
# the process when that is full, at 205 levels. Levels have distinct columns, so at most 100 of them start at
# an indentation of up to 100 columns. The others start with indicators on one line.
_INDENTED = re.compile(r"(?:\A|[\r\n])[ \t]{100}")
_INDICATOR = re.compile(r"[-?:](?=\s)")
_MOST_ON_A_LINE = 64
# Matching takes time quadratic in the depth: five seconds for 4,000 levels.
_BRACKET = re.compile(r"[(\[{)\]}]")
_MOST_BRACKETS = 400


# Before each comment and each continued line, tree-sitter's Python scanner looks ahead over all following
# comments, blank lines and continued lines. That takes 4 ns per character each time.
_MOST_LOOKAHEAD = 500_000_000


def parse_source(text: str, language: str) -> SgNode | None:
    """Return the root of a text in one of ast-grep's languages, or None if it must not be parsed."""
    return SgRoot(text, language).root() if why_not_parsed(text, language) is None else None


def why_not_parsed(text: str, language: str) -> str | None:
    """Return why a text must not be parsed, as worded in a report, or None if it may be.

    Parsing or matching it would take minutes, or abort the process.
    """
    if (language == "yaml" and _is_yaml_too_deep(text)) or _are_brackets_too_deep(text):
        return "nested too deeply to be parsed"
    if language == "python" and _count_lookahead(text) > _MOST_LOOKAHEAD:
        return "too many comments or continued lines in a row to be parsed"
    return None


def _are_brackets_too_deep(text: str) -> bool:
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = depth + 1 if bracket[0] in "([{" else max(0, depth - 1)
        if depth > _MOST_BRACKETS:
            return True
    return False


def _count_lookahead(text: str) -> int:
    """Return how many characters the Python scanner looks at, counting each repetition."""
    total = lines = characters = 0
    for line in text.split("\n"):
        code = line.strip()
        if code and code != "\\" and not code.startswith("#"):
            total += lines * characters
            lines = characters = 0
        else:
            lines += bool(code)
            characters += len(line) + 1
    return total + lines * characters


def _is_yaml_too_deep(text: str) -> bool:
    return _INDENTED.search(text) is not None or any(
        len(_INDICATOR.findall(line)) > _MOST_ON_A_LINE for line in text.split("\n")
    )
