"""Parse JSON and record each string's position in the document.

The result must match Jupyter's reading of a notebook: for example, the last of several equal keys counts,
however they are escaped. So this uses Jupyter's own parser, the pure Python one of ``json``, and records
positions.
"""

import json
from json.decoder import scanstring  # type: ignore[attr-defined]  # typeshed leaves out what is undocumented
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any


class PlacedText(str):
    """A string of a JSON document. ``document[start:end]`` is the text between its quotation marks."""

    start: int
    end: int


def parse_with_places(text: str) -> Any:
    """Return the value of a JSON document, with its strings as ``PlacedText``. Keys are plain strings.

    Raises:
        ValueError: the document is not valid JSON.
        RecursionError: it is nested too deeply.
    """
    # Skip a byte order mark, as editors do.
    return _DECODER.decode(f" {text[1:]}" if text.startswith("\ufeff") else text)


def _parse_string(text: str, start: int, strict: bool) -> tuple[PlacedText, int]:
    value, end = scanstring(text, start, strict)
    placed = PlacedText(value)
    placed.start, placed.end = start, end - 1
    return placed, end


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__(parse_int=UnplacedNumber, parse_float=UnplacedNumber)
        self.parse_string = _parse_string
        self.scan_once = py_make_scanner(self)


class UnplacedNumber:
    """A placeholder for a number. Its value is not needed, and converting a very long number is slow."""

    def __init__(self, _digits: str) -> None:
        """Ignore the digits of the number."""


_DECODER = _Decoder()
