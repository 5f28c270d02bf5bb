"""Extract the code of a Jupyter notebook, with the position of each piece in the notebook's own text.

The format is nbformat 4: https://nbformat.readthedocs.io/en/latest/format_description.html. Versions 3 and
older have worksheets or other names for a cell's code. A notebook must not count as read if it might run code
that signals have not seen. So anything unclear is refused with a reason.
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

# JSON writes two escapes for a character beyond the basic multilingual plane.
_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<code>[0-9a-fA-F]{4})|(?P<letter>.))",
    re.DOTALL,
)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
# A line, or an assigned value, in the kernel's own syntax rather than the language's.
_MAGIC = re.compile(r"^([ \t]*(?=[%!?])|[\w., \t]{1,200}=[ \t]*(?=[%!]))[%!?]", re.MULTILINE)
Piece = tuple[str, int, int]
T = TypeVar("T")

_CODE_KEYS = ("source", "input", "code")  # keys of nbformat 4, of 2 and 3, and of 1


@dataclass(frozen=True, slots=True)
class NotebookCode:
    """A notebook's code cells as one text.

    ``places`` maps the text to the notebook, piece by piece: the piece's offset in the text, its offset in
    the notebook, and its length in the notebook if it is an escape, else 0.
    """

    language: str
    text: str
    places: tuple[tuple[int, int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the notebook's span for a span of the code. An escape at its end is included whole."""
        first, size = self._locate(start)
        last, escape = self._locate(max(start, end - 1))
        # A span over two cells may end before it starts, because the notebook may order the cells
        # differently.
        return (first, last + (escape or 1)) if last >= first else (first, first + (size or 1))

    def _locate(self, offset: int) -> tuple[int, int]:
        code_start, notebook_start, escape = self.places[bisect_right(self.places, (offset, 1 << 62, 0)) - 1]
        return notebook_start + offset - code_start, escape


class UnclearKernelError(Exception):
    """It is unclear which code a notebook runs. The report shows the message as the reason."""


def notebook_code(text: str) -> NotebookCode | None:
    """Return a notebook's code, or None if it has no readable code.

    Cells in another language (``%%bash``) are left out. A line of magic becomes a comment.
    """
    return _read_notebook(text)[0]


def notebook_fault(text: str) -> str | None:
    """Return why a notebook's code is unreadable, as worded in a report, or None if nothing is unreadable."""
    return _read_notebook(text)[1]


@lru_cache(maxsize=2)  # a file is read three times: for its fault, its signals and its stacks
def _read_notebook(text: str) -> tuple[NotebookCode | None, str | None]:
    try:
        code = _extract_code(text)
    except UnclearKernelError as why:
        return None, str(why)
    why_not = why_not_parsed(code.text, code.language) if code else None
    return (None, why_not) if why_not else (code, None)


def _extract_code(text: str) -> NotebookCode | None:
    document = _parse_document(text)
    cells = [list(_split_into_pieces(text, _source_texts(cell))) for cell in _code_cells(document)]
    if not any(cells):
        return None
    language = kernel_language(document.get("metadata"))
    if language is None:
        raise UnclearKernelError("its metadata names more than one language")
    return _join_cells(language, cells) if language else None


def _parse_document(text: str) -> dict[str, Any]:
    if not text.strip("\ufeff \t\r\n"):
        return {}
    try:
        document = parse_with_places(text)
    except RecursionError:
        raise UnclearKernelError("nested too deeply to be parsed") from None
    except ValueError:
        raise UnclearKernelError("not valid JSON") from None
    return _require_type(document, dict)


