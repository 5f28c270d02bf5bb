"""The code of a Jupyter notebook, and where each piece of it stands in the notebook's own text.

nbformat 4: https://nbformat.readthedocs.io/en/latest/format_description.html; 3 and older have worksheets, or
other names for a cell's code. A notebook that may run code which signals have not seen must not count as
read, so anything unclear is refused with a reason.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, TypeVar

from bot.domain.review.notebook_json import PlacedText, parse_with_places
from bot.domain.review.notebook_kernels import MEASURED, kernel_language, runs_elsewhere
from bot.domain.review.syntax_trees import parse_source, why_not_parsed

# Beyond the basic plane JSON writes two escapes for one character.
_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<code>[0-9a-fA-F]{4})|(?P<letter>.))",
    re.DOTALL,
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
# Where a line or what is assigned is the kernel's own, and not the language's.
_MAGIC = re.compile(r"^([ \t]*(?=[%!?])|[\w., \t]{1,200}=[ \t]*(?=[%!]))[%!?]", re.MULTILINE)
Piece = tuple[str, int, int]
T = TypeVar("T")

_CODE_KEYS = ("source", "input", "code")  # of nbformat 4, of 2 and 3, of 1


@dataclass(frozen=True, slots=True)
class NotebookCode:
    """A notebook's code cells as one text.

    ``places`` maps offsets of it to those of the notebook, piece by piece: where a piece begins here, there,
    and how long it is there if it is one escape (else 0).
    """

    language: str
    text: str
    places: tuple[tuple[int, int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the code stands in the notebook, the whole of an escape at its end."""
        first, size = self._place(start)
        last, escape = self._place(max(start, end - 1))
        # What spans two cells may end before it begins there: cells are not always in the notebook's order.
        return (first, last + (escape or 1)) if last >= first else (first, first + (size or 1))

    def _place(self, offset: int) -> tuple[int, int]:
        here, there, escape = self.places[bisect_right(self.places, (offset, 1 << 62, 0)) - 1]
        return there + offset - here, escape


class UnclearKernelError(Exception):
    """Which code a notebook runs cannot be told. The message says why, as a report shows it."""


def notebook_code(text: str) -> NotebookCode | None:
    """Return a notebook's code; None if it has none, or none that can be read.

    Cells that another language runs (``%%bash``) are left out; a line of magic becomes a comment.
    """
    return _read(text)[0]


def notebook_fault(text: str) -> str | None:
    """Say why a notebook's code cannot be read, as a report shows it; None if it can, or if it has none."""
    return _read(text)[1]


@lru_cache(maxsize=2)  # a file is asked for its fault, its signals and its stacks
def _read(text: str) -> tuple[NotebookCode | None, str | None]:
    try:
        code = _code(text)
    except UnclearKernelError as why:
        return None, str(why)
    why_not = why_not_parsed(code.text, code.language) if code else None
    return (None, why_not) if why_not else (code, None)


def _code(text: str) -> NotebookCode | None:
    document = _document(text)
    cells = [list(_pieces(text, _source(cell))) for cell in _code_cells(document)]
    if not any(cells):
        return None
    language = kernel_language(document.get("metadata"))
    if language is None:
        raise UnclearKernelError("its metadata names more than one language")
    return _joined(language, cells) if language else None


def _document(text: str) -> dict[str, Any]:
    if not text.strip("\ufeff \t\r\n"):
        return {}
    try:
        document = parse_with_places(text)
    except RecursionError:
        raise UnclearKernelError("nested too deeply to be parsed") from None
    except ValueError:
        raise UnclearKernelError("not valid JSON") from None
    return _checked(document, dict)


