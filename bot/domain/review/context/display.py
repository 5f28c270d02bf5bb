r"""A text as a model is shown it, and the way back from every part of it to the original.

Shown differently from the original, each as one piece that leads back to the whole of what it stands for:

- secrets, as ``[redacted:<rule>]``;
- unseen characters, and the ``<`` of what looks like one of our own tags, as ``\u{202e}``, ``\u{3c}``;
- the rest of a very long line, as a mark that says how much was cut;
- the carriage return of a ``\r\n``, not at all.

No line is added or lost, so a shown line has the number of the original one.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from typing import Literal, NamedTuple

from bot.domain.review import paths
from bot.domain.review.citations import SourceText
from bot.domain.secrets.detection import Redactor, Secret, mark

LONGEST_CODE_LINE = 1000  # characters; nobody decides anything behind column 1,000
LONGEST_PROSE_LINE = 8000  # a paragraph of a pull request is one line
LONGEST_NAME = 200  # characters of a path

TAGS = ("change", "file", "words", "neighbour", "marks", "items", "proposals")
_TAG = "|".join(TAGS)
_TO_ESCAPE = re.compile(
    rf"[^\x20-\x7e\n\t]|<(?=\s*+/?\s*+(?:(?:{_TAG})|(?i:(?:{_TAG})\b)))",
)
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
# Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties.txt) beyond those categories, without the two
# variation selectors that emoji use, and the blank Braille pattern.
_BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE0E), *range(0xE0100, 0xE01F0)]))
)


class Piece(NamedTuple):
    """``content[start:end]``, shown from ``at`` on: as it is (``literal``) or as something else."""

    at: int
    start: int
    end: int
    literal: bool


class _Patch(NamedTuple):
    start: int
    end: int
    shown: str


@dataclass(frozen=True, slots=True)
class DisplayedText:
    """A whole text as it would be shown. ``names`` are those that it goes by, the shown one first."""

    names: tuple[str, ...]
    source: Literal["commit", "text"]
    text: SourceText
    shown: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(
        cls,
        names: tuple[str, ...],
        source: Literal["commit", "text"],
        text: SourceText,
        redactor: Redactor,
        longest: int = LONGEST_CODE_LINE,
    ) -> "DisplayedText":
        """Prepare a text; ``redactor`` should have learned all that is shown with it."""
        every = (*text.secrets, *redactor.spans(text.content))
        text = replace(text, secrets=_joined([part for one in every for part in _by_line(one, text.content)]))
        parts, pieces, at, done = list[str](), list[Piece](), 0, 0

        def take(start: int, end: int, shown: str, literal: bool) -> None:
            nonlocal at
            pieces.append(Piece(at, start, end, literal))
            parts.append(shown)
            at += len(shown)

        for patch in _patches(text, longest):
            if patch.start > done:
                take(done, patch.start, text.content[done : patch.start], True)
            take(*patch, False)
            done = patch.end
        take(done, len(text.content), text.content[done:], True)
        shown = "".join(parts)
        starts = (0, *(found.end() for found in re.finditer("\n", shown)))
        return cls(names, source, text, shown, tuple(pieces), starts)

    @property
    def count(self) -> int:
        """The number of lines; what follows the last line end is one only if it is not empty."""
        return len(self.starts) - (self.starts[-1] == len(self.shown))

    def line(self, number: int) -> str:
        """Return a line as it is shown, without its end."""
        start, end = self._bounds(number, number)
        return self.shown[start:end].removesuffix("\n")

    def part(self, first: int, last: int) -> "ShownLines":
        """Return some lines, 1-based and inclusive, as a part that a model is shown."""
        return ShownLines(self, *self._bounds(first, last))

    def _bounds(self, first: int, last: int) -> tuple[int, int]:
        end = self.starts[last] if last < len(self.starts) else len(self.shown)
        return self.starts[first - 1], end

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original that ``shown[start:end]``, which is not empty, stands for."""
        first, last = self._piece(start), self._piece(end - 1)
        return (
            first.start + (start - first.at if first.literal else 0),
            last.start + (end - last.at) if last.literal else last.end,
        )

    def _piece(self, at: int) -> Piece:
        return self.pieces[bisect_right(self.pieces, at, key=attrgetter("at")) - 1]


