"""Finds patterns at their anchors: the work grows with the length of a text, whatever is in it."""

import re
from collections.abc import Iterator


def occurrences(text: str, literal: str) -> Iterator[int]:
    """Yield where a literal stands, without overlaps."""
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + len(literal))


def matches(text: str, anchor: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield where a pattern fits at its anchor; ``behind`` says which of those within a secret count."""
    at = text.find(anchor)
    while at >= 0:
        found = pattern.match(text, at)
        if found:
            yield found
        at = behind(text, anchor, found.span("secret"), found.end()) if found else after(text, anchor, at)


def after(text: str, anchor: str, at: int) -> int:
    """Return where an anchor stands next, -1 if nowhere."""
    return text.find(anchor, at + len(anchor))


def behind(text: str, anchor: str, secret: tuple[int, int], end: int) -> int:
    """Return where to go on behind a match: at the last anchor within its secret, else behind it all.

    A value that repeats its anchor a thousand times is looked at twice.
    """
    inner = text.rfind(anchor, *secret)
    return inner if inner >= 0 else text.find(anchor, end)
