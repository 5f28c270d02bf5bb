"""Tables and figures of an evaluation, for a terminal and as Markdown."""

from collections.abc import Iterable, Sequence

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.domain.evals.intervals import Tally
from bot.rendering.review.markdown import code
from bot.rendering.text.safe_text import visible


def rich_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """Return a table for rich. All columns but the first are numbers."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def pipe_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """Yield the lines of a Markdown table. All columns but the first are numbers."""
    yield f"| {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    for first, *rest in rows:
        yield f"| {code(first) if '_' in first else first} | {' | '.join(rest)} |"


def indent_remark(words: str) -> Padding:
    """Return a remark below the name of its case, with invisible characters escaped."""
    return Padding(Text(visible(words), "dim"), (0, 0, 0, 2))


def format_share(share: float | None) -> str:
    """Return a share as a percentage, or ``-``."""
    return "-" if share is None else f"{share:.0%}"


def format_interval(tally: Tally) -> str:
    """Return the interval of a share in percent, or ``-`` if nothing was counted."""
    low, high = tally.interval
    return f"{low:.0%}-{high:.0%}" if tally.of else "-"


def format_tally(tally: Tally) -> str:
    """Return a count such as ``3/4``."""
    return f"{tally.hits}/{tally.of}"


def tally_numbers(tally: Tally) -> dict[str, object]:
    """Return a count for JSON, with its share and interval."""
    low, high = tally.interval
    return {
        "hits": tally.hits,
        "of": tally.of,
        "share": None if tally.share is None else round(tally.share, 4),
        "interval": [round(low, 4), round(high, 4)],
    }
