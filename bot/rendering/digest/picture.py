"""A sensei's picture: participants and criteria over time, for a phone.

Each participant has a row, each criterion a column. A cell has a bar for each week: dark is the share of
checks that are met, hatched the share that is partly met. More than twenty participants, or more than twelve
criteria, continue below, under headings of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.digest.progress import (
    Change,
    CriterionProgress,
    ParticipantProgress,
    ProgressGrid,
    ShownCriterion,
)
from bot.rendering.digest.picture_canvas import (
    DARK,
    FAINT,
    GATE,
    INK,
    LIGHT,
    LINE,
    MARK,
    TITLE,
    WHITE,
    WIDTH,
    Canvas,
    fits,
    measure,
)
from bot.rendering.digest.picture_labels import PersonLabel, label_people, shorten_title

T = TypeVar("T")
_MARGIN, _GAP = 10.0, 8.0
_MOST_ROWS, _MOST_COLUMNS = 20, 12
_LONGEST_NAME, _WIDEST_CELL = 96.0, 40.0
_LONGEST_TITLE = 142.0
_HEADING = 108.0
_TOP, _LEGEND = 30.0, 93.0
_LEAST_SLOTS = 4
"""The bars of a cell are at most a quarter of its width."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A part of the grid under its own headings, from ``top`` on. ``columns`` are positions of criteria."""

    top: float
    columns: Sequence[int]
    rows: Sequence[tuple[PersonLabel, ParticipantProgress]]


@dataclass(frozen=True, slots=True)
class _Layout:
    names: float
    cell: float
    row: float
    pages: Sequence[_Page]
    height: float


def label_rows(grid: ProgressGrid) -> tuple[PersonLabel, ...]:
    """Return how the picture names its participants, in the order of its rows."""
    return label_people([row.name for row in grid.rows], fits(_LONGEST_NAME))


def draw_progress(grid: ProgressGrid) -> bytes:
    """Return the picture of a grid, as a PNG."""
    layout = _lay_out(grid)
    canvas = Canvas(layout.height)
    week = f"{grid.week:%a} {grid.week.day} {grid.week:%b %Y}"
    canvas.text((_MARGIN, 21), f"Evidence on {week}", size=TITLE, bold=True)
    for page in layout.pages:
        _draw_page(canvas, grid, layout, page)
    _draw_legend(canvas, layout.height - _LEGEND, grid.weeks)
    return canvas.png()


def _lay_out(grid: ProgressGrid) -> _Layout:
    labels = label_rows(grid)
    names = max((measure(label.text) for label in labels), default=0.0) + _GAP
    columns = _split(range(len(grid.criteria)), _MOST_COLUMNS)
    most_columns = max((len(chunk) for chunk in columns), default=1)
    names = max(names, _LONGEST_TITLE * 0.7071 - 12)  # the first heading begins above the names
    cell = min((WIDTH - 2 * _MARGIN - names) / most_columns, _WIDEST_CELL)
    row = _find_row_height(len(grid.rows))
    pages, top = [], _TOP
    for rows in _split(list(zip(labels, grid.rows, strict=True)), _MOST_ROWS):
        for chunk in columns:
            pages.append(_Page(top, chunk, rows))
            top += _HEADING + row * len(rows) + _GAP
    return _Layout(names, cell, row, pages, top + _LEGEND)


def _split(items: Sequence[T], most: int) -> list[Sequence[T]]:
    return [items[start : start + most] for start in range(0, len(items), most)]


def _find_row_height(rows: int) -> float:
    if rows <= 3:
        return 44.0
    return 34.0 if rows <= 12 else 26.0