@dataclass(frozen=True, slots=True)
class ShownLines:
    """Lines of a text, without a gap, that a model is shown: ``display.shown[start:end]``."""

    display: DisplayedText
    start: int
    end: int

    @property
    def text(self) -> str:
        """The lines as they are shown, without the numbers and signs beside them."""
        return self.display.shown[self.start : self.end]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text for a span of ``text`` that is not empty.

        A span that touches something that is shown differently takes in all of that.
        """
        return self.display.original(self.start + start, self.start + end)


def escaped(text: str) -> str:
    """Return text as it is shown, apart from secrets and the length of lines."""
    return _TO_ESCAPE.sub(lambda found: found[0] if _stays(found[0]) else _escape(found[0]), text)


def display_names(path: str, redactor: Redactor) -> str:
    """Return a name as it is shown: on one line, fit to stand between quotation marks."""
    line = escaped(redactor.redact(paths.shown(path)))
    line = re.sub(r'[\n\t"<>]', lambda found: _escape(found[0]), line)
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}…[{len(line) - LONGEST_NAME} cut]"


def _patches(text: SourceText, longest: int) -> Iterator[_Patch]:
    """Yield what is shown differently, in order and without overlaps."""
    content = text.content
    hidden = [_Patch(one.start, one.end, mark(one.rule)) for one in text.secrets]
    large = _without_covered(hidden, _cuts(text, hidden, longest))
    done = 0
    for patch in [*large, _Patch(len(content), len(content), "")]:
        for found in _TO_ESCAPE.finditer(content, done, patch.start):
            if found[0] == "\r" and content.startswith("\n", found.end()):
                yield _Patch(*found.span(), "")
            elif not _stays(found[0]):
                yield _Patch(*found.span(), _escape(found[0]))
        if patch.shown:
            yield patch
        done = patch.end


def _cuts(text: SourceText, hidden: list[_Patch], longest: int) -> Iterator[_Patch]:
    """Yield what is too much of each line; a secret is shown as a whole mark or not at all."""
    for start, following in pairwise([*text.starts, len(text.content) + 1]):
        at, end = start + longest, following - 1
        if at >= end:
            continue
        before = bisect_right(hidden, at, key=attrgetter("start")) - 1
        at = max(at, hidden[before].end) if before >= 0 else at
        if at < end:
            yield _Patch(at, end, f" …[{end - at} characters cut]")


def _without_covered(hidden: list[_Patch], cuts: Iterator[_Patch]) -> list[_Patch]:
    kept, done = list[_Patch](), 0
    for patch in sorted([*hidden, *cuts], key=lambda one: (one.start, -one.end)):
        if patch.start >= done:
            kept.append(patch)
            done = patch.end
    return kept


def _by_line(secret: Secret, content: str) -> Iterator[Secret]:
    for part in re.finditer("[^\n]+", content[secret.start : secret.end]):
        yield replace(secret, start=secret.start + part.start(), end=secret.start + part.end())


def _joined(secrets: list[Secret]) -> tuple[Secret, ...]:
    """Make one of those that overlap, so that none of their characters is shown."""
    joined: list[Secret] = []
    for secret in sorted(secrets, key=lambda one: (one.start, -one.end, one.rule)):
        if joined and secret.start < joined[-1].end:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, secret.end))
        else:
            joined.append(secret)
    return tuple(joined)


@lru_cache(maxsize=4096)
def _stays(character: str) -> bool:
    return character != "<" and character not in _BLANK and unicodedata.category(character) not in _UNSEEN


def _escape(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"
