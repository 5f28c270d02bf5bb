"""Choose which lines of a changed file are shown at each level of detail."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from bot.domain.review import paths
from bot.domain.review.citations import SourceText
from bot.domain.review.context.display import DisplayedText, display_name
from bot.domain.review.context.enclosing_scopes import find_scopes, scopes_around
from bot.domain.review.diff import FileDiff, FileStatus, Hunk, HunkLine, LineKind
from bot.domain.secrets.detection import Redactor

CONTEXT_LINES = 10  # lines shown on either side of a change, if it is outside any known definition
DELETED_FILE_LINES = 30  # lines shown of a deleted file, enough to recognise it
REMOVED_RUN_LINES = 30  # lines shown of each run of removed lines, if the file does not fit otherwise

Fingerprint = tuple[tuple[LineKind, bytes], ...]


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """A changed file to read, with the texts of both sides.

    If a side's text is None, its lines are not shown, because the whole text was not searched for secrets.
    """

    file: FileDiff
    head: SourceText | None
    base: SourceText | None


class Detail(IntEnum):
    """The level of detail in which a file is shown."""

    CHANGED = 0  # only the lines that changed
    HUNKS = 1  # with the diff's context lines
    SURROUNDED = 2  # with the surrounding definitions


class DisplayRow(NamedTuple):
    """A line to show, with its number on each side. ``at`` is its place on the new side, even if removed."""

    kind: LineKind
    old: int | None
    new: int | None
    at: int
    hunk: int | None


class ChangedFile:
    """A changed file, prepared for display."""

    def __init__(self, readable: ReadableFile, redactor: Redactor) -> None:
        self.file = readable.file
        self.name = display_name(self.file.path, redactor)
        self.old_name = display_name(self.file.old_path, redactor)
        path = self.file.path
        names = (self.name, path, paths.display_path(path))
        self.head, self.base = (
            DisplayedText.of((*names, text.path, paths.display_path(text.path)), "commit", text, redactor)
            if text
            else None
            for text in (readable.head, readable.base)
        )
        self.fingerprints = [_fingerprint(hunk) for hunk in self.file.hunks]
        self._longest_removed_run: int | None = None

    def shorten_removed_runs(self) -> None:
        """From now on, show only the first lines of each run of removed lines, as of a deleted file."""
        self._longest_removed_run = REMOVED_RUN_LINES

    def count_hidden_removed_lines(self) -> int:
        """Return how many removed lines are not shown because of ``shorten_removed_runs``."""
        if self._longest_removed_run is None:
            return 0
        shown = sum(row.kind is LineKind.REMOVED for row in self._hunk_rows(Detail.CHANGED))
        return sum(1 for _ in self.file.removed_lines()) - shown

    @property
    def whole(self) -> bool:
        """Whether the whole file is read rather than a change to it, as in a baseline."""
        return not self.file.hunks and self.file.status is FileStatus.ADDED

    def rows(self, detail: Detail, left_out: Set[int]) -> list[DisplayRow]:
        """List the rows to show. Hunks whose numbers are in ``left_out`` get no surrounding lines."""
        if self.whole:
            count = self.head.count if self.head else 0
            return [
                DisplayRow(LineKind.CONTEXT, None, number, number, None) for number in range(1, count + 1)
            ]
        if self.file.status is FileStatus.DELETED:
            return list(self._hunk_rows(Detail.HUNKS))[:DELETED_FILE_LINES]
        return list(self._merge_rows(detail, left_out))

    def _merge_rows(self, detail: Detail, left_out: Set[int]) -> Iterator[DisplayRow]:
        surroundings = self._surroundings(left_out) if detail is Detail.SURROUNDED else []
        next_extra, shift = 0, 0
        rows = list(self._hunk_rows(detail))
        next_row = 0
        for number, hunk in enumerate(self.file.hunks):
            first, end = _range_on_new_side(hunk)
            while next_extra < len(surroundings) and surroundings[next_extra] < first:
                yield _context_row(surroundings[next_extra], shift)
                next_extra += 1
            while next_row < len(rows) and rows[next_row].hunk == number:
                yield rows[next_row]
                next_row += 1
            while next_extra < len(surroundings) and surroundings[next_extra] < end:
                next_extra += 1
            shift += hunk.new_count - hunk.old_count
        yield from (_context_row(line, shift) for line in surroundings[next_extra:])

    def _hunk_rows(self, detail: Detail) -> Iterator[DisplayRow]:
        for number, hunk in enumerate(self.file.hunks):
            line_number, _ = _range_on_new_side(hunk)
            run = 0
            for line in hunk.lines:
                run = run + 1 if line.kind is LineKind.REMOVED else 0
                if self._longest_removed_run and run > self._longest_removed_run:
                    continue
                if line.kind is not LineKind.CONTEXT or detail > Detail.CHANGED:
                    yield DisplayRow(line.kind, line.old, line.new, line_number, number)
                line_number += line.new is not None

    def _surroundings(self, left_out: Set[int]) -> list[int]:
        if self.head is None:
            return []
        lines = {
            line
            for number, ranges in enumerate(self._surrounding_ranges)
            if number not in left_out
            for lines_around in ranges
            for line in lines_around
        }
        return sorted(line for line in lines if 1 <= line <= self.head.count)

    @cached_property
    def _surrounding_ranges(self) -> list[list[range]]:
        """For each hunk, the lines to show around its changes."""
        if self.head is None or self.file.status is FileStatus.ADDED:
            return []  # every line of a new file is shown anyway
        scopes = find_scopes(self.file.path, self.head.text.content)
        ranges = []
        for hunk in self.file.hunks:
            ends = sorted({end for block in _changed_runs(hunk) for end in block})
            around = list(scopes_around(ends, scopes))
            ranges.append(
                around or [range(ends[0] - CONTEXT_LINES, ends[-1] + CONTEXT_LINES + 1)] if ends else []
            )
        return ranges


def _context_row(line: int, shift: int) -> DisplayRow:
    return DisplayRow(LineKind.CONTEXT, line - shift, line, line, None)


def _range_on_new_side(hunk: Hunk) -> tuple[int, int]:
    """Return the first line of a hunk on the new side, and the line after its last one."""
    first = hunk.new_start if hunk.new_count else hunk.new_start + 1
    return first, first + hunk.new_count


def _changed_runs(hunk: Hunk) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line, on the new side, of each run of changed lines."""
    line_number, _ = _range_on_new_side(hunk)
    first: int | None = None
    for line in (*hunk.lines, HunkLine(LineKind.CONTEXT, b"", None, None)):
        if line.kind is LineKind.CONTEXT and first is not None:
            yield first, max(first, line_number - 1)
            first = None
        elif line.kind is not LineKind.CONTEXT and first is None:
            first = line_number
        line_number += line.new is not None


def _fingerprint(hunk: Hunk) -> Fingerprint:
    return tuple((line.kind, line.text) for line in hunk.lines if line.kind is not LineKind.CONTEXT)
