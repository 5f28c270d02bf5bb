"""Leave out changes that only move code over other lines."""

import re
from collections.abc import Iterator

from bot.domain.review.diff import FileDiff, HunkLine, LineKind

_LAYOUT = re.compile(rb"[\s(),;\\]+")


def altered_lines(file: FileDiff) -> Iterator[HunkLine]:
    """Yield the added and removed lines, except those of hunks that spread the same code over other lines.

    With the same number of lines, a change of spaces counts: in Python, it can move a line to another block.
    """
    for hunk in file.hunks:
        removed, added = (
            [line for line in hunk.lines if line.kind is kind] for kind in (LineKind.REMOVED, LineKind.ADDED)
        )
        if len(removed) == len(added) or _code(removed) != _code(added):
            yield from (*removed, *added)


def _code(lines: list[HunkLine]) -> bytes:
    return b"".join(_LAYOUT.sub(b"", line.text) for line in lines)
