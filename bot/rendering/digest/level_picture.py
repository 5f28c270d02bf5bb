"""A lead's picture: criteria and ruled levels over the cohort, for a phone.

Each criterion has a row and each level a column. A number says how many participants have that level; the
darker its background, the more of them there are.
"""

from collections.abc import Sequence
from datetime import date

from bot.domain.digest.ruled_levels import HIGHEST_LEVEL, LevelSpread
from bot.rendering.digest.picture_canvas import (
    DARK,
    FAINT,
    GATE,
    INK,
    LIGHT,
    LINE,
    TITLE,
    WHITE,
    WIDTH,
    Canvas,
    fits,
)
from bot.rendering.digest.picture_labels import cut_text, fold_letters

_MARGIN, _TITLES = 10.0, 148.0
_TOP, _ROW, _LEGEND = 62.0, 38.0, 50.0
_HEADINGS = (*(str(level) for level in range(HIGHEST_LEVEL + 1)), "none")
_CELL = (WIDTH - 2 * _MARGIN - _TITLES) / len(_HEADINGS)


def draw_levels(spreads: Sequence[LevelSpread], day: date) -> bytes:
    """Return the picture of a cohort's ruled levels on a day, as a PNG."""
    bottom = _TOP + _ROW * len(spreads)
    canvas = Canvas(bottom + _LEGEND)
    canvas.text((_MARGIN, 21), f"Ruled levels, {day:%a} {day.day} {day:%b %Y}", size=TITLE, bold=True)
    for place, heading in enumerate(_HEADINGS):
        canvas.text((_left(place) + _CELL / 2, _TOP - 8), heading, bold=True, anchor="ms")
    for number, spread in enumerate(spreads):
        _draw_row(canvas, spread, _TOP + number * _ROW)
    canvas.line((_MARGIN, bottom), (WIDTH - _MARGIN, bottom))
    canvas.diamond((_MARGIN + 5, bottom + 14), 9)
    canvas.text((_MARGIN + 15, bottom + 18), "gate: everyone must pass it")
    canvas.text((_MARGIN, bottom + 37), 'Numbers count participants. "None" means no level yet.')
    return canvas.png()


def _draw_row(canvas: Canvas, spread: LevelSpread, top: float) -> None:
    gate = spread.criterion.gate
    if gate:
        canvas.box((_MARGIN, top, WIDTH - _MARGIN, top + _ROW), GATE)
        canvas.diamond((_MARGIN + 5, top + _ROW / 2), 9)
    canvas.line((_MARGIN, top), (WIDTH - _MARGIN, top))
    left = _MARGIN + 14 if gate else _MARGIN
    lines = _wrap(fold_letters(spread.criterion.title) or "?", _MARGIN + _TITLES - left - 6)
    for number, line in enumerate(lines):
        y = top + _ROW / 2 + (number - (len(lines) - 1) / 2) * 15
        canvas.text((left, y), line, bold=gate, anchor="lm")
    everyone = max(sum(spread.counts) + spread.unruled, 1)
    for level, count in enumerate(spread.counts):
        _draw_count(canvas, level, top, count, _shade(count / everyone))
    _draw_count(canvas, len(spread.counts), top, spread.unruled, None)


def _draw_count(canvas: Canvas, place: int, top: float, count: int, shade: tuple[str, str] | None) -> None:
    left = _left(place)
    box = (left + 1.5, top + 3, left + _CELL - 1.5, top + _ROW - 3)
    fill, ink = shade or (WHITE, FAINT)
    if count and shade:
        canvas.box(box, fill)
    else:
        canvas.box(box, WHITE, LINE)
    if count:
        middle = (left + _CELL / 2, top + _ROW / 2)
        canvas.text(middle, str(count), size=TITLE, colour=ink, bold=shade is not None, anchor="mm")


def _shade(share: float) -> tuple[str, str]:
    """Return the colours of a cell and of its number."""
    return (DARK, WHITE) if share > 0.5 else ("#5B93BD", INK) if share > 0.25 else (LIGHT, INK)


def _left(place: int) -> float:
    return _MARGIN + _TITLES + place * _CELL


def _wrap(title: str, width: float) -> list[str]:
    """Return a title on at most two lines."""
    is_narrow = fits(width)
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if is_narrow(longer) or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > 2:
        lines = [lines[0], cut_text(" ".join(lines[1:]), is_narrow)]
    return [line if is_narrow(line) else cut_text(line, is_narrow) for line in lines]
