"""JSON as ``json`` reads it, where each text knows its place.

What counts is what Jupyter makes of a notebook: of equal keys the last one, whatever escapes they are written
with. So this is the parser that Jupyter uses (the one that ``json`` has in Python), told where it reads.
"""

import json
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves out what is undocumented
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any


class PlacedText(str):
    """A text of a JSON document, whose inside stands there from ``start`` up to ``end``."""

    start: int
    end: int


def parse_with_places(text: str) -> Any:
    """Return what a JSON document holds, its texts as ``PlacedText``; keys are ordinary.

    Raises:
        ValueError: it is not valid JSON. RecursionError: it is nested too deeply.
    """
    # Editors read on behind a byte order mark.
    return _DECODER.decode(f" {text[1:]}" if text.startswith("\ufeff") else text)


def _string(text: str, start: int, strict: bool) -> tuple[PlacedText, int]:
    value, after = scanstring(text, start, strict)
    it = PlacedText(value)
    it.start, it.end = start, after - 1
    return it, after


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__(parse_int=UnplacedNumber, parse_float=UnplacedNumber)
        self.parse_string = _string
        self.scan_once = py_make_scanner(self)


class UnplacedNumber:
    """A number, which nobody asks for: to work it out may take long."""

    def __init__(self, _digits: str) -> None:
        """Forget it."""


_DECODER = _Decoder()
