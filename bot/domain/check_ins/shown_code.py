"""Which lines a check-in shows: a whole statement, or what has taken the place of lines that are gone.

It goes by brackets and indentation, so it works in any language, and parses nothing.
"""

from collections.abc import Sequence

MOST_SHOWN = 12
"""Lines that are shown at most, unless the place itself has more."""
FEW, SEVERAL = 4, 6
"""With fewer lines, some around them are shown: usually, and where something has changed."""
_AROUND, _MORE = 3, 5  # lines before and after, and how many more to complete a statement
_FAR = 40  # lines in which an unchanged line is looked for
_LEAST_OF_A_LINE = 6  # characters: shorter lines are in many places
_OPENING, _CLOSING = "([{", ")]}"

Span = tuple[int, int]
"""The first and the last of some lines, counted from 0, both included."""


def widen(text: str, first: int, last: int, few: int = FEW) -> tuple[int, int]:
    """Return the lines (1-based) to show for a place: its statement or block.

    If these are fewer than ``few`` lines, some around them are shown too.
    """
    lines = text.split("\n")
    span = _balance(lines, (first - 1, min(last, len(lines)) - 1))
    while (block := _find_block(lines, span)) is not None and block != span:
        span = block
    if _length(span) < few and _length(wider := _add_around(lines, span)) <= MOST_SHOWN:
        span = wider
    return span[0] + 1, span[1] + 1


def find_replacement(before: str, first: int, last: int, now: str) -> tuple[int, int] | None:
    """Return the lines (1-based) of a newer text that took the place of some lines, or None.

    They are between the nearest unchanged lines. None: nothing took their place, or it can't be told.
    """
    old, new = before.split("\n"), now.split("\n")
    above = _find_unchanged(old, new, range(first - 2, max(-1, first - 2 - _FAR), -1))
    below = _find_unchanged(old, new, range(last, min(len(old), last + _FAR)))
    is_far = (above is None and first - 1 > _FAR) or (below is None and len(old) - last > _FAR)
    if is_far:
        return None
    old_start, start = above or (-1, -1)
    old_end, end = below or (len(old), len(new))
    if not start < end:
        return None
    # What is changed close by, but not in the place itself, is left out.
    start, old_start = start + 1, old_start + 1
    while start < end and old_start < first - 1 and new[start] == old[old_start]:
        start, old_start = start + 1, old_start + 1
    while start < end and old_end > last and new[end - 1] == old[old_end - 1]:
        end, old_end = end - 1, old_end - 1
    span = _trim(new, (start, end - 1))
    if span is None or _length(span) > MOST_SHOWN:
        return None
    return span[0] + 1, span[1] + 1


def _find_unchanged(old: Sequence[str], new: Sequence[str], numbers: range) -> Span | None:
    """Return the first line, of some of the old ones, that is once in both, by its numbers in both."""
    for number in numbers:
        line = old[number]
        if len(line.strip()) >= _LEAST_OF_A_LINE and old.count(line) == 1 and new.count(line) == 1:
            return number, new.index(line)
    return None


def _find_block(lines: Sequence[str], span: Span) -> Span | None:
    """Return the next larger block, with the line that opens it, or None if it's too long."""
    depth = min(_indent(lines[number]) for number in range(span[0], span[1] + 1) if lines[number].strip())
    first, last = span
    while first > 0 and (not lines[first].strip() or _indent(lines[first]) >= depth):
        first -= 1
        if last - first >= MOST_SHOWN:
            return None
    while last + 1 < len(lines) and (not lines[last + 1].strip() or _indent(lines[last + 1]) >= depth):
        last += 1
        if last - first >= MOST_SHOWN:
            return None
    block = _trim(lines, _balance(lines, (first, last)))
    return block if block is not None and _length(block) <= MOST_SHOWN else None


def _add_around(lines: Sequence[str], span: Span) -> Span:
    """Return some lines with a few of the same block before and after, none of which is half a statement."""
    depth = min(_indent(lines[number]) for number in range(span[0], span[1] + 1) if lines[number].strip())
    first, last = span
    while first > max(0, span[0] - _AROUND) and _is_in(lines[first - 1], depth):
        first -= 1
    while last < min(len(lines) - 1, span[1] + _AROUND) and _is_in(lines[last + 1], depth):
        last += 1
    starts = (*range(first, max(-1, first - _MORE - 1), -1), *range(first + 1, span[0]))
    ends = (*range(last, min(len(lines), last + _MORE + 1)), *range(last - 1, span[1], -1))
    first = next((n for n in starts if not _count_open("\n".join(lines[n : span[1] + 1]))[0]), span[0])
    last = next((n for n in ends if not _count_open("\n".join(lines[span[0] : n + 1]))[1]), span[1])
    return _trim(lines, (first, last)) or span


def _is_in(line: str, depth: int) -> bool:
    return not line.strip() or _indent(line) >= depth


def _balance(lines: Sequence[str], span: Span) -> Span:
    """Return some lines with as many more as it takes to close and open all brackets, if these are few."""
    first, last = span
    while last - first < MOST_SHOWN:
        closing, opening = _count_open("\n".join(lines[first : last + 1]))
        if closing and first > 0:
            first -= 1
        elif opening and last + 1 < len(lines):
            last += 1
        else:
            return first, last
    return span


def _count_open(text: str) -> tuple[int, int]:
    """Return how many brackets are closed that weren't opened, and how many are left open."""
    closing = opening = 0
    for character in text:
        if character in _OPENING:
            opening += 1
        elif character in _CLOSING:
            closing += not opening
            opening = max(0, opening - 1)
    return closing, opening


def _trim(lines: Sequence[str], span: Span) -> Span | None:
    """Return some lines without the blank ones at their ends, or None if all are blank."""
    first, last = span
    while first <= last and not lines[first].strip():
        first += 1
    while last >= first and not lines[last].strip():
        last -= 1
    return (first, last) if first <= last else None


def _length(span: Span) -> int:
    return span[1] - span[0] + 1


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