def _draw_page(canvas: Canvas, grid: ProgressGrid, layout: _Layout, page: _Page) -> None:
    top = page.top + _HEADING
    bottom = top + layout.row * len(page.rows)
    for place, column in enumerate(page.columns):
        left = _MARGIN + layout.names + place * layout.cell
        _draw_heading(canvas, grid.criteria[column], (left + layout.cell / 2, top), bottom, layout.cell)
    for number, (label, row) in enumerate(page.rows):
        y = top + number * layout.row
        canvas.line((_MARGIN, y), (WIDTH - _MARGIN, y))
        canvas.text((_MARGIN, y + layout.row / 2), label.text, anchor="lm")
        for place, column in enumerate(page.columns):
            left = _MARGIN + layout.names + place * layout.cell
            _draw_cell(canvas, row.cells[column], (left, y), layout, grid.weeks)
    canvas.line((_MARGIN, bottom), (WIDTH - _MARGIN, bottom))


def _draw_heading(
    canvas: Canvas, criterion: ShownCriterion, foot: tuple[float, float], bottom: float, cell: float
) -> None:
    x, top = foot
    if criterion.gate:
        canvas.box((x - cell / 2, top, x + cell / 2, bottom), GATE)
        canvas.diamond((x, top - 7), 9)
    title = shorten_title(criterion.title, fits(_LONGEST_TITLE))
    canvas.slanted_text((x - 2, top - (15 if criterion.gate else 6)), title, bold=criterion.gate)


def _draw_cell(
    canvas: Canvas, cell: CriterionProgress, corner: tuple[float, float], layout: _Layout, weeks: int
) -> None:
    left, top = corner[0] + 2, corner[1] + 3
    right, bottom = corner[0] + layout.cell - 2, corner[1] + layout.row - 3
    if not cell.applies:
        canvas.line((left + 4, bottom - 2), (right - 4, top + 2), FAINT)
        return
    moved = cell.change is not Change.NONE
    canvas.box((left, top, right, bottom), WHITE, MARK if moved else LINE, 1.5 if moved else 1)
    slots = max(weeks, _LEAST_SLOTS)
    slot = (right - left - 4) / slots
    for place, share in enumerate(reversed(cell.weeks)):
        x = right - 2 - (place + 1) * slot
        if share is None:
            canvas.box((x + slot / 2 - 0.5, bottom - 4, x + slot / 2 + 0.5, bottom - 3), FAINT)
            continue
        room = bottom - top - 4
        met, partly = room * share.met, room * share.partly_met
        canvas.box((x, bottom - 2 - met, x + slot, bottom - 2), DARK)
        canvas.hatched_box((x, bottom - 2 - met - partly, x + slot, bottom - 2 - met), LIGHT, DARK)
        if not met and not partly:
            canvas.box((x, bottom - 3, x + slot, bottom - 2), INK)
    _draw_change(canvas, cell.change, (left + 7.5, top + 7.5))


def _draw_change(canvas: Canvas, change: Change, at: tuple[float, float]) -> None:
    if change in {Change.MORE, Change.LESS}:
        canvas.triangle(at, 8, up=change is Change.MORE)
    elif change is Change.OTHER:
        canvas.diamond(at, 8, MARK)


def _draw_legend(canvas: Canvas, top: float, weeks: int) -> None:
    canvas.text((_MARGIN, top + 14), "A full bar means that every check that applies is met.")
    span = f"The last {weeks} weeks, the newest on the right." if weeks > 1 else "One week so far."
    canvas.text((_MARGIN, top + 33), span)
    x, top = _MARGIN, top + 19
    canvas.box((x, top + 23, x + 12, top + 35), DARK)
    canvas.text((x + 17, top + 34), "met")
    canvas.hatched_box((x + 52, top + 23, x + 64, top + 35), LIGHT, DARK)
    canvas.text((x + 69, top + 34), "partly met")
    canvas.line((x + 143, top + 35), (x + 155, top + 23), FAINT)
    canvas.text((x + 160, top + 34), "doesn't apply")
    canvas.diamond((x + 262, top + 30), 9)
    canvas.text((x + 271, top + 34), "gate: must pass")
    canvas.triangle((x + 6, top + 54), 9, up=True)
    canvas.text((x + 17, top + 58), "stronger than a week ago")
    canvas.triangle((x + 180, top + 54), 9, up=False)
    canvas.text((x + 191, top + 58), "weaker")
    canvas.diamond((x + 252, top + 54), 9, MARK)
    canvas.text((x + 262, top + 58), "other change")
