"""Match patterns only at literal anchors, so that the work grows linearly with the length of a text."""

import re
from collections.abc import Iterator


def find_occurrences(text: str, literal: str) -> Iterator[int]:
    """Yield the position of each occurrence of a literal, without overlaps."""
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + len(literal))


def find_matches(text: str, anchor: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield each match of a pattern that starts at an anchor.

    ``next_anchor_after_match`` decides which anchors within a matched secret are tried too.
    """
    at = text.find(anchor)
    while at >= 0:
        found = pattern.match(text, at)
        if found:
            yield found
        at = (
            next_anchor_after_match(text, anchor, found.span("secret"), found.end())
            if found
            else next_anchor(text, anchor, at)
        )


def next_anchor(text: str, anchor: str, at: int) -> int:
    """Return the position of the next anchor, or -1 if there is none."""
    return text.find(anchor, at + len(anchor))


def next_anchor_after_match(text: str, anchor: str, secret: tuple[int, int], end: int) -> int:
    """Return the anchor to try after a match: the last one within its secret, or else the first one after it.

    So a value that repeats its anchor a thousand times is examined only twice.
    """
    inner = text.rfind(anchor, *secret)
    return inner if inner >= 0 else text.find(anchor, end)