def _code_cells(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    cells = _require_type(document.get("cells", []), list)
    for sheet in _require_type(document.get("worksheets", []), list):
        below = _require_type(_require_type(sheet, dict).get("cells", []), list)
        if cells and below:
            raise UnclearKernelError("it has cells in two formats")
        yield from _only_code(below)
    yield from _only_code(cells)


def _only_code(cells: list[Any]) -> Iterator[dict[str, Any]]:
    yield from (cell for cell in cells if _require_type(cell, dict).get("cell_type") == "code")


def _require_type(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise UnclearKernelError("not structured like a notebook")
    return value


def _source_texts(cell: dict[str, Any]) -> Sequence[PlacedText]:
    """Return the strings that make up a cell's code."""
    keys = [key for key in _CODE_KEYS if key in cell]
    if len(keys) > 1:
        raise UnclearKernelError("a code cell contains its code twice")
    source = cell[keys[0]] if keys else []
    texts = source if isinstance(source, list) else [source]
    return [_require_type(text, PlacedText) for text in texts]


def _split_into_pieces(text: str, source: Sequence[PlacedText]) -> Iterator[Piece]:
    """Yield the pieces of a source, each with its offset and, for an escape, its length in the notebook."""
    for string in source:
        at = string.start
        for escape in _ESCAPE.finditer(text, string.start, string.end):
            if escape.start() > at:
                yield text[at : escape.start()], at, 0
            yield _decode_escape(escape), escape.start(), len(escape[0])
            at = escape.end()
        if at < string.end:
            yield text[at : string.end], at, 0


def _decode_escape(escape: re.Match[str]) -> str:
    """Return the character of an escape, or U+FFFD for half of a surrogate pair."""
    if escape["high"]:
        return chr(0x10000 + ((int(escape["high"], 16) & 0x3FF) << 10) + (int(escape["low"], 16) & 0x3FF))
    if escape["code"]:
        code = int(escape["code"], 16)
        return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code < 0xE000 else chr(code)
    return _ESCAPED.get(escape["letter"], escape["letter"])


def _join_cells(language: str, cells: list[list[Piece]]) -> NotebookCode | None:
    """Join the cells into one text. Cells that would swallow the code after them are put at the end.

    The kernel runs each cell separately, so a string left open in one cell must not hide the others.
    """
    ordered = [(_cell_text(cell), cell) for cell in cells]
    if language == "python":
        kept = [_remove_measuring_magic(code, cell) for code, cell in ordered if not runs_elsewhere(code)]
        ordered = [(_MAGIC.sub(r"\1#", _cell_text(cell)), cell) for cell in kept]
    if len(ordered) > 1:
        ordered.sort(key=lambda code_and_cell: _swallows_what_follows(code_and_cell[0], language))
    starts = accumulate((len(code) + 2 for code, _ in ordered), initial=0)
    places: list[tuple[int, int, int]] = []
    for cell_start, (_, cell) in zip(starts, ordered, strict=False):
        piece_starts = accumulate((len(piece) for piece, _, _ in cell), initial=cell_start)
        places += [
            (start, place, escape) for start, (_, place, escape) in zip(piece_starts, cell, strict=False)
        ]
    if not places:
        return None
    return NotebookCode(language, "".join(f"{code}\n\n" for code, _ in ordered), tuple(places))


def _cell_text(cell: list[Piece]) -> str:
    return "".join(piece for piece, _, _ in cell)


def _remove_measuring_magic(code: str, cell: list[Piece]) -> list[Piece]:
    """Remove the line magics in front of statements that Python runs."""
    cuts = [found.span("magic") for found in MEASURED.finditer(code)]
    return list(_pieces_outside(cell, cuts)) if cuts else cell


def _pieces_outside(cell: list[Piece], cuts: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the pieces of a cell that are outside the given sorted spans."""
    ends, next_cut = accumulate(len(piece) for piece, _, _ in cell), 0
    for (piece, place, escape), end in zip(cell, ends, strict=True):
        start = at = end - len(piece)
        while next_cut < len(cuts) and cuts[next_cut][0] < end:
            if cuts[next_cut][0] > at:
                yield piece[at - start : cuts[next_cut][0] - start], place + at - start, escape
            at = min(cuts[next_cut][1], end)
            if cuts[next_cut][1] > end:
                break
            next_cut += 1
        if at < end:
            yield piece[at - start :], place + at - start, escape


_NEXT = "sensei"  # an ordinary statement in Python, JavaScript and shells


def _swallows_what_follows(code: str, language: str) -> bool:
    root = parse_source(f"{code}\n\n{_NEXT}\n", language)
    last = root.children()[-1:] if root else []
    return not last or last[0].text().strip() != _NEXT
