"""A changed file, and which of its lines are shown at each depth of detail."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from bot.domain.review import paths
from bot.domain.review.citations import SourceText
from bot.domain.review.context.display import DisplayedText, display_names
from bot.domain.review.context.enclosing_scopes import find_scopes, scopes_around
from bot.domain.review.diff import FileDiff, FileStatus, Hunk, HunkLine, LineKind
from bot.domain.secrets.detection import Redactor

BESIDE = 10  # lines on either side of a change for which no definition is known
OF_A_DELETED_FILE = 30  # lines: enough to see what it was

Fingerprint = tuple[tuple[LineKind, bytes], ...]


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """A changed file that is read, with both sides' texts.

    Lines of a side whose text is None are not shown: nobody has looked for secrets in the whole of it.
    """

    file: FileDiff
    head: SourceText | None
    base: SourceText | None


class Detail(IntEnum):
    """How much of a file is shown."""

    CHANGED = 0  # only the lines that changed
    HUNKS = 1  # with the context that the diff has
    SURROUNDED = 2  # with the definitions around them


class DisplayRow(NamedTuple):
    """A line to show: its number on each side, and the line of the new side that it stands at or before."""

    kind: LineKind
    old: int | None
    new: int | None
    at: int
    hunk: int | None


class ChangedFile:
    """A changed file, ready to be shown."""

    def __init__(self, readable: ReadableFile, redactor: Redactor) -> None:
        self.file = readable.file
        self.name = display_names(self.file.path, redactor)
        self.old_name = display_names(self.file.old_path, redactor)
        path = self.file.path
        names = (self.name, path, paths.shown(path))
        self.head, self.base = (
            DisplayedText.of((*names, text.path, paths.shown(text.path)), "commit", text, redactor)
            if text
            else None
            for text in (readable.head, readable.base)
        )
        self.fingerprints = [_fingerprint(hunk) for hunk in self.file.hunks]

    @property
    def whole(self) -> bool:
        """Whether it is read as it stands, not as a change: a file of a baseline."""
        return not self.file.hunks and self.file.status is FileStatus.ADDED

    def rows(self, detail: Detail, left_out: Set[int]) -> list[DisplayRow]:
        """List the lines to show, without those around the hunks whose numbers are in ``left_out``."""
        if self.whole:
            count = self.head.count if self.head else 0
            return [DisplayRow(LineKind.CONTEXT, None, n, n, None) for n in range(1, count + 1)]
        if self.file.status is FileStatus.DELETED:
            return list(self._hunk_rows(Detail.HUNKS))[:OF_A_DELETED_FILE]
        return list(self._merged(detail, left_out))

    def _merged(self, detail: Detail, left_out: Set[int]) -> Iterator[DisplayRow]:
        extra = self._surroundings(left_out) if detail is Detail.SURROUNDED else []
        at, shift = 0, 0
        rows = list(self._hunk_rows(detail))
        done = 0
        for n, hunk in enumerate(self.file.hunks):
            first, end = _new_range(hunk)
            while at < len(extra) and extra[at] < first:
                yield _context(extra[at], shift)
                at += 1
            while done < len(rows) and rows[done].hunk == n:
                yield rows[done]
                done += 1
            while at < len(extra) and extra[at] < end:
                at += 1
            shift += hunk.new_count - hunk.old_count
        yield from (_context(line, shift) for line in extra[at:])

    def _hunk_rows(self, detail: Detail) -> Iterator[DisplayRow]:
        for n, hunk in enumerate(self.file.hunks):
            at, _ = _new_range(hunk)
            for line in hunk.lines:
                if line.kind is not LineKind.CONTEXT or detail > Detail.CHANGED:
                    yield DisplayRow(line.kind, line.old, line.new, at, n)
                at += line.new is not None

    def _surroundings(self, left_out: Set[int]) -> list[int]:
        if self.head is None:
            return []
        lines = {
            line
            for n, found in enumerate(self._around)
            if n not in left_out
            for part in found
            for line in part
        }
        return sorted(line for line in lines if 1 <= line <= self.head.count)

    @cached_property
    def _around(self) -> list[list[range]]:
        """For each hunk, the lines to show around what it changes."""
        if self.head is None or self.file.status is FileStatus.ADDED:
            return []  # of a new file every line is shown anyway
        known = find_scopes(self.file.path, self.head.text.content)
        found = []
        for hunk in self.file.hunks:
            ends = sorted({end for block in _blocks(hunk) for end in block})
            parts = list(scopes_around(ends, known))
            found.append(parts or [range(ends[0] - BESIDE, ends[-1] + BESIDE + 1)] if ends else [])
        return found


def _context(line: int, shift: int) -> DisplayRow:
    return DisplayRow(LineKind.CONTEXT, line - shift, line, line, None)


def _new_range(hunk: Hunk) -> tuple[int, int]:
    """Return the first line of the new side that a hunk covers, and the one behind its last."""
    first = hunk.new_start if hunk.new_count else hunk.new_start + 1
    return first, first + hunk.new_count


def _blocks(hunk: Hunk) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of the new side of each run of changed lines."""
    at, _ = _new_range(hunk)
    first: int | None = None
    for line in (*hunk.lines, HunkLine(LineKind.CONTEXT, b"", None, None)):
        if line.kind is LineKind.CONTEXT and first is not None:
            yield first, max(first, at - 1)
            first = None
        elif line.kind is not LineKind.CONTEXT and first is None:
            first = at
        at += line.new is not None


def _fingerprint(hunk: Hunk) -> Fingerprint:
    return tuple((line.kind, line.text) for line in hunk.lines if line.kind is not LineKind.CONTEXT)
