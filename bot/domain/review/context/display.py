r"""Convert texts to the form shown to a model, and map each part of it back to the original.

The following are replaced. Each replacement maps back, as a whole, to everything it replaces:

- a secret becomes ``[redacted:<rule>]``;
- an invisible character, or a ``<`` that looks like the start of one of Sensei's own tags, becomes an escape
  such as ``\u{202e}`` or ``\u{3c}``;
- the rest of a very long line becomes a mark with the number of cut characters;
- the carriage return of ``\r\n`` is removed.

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

LONGEST_CODE_LINE = 1000  # characters; code that matters is not beyond column 1,000
LONGEST_PROSE_LINE = 8000  # longer than for code, because a paragraph of a pull request is one line
LONGEST_NAME = 200  # maximum characters of a path

TAGS = (
    "change", "file", "words", "history", "caller", "used", "plan", "neighbour", "marks", "items",
    "proposals", "task",
)  # fmt: skip
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
    """``content[start:end]``, shown from offset ``at``, either unchanged (``literal``) or replaced."""

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
    """A whole text in the form shown to a model. ``names`` lists its names, beginning with the one shown."""

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
        longest_line: int = LONGEST_CODE_LINE,
    ) -> "DisplayedText":
        """Convert a text. ``redactor`` must already know the secrets of all texts shown with it."""
        secrets = (*text.secrets, *redactor.spans(text.content))
        on_one_line = [part for secret in secrets for part in _split_by_line(secret, text.content)]
        text = replace(text, secrets=_join_overlapping(on_one_line))
        parts, pieces, shown_length, position = list[str](), list[Piece](), 0, 0

        def take(start: int, end: int, shown: str, literal: bool) -> None:
            nonlocal shown_length
            pieces.append(Piece(shown_length, start, end, literal))
            parts.append(shown)
            shown_length += len(shown)

        for patch in _find_patches(text, longest_line):
            if patch.start > position:
                take(position, patch.start, text.content[position : patch.start], True)
            take(*patch, False)
            position = patch.end
        take(position, len(text.content), text.content[position:], True)
        shown = "".join(parts)
        starts = (0, *(found.end() for found in re.finditer("\n", shown)))
        return cls(names, source, text, shown, tuple(pieces), starts)

    @property
    def count(self) -> int:
        """The number of lines. Any text after the last line end counts as a line."""
        return len(self.starts) - (self.starts[-1] == len(self.shown))

    def line(self, number: int) -> str:
        """Return a shown line without its line end."""
        start, end = self._line_bounds(number, number)
        return self.shown[start:end].removesuffix("\n")

    def part(self, first: int, last: int) -> "ShownLines":
        """Return the shown lines from ``first`` to ``last``, which are 1-based and inclusive."""
        return ShownLines(self, *self._line_bounds(first, last))

    def _line_bounds(self, first: int, last: int) -> tuple[int, int]:
        end = self.starts[last] if last < len(self.starts) else len(self.shown)
        return self.starts[first - 1], end

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span for ``shown[start:end]``, which must not be empty."""
        first, last = self._piece_at(start), self._piece_at(end - 1)
        return (
            first.start + (start - first.at if first.literal else 0),
            last.start + (end - last.at) if last.literal else last.end,
        )

    def _piece_at(self, at: int) -> Piece:
        return self.pieces[bisect_right(self.pieces, at, key=attrgetter("at")) - 1]


@dataclass(frozen=True, slots=True)
class ShownLines:
    """Consecutive lines of a text shown to a model: ``display.shown[start:end]``."""

    display: DisplayedText
    start: int
    end: int

    @property
    def text(self) -> str:
        """The shown lines, without the numbers and signs of the gutter."""
        return self.display.shown[self.start : self.end]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span for a span of ``text``, which must not be empty.

        If the span touches a replacement, the result includes all of what that replaces.
        """
        return self.display.original(self.start + start, self.start + end)


def escape_for_display(text: str) -> str:
    """Return a text escaped as for a model, but neither redacted nor cut."""
    return _TO_ESCAPE.sub(
        lambda found: found[0] if _is_shown_as_is(found[0]) else _escape_character(found[0]), text
    )


def display_name(path: str, redactor: Redactor) -> str:
    """Return a path or name in the form shown to a model: on one line, and safe between quotation marks."""
    line = escape_for_display(redactor.redact(paths.display_path(path)))
    line = re.sub(r'[\n\t"<>]', lambda found: _escape_character(found[0]), line)
    return line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}…[{len(line) - LONGEST_NAME} cut]"


def _find_patches(text: SourceText, longest_line: int) -> Iterator[_Patch]:
    """Yield the replacements, in order and without overlaps."""
    content = text.content
    hidden = [_Patch(secret.start, secret.end, mark(secret.rule)) for secret in text.secrets]
    large = _remove_covered(hidden, _cut_long_lines(text, hidden, longest_line))
    position = 0
    for patch in [*large, _Patch(len(content), len(content), "")]:
        for found in _TO_ESCAPE.finditer(content, position, patch.start):
            if found[0] == "\r" and content.startswith("\n", found.end()):
                yield _Patch(*found.span(), "")
            elif not _is_shown_as_is(found[0]):
                yield _Patch(*found.span(), _escape_character(found[0]))
        if patch.shown:
            yield patch
        position = patch.end


def _cut_long_lines(text: SourceText, hidden: list[_Patch], longest_line: int) -> Iterator[_Patch]:
    """Yield the part of each line that is too long. The mark of a secret is never cut in two."""
    for start, following in pairwise([*text.starts, len(text.content) + 1]):
        at, end = start + longest_line, following - 1
        if at >= end:
            continue
        before = bisect_right(hidden, at, key=attrgetter("start")) - 1
        at = max(at, hidden[before].end) if before >= 0 else at
        if at < end:
            yield _Patch(at, end, f" …[{end - at} characters cut]")


def _remove_covered(hidden: list[_Patch], cuts: Iterator[_Patch]) -> list[_Patch]:
    kept, position = list[_Patch](), 0
    for patch in sorted([*hidden, *cuts], key=lambda patch: (patch.start, -patch.end)):
        if patch.start >= position:
            kept.append(patch)
            position = patch.end
    return kept


def _split_by_line(secret: Secret, content: str) -> Iterator[Secret]:
    for part in re.finditer("[^\n]+", content[secret.start : secret.end]):
        yield replace(secret, start=secret.start + part.start(), end=secret.start + part.end())


def _join_overlapping(secrets: list[Secret]) -> tuple[Secret, ...]:
    """Merge overlapping secrets into one, so that none of their characters is shown."""
    joined: list[Secret] = []
    for secret in sorted(secrets, key=lambda secret: (secret.start, -secret.end, secret.rule)):
        if joined and secret.start < joined[-1].end:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, secret.end))
        else:
            joined.append(secret)
    return tuple(joined)


@lru_cache(maxsize=4096)
def _is_shown_as_is(character: str) -> bool:
    return character != "<" and character not in _BLANK and unicodedata.category(character) not in _UNSEEN


def _escape_character(character: str) -> str:
    return f"\\u{{{ord(character):x}}}"
