"""A canvas for pictures in the chat: its colours, its font, and shapes in the pixels of a phone.

The chat doesn't say whether its reader uses a light or a dark theme, so a picture has a background of its
own. Colour never carries a meaning alone: a shape, a pattern or a number does too. All marks are of one blue
in a dark and a light shade, or of one orange, which people who are colour-blind tell apart by their
lightness.
"""

import io
from collections.abc import Callable, Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

WIDTH = 390
"""Width of a picture in a phone's pixels. All sizes here are in these."""
SCALE = 3
"""Pixels of the file for each of a phone's, so that text is sharp."""
TEXT = 13.0
"""Size of text. A phone shows a picture a little smaller than ``WIDTH``, which leaves at least 11 pixels."""
TITLE = 15.0

PAPER, INK, FAINT, LINE, WHITE = "#F6F4EE", "#1F2328", "#5C5F63", "#BDB8AC", "#FFFFFF"
DARK, LIGHT, MARK, GATE = "#174A73", "#A7CDE8", "#C2410C", "#E7E1D2"

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@cache
def load_font(size: float) -> ImageFont.FreeTypeFont:
    """Return the font that Pillow contains, at a size in a phone's pixels."""
    font = ImageFont.load_default(size * SCALE)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType, so it can't draw text")
    return font


def measure(text: str, size: float = TEXT) -> float:
    """Return the width of a text."""
    return load_font(size).getlength(text) / SCALE


def fits(width: float, size: float = TEXT) -> Callable[[str], bool]:
    """Return a function that says whether a text fits into a width."""
    return lambda text: measure(text, size) <= width


class Canvas:
    """A picture that is being drawn."""

    def __init__(self, height: float) -> None:
        self._image = Image.new("RGB", (WIDTH * SCALE, round(height * SCALE)), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def png(self) -> bytes:
        """Return the picture as a PNG. The same picture always has the same bytes."""
        written = io.BytesIO()
        few = self._image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(written, "PNG")
        return written.getvalue()

    def text(  # noqa: PLR0913 - the looks of a text
        self,
        at: Point,
        text: str,
        *,
        size: float = TEXT,
        colour: str = INK,
        bold: bool = False,
        anchor: str = "ls",
    ) -> None:
        """Write a line of text. ``anchor`` is Pillow's: ``ls`` is the left end of the base line."""
        self._draw.text(
            _scaled(at),
            text,
            font=load_font(size),
            fill=colour,
            anchor=anchor,
            stroke_width=0.8 if bold else 0,
            stroke_fill=colour,
        )

    def slanted_text(self, end: Point, text: str, *, bold: bool = False) -> None:
        """Write a text that descends at 45 degrees and ends at a point."""
        font = load_font(TEXT)
        length, rise = round(font.getlength(text)) + SCALE, round(TEXT * SCALE * 1.3)
        mask = Image.new("L", (length, rise), 0)
        ImageDraw.Draw(mask).text(
            (0, rise // 2), text, font=font, fill=255, anchor="lm", stroke_width=0.8 if bold else 0
        )
        turned = mask.rotate(-45, Image.Resampling.BICUBIC, expand=True)
        # The middle of the text's right end is this far from the right and the lower edge of the turned box.
        inset = rise / 2 * 0.7071
        x, y = _scaled(end)
        self._image.paste(INK, (round(x - turned.width + inset), round(y - turned.height + inset)), turned)

    def box(self, box: Box, fill: str | None = None, outline: str | None = None, width: float = 1) -> None:
        """Draw a rectangle. An empty one draws nothing."""
        left, top, right, bottom = (round(value * SCALE) for value in box)
        if right > left and bottom > top:
            self._draw.rectangle(
                (left, top, right - 1, bottom - 1), fill, outline, round(width * SCALE) if outline else 0
            )

    def hatched_box(self, box: Box, fill: str, lines: str) -> None:
        """Draw a rectangle with diagonal lines."""
        left, top, right, bottom = (round(value * SCALE) for value in box)
        if right <= left or bottom <= top:
            return
        pattern = Image.new("RGB", (right - left, bottom - top), fill)
        draw = ImageDraw.Draw(pattern)
        for start in range(-pattern.height, pattern.width, 3 * SCALE):
            # Lines of neighbouring boxes meet, because they all start from the picture's left edge.
            shifted = start - (left + bottom) % (3 * SCALE)
            draw.line((shifted, pattern.height, shifted + pattern.height, 0), lines, SCALE)
        self._image.paste(pattern, (left, top))

    def line(self, start: Point, end: Point, colour: str = LINE, width: float = 1) -> None:
        """Draw a line."""
        self._draw.line((*_scaled(start), *_scaled(end)), colour, round(width * SCALE))

    def triangle(self, centre: Point, size: float, *, up: bool) -> None:
        """Draw a mark that points up or down."""
        x, y = centre
        tip = -size / 2 if up else size / 2
        points = ((x, y + tip), (x - size / 2, y - tip), (x + size / 2, y - tip))
        self._draw_mark(points, MARK)

    def diamond(self, centre: Point, size: float, colour: str = INK) -> None:
        """Draw the mark of a gate, or of a change without a direction."""
        x, y = centre
        half = size / 2
        self._draw_mark(((x, y - half), (x + half, y), (x, y + half), (x - half, y)), colour)

    def _draw_mark(self, points: Sequence[Point], colour: str) -> None:
        """Draw a mark with a bright edge, so that it stands out from a dark bar behind it."""
        corners = [_scaled(point) for point in points]
        self._draw.line([*corners, *corners[:2]], WHITE, round(2.4 * SCALE), joint="curve")
        self._draw.polygon(corners, colour)


def _scaled(point: Point) -> Point:
    return point[0] * SCALE, point[1] * SCALE