def _code_cells(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cells = _checked(document.get("cells", []), list)
    for sheet in _checked(document.get("worksheets", []), list):
        below = _checked(_checked(sheet, dict).get("cells", []), list)
        if cells and below:
            raise UnclearKernelError("it has cells in two formats")
        yield from _code_only(below)
    yield from _code_only(cells)


def _code_only(cells: list[Any]) -> Iterator[dict[str, Any]]:
    yield from (cell for cell in cells if _checked(cell, dict).get("cell_type") == "code")


def _checked(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise UnclearKernelError("not laid out like a notebook")
    return value


def _source(cell: dict[str, Any]) -> Sequence[PlacedText]:
    """Return the texts that make a cell's code."""
    keys = [key for key in _CODE_KEYS if key in cell]
    if len(keys) > 1:
        raise UnclearKernelError("a code cell has its code twice")
    source = cell[keys[0]] if keys else []
    texts = source if isinstance(source, list) else [source]
    return [_checked(one, PlacedText) for one in texts]


def _pieces(text: str, source: Sequence[PlacedText]) -> Iterator[Piece]:
    """Yield a source's text in pieces, each with its place, and with its length there if it is an escape."""
    for string in source:
        at = string.start
        for escape in _ESCAPE.finditer(text, string.start, string.end):
            if escape.start() > at:
                yield text[at : escape.start()], at, 0
            yield _meant(escape), escape.start(), len(escape[0])
            at = escape.end()
        if at < string.end:
            yield text[at : string.end], at, 0


def _meant(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; half of a pair alone stands for none."""
    if escape["high"]:
        return chr(0x10000 + ((int(escape["high"], 16) & 0x3FF) << 10) + (int(escape["low"], 16) & 0x3FF))
    if escape["code"]:
        code = int(escape["code"], 16)
        return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code < 0xE000 else chr(code)
    return _ESCAPED.get(escape["letter"], escape["letter"])


def _joined(language: str, cells: list[list[Piece]]) -> NotebookCode | None:
    """Put the cells together, last those that would swallow what comes after them.

    The kernel runs each cell by itself, so a string that one of them never ends hides none of the others.
    """
    whole = [(_text(cell), cell) for cell in cells]
    if language == "python":
        kept = [_without_measuring(code, cell) for code, cell in whole if not runs_elsewhere(code)]
        whole = [(_MAGIC.sub(r"\1#", _text(cell)), cell) for cell in kept]
    if len(whole) > 1:
        whole.sort(key=lambda one: _swallows(one[0], language))
    starts = accumulate((len(code) + 2 for code, _ in whole), initial=0)
    places: list[tuple[int, int, int]] = []
    for at, (_, cell) in zip(starts, whole, strict=False):
        here = accumulate((len(piece) for piece, _, _ in cell), initial=at)
        places += [(start, place, escape) for start, (_, place, escape) in zip(here, cell, strict=False)]
    return (
        NotebookCode(language, "".join(f"{code}\n\n" for code, _ in whole), tuple(places)) if places else None
    )


def _text(cell: list[Piece]) -> str:
    return "".join(piece for piece, _, _ in cell)


def _without_measuring(code: str, cell: list[Piece]) -> list[Piece]:
    """Leave out what stands before a statement that a line of magic runs."""
    cuts = [found.span("magic") for found in MEASURED.finditer(code)]
    return list(_outside(cell, cuts)) if cuts else cell


def _outside(cell: list[Piece], cuts: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the pieces of a cell that are in none of some spans, which are in order."""
    ends, n = accumulate(len(piece) for piece, _, _ in cell), 0
    for (piece, place, escape), end in zip(cell, ends, strict=True):
        start = at = end - len(piece)
        while n < len(cuts) and cuts[n][0] < end:
            if cuts[n][0] > at:
                yield piece[at - start : cuts[n][0] - start], place + at - start, escape
            at = min(cuts[n][1], end)
            if cuts[n][1] > end:
                break
            n += 1
        if at < end:
            yield piece[at - start :], place + at - start, escape


_NEXT = "sensei"  # an ordinary statement in Python, JavaScript and a shell


def _swallows(code: str, language: str) -> bool:
    root = parse_source(f"{code}\n\n{_NEXT}\n", language)
    last = root.children()[-1:] if root else []
    return not last or last[0].text().strip() != _NEXT
