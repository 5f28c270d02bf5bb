r"""Find an anchor's text in code that may have been moved, renamed or reformatted since.

White space never counts. Neither does what a formatter changes: the kind of quotation marks, a comma before a
closing bracket, and a semicolon at the end of a line. Only whole words match: ``timeout=3`` is not found in
``timeout=30``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bot.domain.review.citations import MOST_CHARACTERS

_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")
_LOOSE = re.compile(r",(?=\s*[)\]}])|;(?=[ \t\r]*$)", re.MULTILINE)
_LEAST = 3  # characters of a line on its own; a closing bracket would match anywhere
_MOST_LINES = 40  # of a quote, which are searched for on their own


def prepare_code(text: str) -> str:
    """Return code without what a formatter may change, but with its white space."""
    return _LOOSE.sub("", text.replace("'", '"').replace("`", '"'))


@dataclass(frozen=True)
class CodePattern:
    """A quote or one of its lines, ready to be searched for in prepared code.

    ``parts`` are its texts without white space; a redacted secret, whatever it is now, is between two parts.
    """

    parts: tuple[str, ...]
    is_cut: bool = False

    def find(self, text: str, bare: str) -> Iterator[tuple[int, int]]:
        """Yield the spans in a prepared text, which is also given without its white space."""
        if self.occurs_in(bare):  # the expression is slow, and mostly not needed
            yield from (found.span() for found in self._expression.finditer(text))

    def occurs_in(self, bare: str) -> bool:
        """Say whether all parts are in a text without white space, in any order. This is quick."""
        return all(part in bare for part in self.parts)

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        first, last = self.parts[0][0], self.parts[-1][-1]
        before = r"(?<!\w)" if re.fullmatch(r"\w", first) else ""
        after = r"(?!\w)" if re.fullmatch(r"\w", last) and not self.is_cut else ""
        *firsts, end = (r"\s*".join(map(re.escape, part)) for part in self.parts)
        # Each group is atomic: trying every other place for each of many secrets would take for ever.
        start, *rest = [*firsts, end + after]
        return re.compile(before + start + "".join(rf"(?>[^\n]{{0,200}}?{part})" for part in rest))


def make_patterns(quote: str) -> tuple[CodePattern, ...]:
    """Return the pattern of a whole quote, and then those of its lines that say enough on their own."""
    whole = _make_pattern(quote, is_cut=len(quote) >= MOST_CHARACTERS)
    if whole is None:
        return ()
    *before, last = quote.split("\n")
    lines = [*map(_make_pattern, before[:_MOST_LINES]), _make_pattern(last, is_cut=whole.is_cut)]
    spoken = [line for line in lines if line and sum(map(len, line.parts)) >= _LEAST]
    return (whole, *(line for line in spoken if line != whole))


def _make_pattern(text: str, *, is_cut: bool = False) -> CodePattern | None:
    pieces = _MARK.split(prepare_code(text))
    parts = ["".join(piece.split()) for piece in pieces]
    parts[-1] = parts[-1].rstrip(",")  # a formatter takes it away when a bracket follows
    filled = tuple(part for part in parts if part)
    return CodePattern(filled, is_cut) if filled else None
