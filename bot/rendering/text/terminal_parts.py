"""Parts that every page for a terminal is made of. Places (``path:line``) are never broken across lines."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

_INDENT = "    "


def title(words: str) -> Iterator[RenderableType]:
    """Yield the heading of a section."""
    yield Text()
    yield Rule(Text(words, "bold"), align="left", style="dim", characters="─")


def item(mark: str | Text, text: Text) -> RenderableType:
    """Return a text with a mark before it. Wrapped lines are indented to the right of the mark."""
    grid = Table.grid(padding=0)
    grid.add_column(no_wrap=True, width=len(_INDENT))
    grid.add_column(ratio=1)
    grid.add_row(mark, text)
    return grid


def below(text: Text) -> RenderableType:
    """Return a text indented to continue an ``item``."""
    return Padding(text, (0, 0, 0, len(_INDENT)))


class Places:
    """Places or paths after a label, indented like ``below``. A line ends only between two of them.

    A place that is longer than a line stays whole, so that it can be copied. At most ``most`` are listed; the
    others are counted.
    """

    def __init__(self, places: Sequence[str], most: int, label: str = "", style: str = "dim") -> None:
        self._parts = _with_commas(places, most)
        self._label = label
        self._style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        label = [self._label] if self._label else []
        for line in _fill([*label, *self._parts], _INDENT, options.max_width):
            yield _whole_line(line, self._style)


class Reason:
    """A sentence with a mark of four characters before it. A long word in it, such as a path, stays whole."""

    def __init__(self, mark: str, text: str) -> None:
        self._mark = mark
        self._words = text.split(" ")

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in _fill(self._words, self._mark, options.max_width):
            yield _whole_line(line, "")


class CodeLines:
    """Lines of code behind a bar, which is repeated where a long line wraps.

    Each line is its number or an empty text, the code, and whether it is one of the lines that are meant. If
    there are any others, a ``>`` marks those.
    """

    def __init__(self, lines: Sequence[tuple[str, str, bool]]) -> None:
        self._lines = lines
        self._digits = max(len(number) for number, _, _ in lines)
        self._marked = not all(meant for _, _, meant in lines)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        gap = " " if self._digits else ""
        width = max(1, options.max_width - len(_INDENT) - self._digits - len(gap) - 2)
        for number, code, meant in self._lines:
            mark = "  > " if meant and self._marked else _INDENT
            for part in wrap(code.expandtabs(4), width):
                yield _whole_line(f"{mark}{number:>{self._digits}}{gap}│ {part}", "" if meant else "dim")
                mark, number = _INDENT, ""  # noqa: PLW2901 - only the first part of a line has them


def wrap(line: str, width: int) -> Iterator[str]:
    """Yield a line in parts of at most ``width`` cells, cut between words. A longer word is cut anywhere."""
    while len(line) > 1 and cell_len(line) > width:
        # The first part is empty if not even one wide character fits.
        part = next(filter(None, chop_cells(line, width)))
        between_words = part.rfind(" ") + 1
        if line[len(part) :].startswith(" "):
            pass
        elif part[:between_words].strip():
            part = part[:between_words]
        elif between_words:
            line = line.lstrip(" ")  # a word that does not fit behind its indentation
            continue
        yield part.rstrip()
        line = line[len(part) :].lstrip(" ")
    yield line


def _fill(parts: Sequence[str], first: str, width: int) -> Iterator[str]:
    """Yield lines with as many whole parts as fit; ``first`` begins the first line, spaces the others."""
    line, begun = first, False
    for part in parts:
        longer = f"{line} {part}" if begun else line + part
        if begun and cell_len(longer) > width:
            yield line
            longer = _INDENT + part
        line, begun = longer, True
    yield line


def _with_commas(places: Sequence[str], most: int) -> list[str]:
    more = len(places) - most
    shown = [f"{place}," for place in places[:most]]
    if shown:
        shown[-1] = shown[-1][:-1]
    return [*shown, f"and {more:,} more"] if more > 0 else shown


def _whole_line(text: str, style: str) -> Text:
    return Text(text, style, no_wrap=True, overflow="ignore")
