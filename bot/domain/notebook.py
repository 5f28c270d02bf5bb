"""The code of a Jupyter notebook, and where each piece of it stands in the notebook's own text.

nbformat 4: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from ast_grep_py import SgNode

from bot.domain.signal_rules import LANGUAGES
from bot.domain.syntax import parsed

# Beyond the basic plane JSON writes two escapes for one character.
_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<code>[0-9a-fA-F]{4})|(?P<letter>.))",
    re.DOTALL,
)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
# What the kernel runs otherwise than as its language; `%%time` and the like leave the cell's language alone.
_OTHER_CELL = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b)")
_MAGIC = re.compile(r"^([ \t]*)[%!?]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Code:
    """A notebook's code cells as one text.

    ``places`` maps offsets of it to those of the notebook, piece by piece: where a piece begins here, there,
    and how long it is there if it is one escape (else 0).
    """

    language: str
    text: str
    places: tuple[tuple[int, int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a span of the code stands in the notebook, the whole of an escape at its end."""
        last, escape = self._place(max(start, end - 1))
        return self._place(start)[0], last + (escape or 1)

    def _place(self, offset: int) -> tuple[int, int]:
        here, there, escape = self.places[bisect_right(self.places, (offset, 1 << 62, 0)) - 1]
        return there + offset - here, escape


def code_of(text: str) -> Code | None:
    """Return a notebook's code; None if it is not one, has none, or is in a language that nothing here reads.

    Cells that another language runs (``%%bash``) are left out; a line of magic becomes a comment.
    """
    root = parsed(text, "json")
    document = root.find(kind="object") if root else None
    if document is None:
        return None
    language = _language(document)
    cells = _value(document, "cells")
    if language not in LANGUAGES or cells is None:
        return None
    parts: list[str] = []
    places: list[tuple[int, int, int]] = []
    at = 0
    for cell in cells.children():
        if cell.kind() == "object" and _word(_value(cell, "cell_type")) == "code":
            pieces = list(_pieces(_value(cell, "source")))
            if _OTHER_CELL.match("".join(piece for piece, _, _ in pieces)):
                continue
            for piece, place, escape in pieces:
                places.append((at, place, escape))
                parts.append(piece)
                at += len(piece)
            parts.append("\n\n")
            at += 2
    if not places:
        return None
    code = "".join(parts)
    if language == "python":
        code = _MAGIC.sub(r"\1#", code)
    return Code(language, code, tuple(places))


def _language(document: SgNode) -> str:
    """Return the language that the notebook's kernel runs; Python where it does not say."""
    metadata = _value(document, "metadata")
    for block, key in (("language_info", "name"), ("kernelspec", "language")):
        below = _value(metadata, block) if metadata else None
        if name := _word(_value(below, key)) if below else "":
            return name.lower()
    return "python"


def _value(node: SgNode, key: str) -> SgNode | None:
    for pair in node.children():
        if pair.kind() == "pair" and _word(pair.field("key")) == key:
            return pair.field("value")
    return None


def _word(node: SgNode | None) -> str:
    return node.text()[1:-1] if node is not None and node.kind() == "string" else ""


def _pieces(source: SgNode | None) -> Iterator[tuple[str, int, int]]:
    """Yield a source's text in pieces, each with its place, and with its length there if it is an escape."""
    if source is None:
        return
    # Once for all its lines: to ask a node for its text takes time with the length of the notebook.
    whole, beginning = source.text(), source.range().start.index
    for string in _STRING.finditer(whole):
        inside, start = string[1], beginning + string.start(1)
        at = 0
        for escape in _ESCAPE.finditer(inside):
            if escape.start() > at:
                yield inside[at : escape.start()], start + at, 0
            yield _meant(escape), start + escape.start(), len(escape[0])
            at = escape.end()
        if at < len(inside):
            yield inside[at:], start + at, 0


def _meant(escape: re.Match[str]) -> str:
    """Return the character that an escape stands for; half of a pair alone stands for none."""
    if escape["high"]:
        return chr(0x10000 + ((int(escape["high"], 16) & 0x3FF) << 10) + (int(escape["low"], 16) & 0x3FF))
    if escape["code"]:
        code = int(escape["code"], 16)
        return "\N{REPLACEMENT CHARACTER}" if 0xD800 <= code < 0xE000 else chr(code)
    return _ESCAPED.get(escape["letter"], escape["letter"])
