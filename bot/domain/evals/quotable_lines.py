"""The lines of a case, as a model could quote them."""

from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from bot.domain.evals.cases import Case, Place, SideName

_SHORTEST = 6  # non-blank characters; the reading doesn't look for shorter quotes
_LONGEST = 3  # lines

Line = tuple[SideName, str, int]
"""A side, a path and a 1-based number."""


class QuotedLine(NamedTuple):
    """A quote, its path and side, and the line at which it begins."""

    path: str
    side: SideName
    line: int
    quote: str

    @property
    def start(self) -> Line:
        """The line at which the quote begins."""
        return self.side, self.path, self.line


def quote_place(case: Case, places: Sequence[Place], avoid: Collection[Line] = ()) -> QuotedLine | None:
    """Quote the first changed line at one of the places. Use ``avoid`` only if all are in it."""
    lines = [
        (place.side, place.path, number)
        for place in places
        for number in sorted(case.lines(place) & changed_lines(case, place.side, place.path))
    ]
    for side, path, number in sorted(lines, key=lambda line: line in avoid):
        if quote := _quote_unambiguously(case, side, path, number):
            return QuotedLine(path, side, number, quote)
    return None


def quotable_lines(case: Case) -> list[QuotedLine]:
    """List all that a model could quote, in the order of paths: what was added, then what was removed."""
    sides: tuple[tuple[SideName, Collection[str]], ...] = (("head", case.head), ("base", case.base))
    return [
        QuotedLine(path, side, number, quote)
        for side, paths in sides
        for path in sorted(paths)
        for number in sorted(changed_lines(case, side, path))
        if (quote := _quote_unambiguously(case, side, path, number))
    ]


def changed_lines(case: Case, side: SideName, path: str) -> frozenset[int]:
    """Return the 1-based numbers of a file's lines that were removed (base) or added (head)."""
    before, after = ((case.text(name, path) or "").split("\n") for name in ("base", "head"))
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = (code for code in codes if code[0] != "equal")
    spans = ((start, end) if side == "base" else (new, last) for _, start, end, new, last in changed)
    return frozenset(number for start, end in spans for number in range(start + 1, end + 1))


def _quote_unambiguously(case: Case, side: SideName, path: str, number: int) -> str | None:
    """Return a line, with as many after it as make it unique in its file; None if nothing does."""
    text = case.text(side, path) or ""
    lines = text.split("\n")
    for length in range(1, _LONGEST + 1):
        quote = _cut_before_key(case, "\n".join(lines[number - 1 : number - 1 + length]))
        if len("".join(quote.split())) >= _SHORTEST and text.count(quote) == 1:
            return quote
    return None


def _cut_before_key(case: Case, quote: str) -> str:
    """Return the part of a quote before a planted key, because a model never sees the key itself."""
    for key in _planted_keys(case):
        quote = quote.partition(key)[0]
    return quote


def _planted_keys(case: Case) -> Iterator[str]:
    return ("".join(planted.pieces) for planted in case.definition.planted)
