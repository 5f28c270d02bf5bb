"""Write the blocks of a data section: changed files, words, neighbours and marks.

A file's lines have a gutter: ``12  text`` for context and ``12+ text`` for an added line, both with the
number on the new side, ``- text`` for a removed line, and ``…`` for lines left out. The numbers are not
padded, because padding costs a token for each line.
"""

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate

from bot.domain.review import paths
from bot.domain.review.context.changed_files import ChangedFile, Detail, DisplayRow, Fingerprint
from bot.domain.review.context.display import DisplayedText, ShownLines
from bot.domain.review.diff import FileStatus, LineKind
from bot.domain.review.question_selection import QuotedHit

BYTES_PER_TOKEN = 2.3
"""UTF-8 bytes per token of a data section. Estimates of tokens divide bytes by this.

Measured on data sections of this project's own files with PyPI's ctok 1.3, an unofficial reconstruction of
Claude's tokenizers that counts offline. For the models from 4.7 on: 2.15 (TOML), 2.4 to 2.7 (Python), 2.6
(Markdown), 3.2 (YAML), 3.6 (Japanese); for those before: 2.7 to 3.9. So the estimate is at most 7 % too low
for code and text, and up to 40 % too high. Random characters, as in hashes, have only 1.5 bytes per token.
"""

_REST = "… the rest of this file is not shown\n"
MOST_PLACES = 40  # listed for one repeated hunk


def estimate_tokens(text: str) -> int:
    """Estimate the number of tokens of a text from ``BYTES_PER_TOKEN``."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Block:
    """Part of a data section: its text, the lines it shows, and a description of what was cut."""

    text: str
    shown: tuple[ShownLines, ...]
    cut: str = ""

    @property
    def tokens(self) -> int:
        """The estimated number of tokens, including the line end after the block."""
        return estimate_tokens(self.text + "\n")


@dataclass(slots=True)
class RepeatedHunks:
    """Hunks grouped by the lines that they change. Of files with equal hunks, only the first shows them."""

    places: dict[Fingerprint, list[tuple[ChangedFile, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Iterable[ChangedFile]) -> "RepeatedHunks":
        """Collect the hunks of some files, given in display order."""
        repeats = cls()
        for file in files:
            for number, fingerprint in enumerate(file.fingerprints):
                repeats.places.setdefault(fingerprint, []).append((file, number))
        return repeats

    def hunks_shown_elsewhere(self, file: ChangedFile) -> Set[int]:
        """Return the numbers of a file's hunks that are shown in another file."""
        return {
            number
            for number, fingerprint in enumerate(file.fingerprints)
            if self.places[fingerprint][0][0] is not file
        }

    def other_places(self, file: ChangedFile, hunk: int) -> list[tuple[ChangedFile, int]]:
        """Return a hunk's places in other files, if this file is the one that shows the hunk."""
        first, *others = self.places[file.fingerprints[hunk]]
        return [place for place in others if place[0] is not file] if first == (file, hunk) else []


def file_block(
    file: ChangedFile, detail: Detail, repeats: RepeatedHunks, limit: int | None = None
) -> Block | None:
    """Return a changed file's block, or None if other files show all its hunks.

    If a limit in tokens is given, the block is cut to fit.
    """
    left_out = repeats.hunks_shown_elsewhere(file)
    if left_out and len(left_out) == len(file.fingerprints) and file.file.status is not FileStatus.RENAMED:
        return None
    all_rows = file.rows(detail, left_out)
    rows = [row for row in all_rows if (file.base if row.kind is LineKind.REMOVED else file.head) is not None]
    unread_count = len(all_rows) - len(rows)
    writer = _RowWriter(file, repeats, left_out)
    lines = [writer.write_row(row) for row in rows]
    unread_mark = f"… {unread_count:,} more changed lines not shown\n" if unread_count else ""
    hidden = file.count_hidden_removed_lines()
    hidden_mark = f"… {hidden:,} more removed lines not shown\n" if hidden else ""
    lines.append(writer.finish() + unread_mark + hidden_mark)
    opening = f'<file path="{file.name}" status="{_describe_status(file)}">\n'
    fitting = len(lines)
    if limit is not None:
        room = limit - estimate_tokens(f"{opening}</file>\n")
        fitting = _count_fitting(lines, room, estimate_tokens(_REST))
    cut = "" if fitting == len(lines) else f"only {fitting:,} of {len(rows):,} lines fit"
    shown_lines = lines[:fitting] + ([_REST] if cut else [])
    return Block(
        f"{opening}{''.join(shown_lines)}</file>",
        (
            *_shown_parts(file, rows[:fitting], left_out),
            *writer.list_repeated_lines(rows[:fitting]),
        ),
        cut or _describe_missing(file, rows, unread_count) or _describe_hidden(hidden),
    )


class _RowWriter:
    """Writes the rows of a file, with a mark wherever lines of the new side are omitted."""

    def __init__(self, file: ChangedFile, repeats: RepeatedHunks, left_out: Set[int]) -> None:
        self._file = file
        self._repeats = repeats
        self._hunks_left_out = left_out
        self._next_line = 1
        self._hunk: int | None = None

    def write_row(self, row: DisplayRow) -> str:
        """Return the marks before a row, then the row, unless its hunk is omitted."""
        before = self._finish_hunk(row.hunk)
        gap = row.at - self._next_line
        self._next_line = row.at + (row.new is not None)
        if row.hunk in self._hunks_left_out:
            return before + (self._refer_to_first(row.hunk) if self._enter_hunk(row.hunk) else "")
        self._enter_hunk(row.hunk)
        before += _format_gap(gap)
        display = self._file.base if row.kind is LineKind.REMOVED else self._file.head
        number = row.old if row.kind is LineKind.REMOVED else row.new
        text = display.line(number) if display and number else ""
        sign = "" if row.kind is LineKind.REMOVED else str(row.new)
        return f"{before}{sign}{row.kind} {text}\n"

    def finish(self) -> str:
        """Return the marks after the last row."""
        after = self._finish_hunk(None)
        if self._file.file.status is FileStatus.DELETED or self._file.head is None:
            return after
        return after + _format_gap(self._file.head.count + 1 - self._next_line)

    def list_repeated_lines(self, rows: Sequence[DisplayRow]) -> list[ShownLines]:
        """List changed lines of other files that are shown here, because the hunks are the same."""
        shown: list[ShownLines] = []
        for hunk in sorted({row.hunk for row in rows if row.hunk is not None} - self._hunks_left_out):
            for other, other_hunk in self._repeats.other_places(self._file, hunk):
                changed = [row for row in other.rows(Detail.CHANGED, frozenset()) if row.hunk == other_hunk]
                shown += _shown_parts(other, changed, frozenset())
        return shown

    def _enter_hunk(self, hunk: int | None) -> bool:
        entered = hunk != self._hunk
        self._hunk = hunk
        return entered

    def _refer_to_first(self, hunk: int | None) -> str:
        first, first_hunk = self._repeats.places[self._file.fingerprints[hunk or 0]][0]
        here = self._file.file.hunks[hunk or 0].new_start
        return f"… line {here}: the same change as {_format_place(first, first_hunk)}\n"

    def _finish_hunk(self, following: int | None) -> str:
        """Once all rows of a hunk are written, return the mark that lists its other places."""
        if self._hunk is None or self._hunk == following or self._hunk in self._hunks_left_out:
            return ""
        others = self._repeats.other_places(self._file, self._hunk)
        if not others:
            return ""
        listed = "; ".join(_format_place(*place) for place in others[:MOST_PLACES])
        more = f" and {len(others) - MOST_PLACES:,} more" if len(others) > MOST_PLACES else ""
        return f"… the same change also in {listed}{more}\n"


def _format_place(file: ChangedFile, hunk: int) -> str:
    return f"{file.name}:{file.file.hunks[hunk].new_start}"


def _format_gap(count: int) -> str:
    return f"… {count:,} line{'s' if count != 1 else ''} not shown\n" if count > 0 else ""


def _describe_status(file: ChangedFile) -> str:
    if file.whole:
        return "whole file"
    renamed = file.file.status is FileStatus.RENAMED
    return f"renamed from {file.old_name}" if renamed else file.file.status.value


def _describe_missing(file: ChangedFile, rows: Sequence[DisplayRow], unread: int) -> str:
    """Describe the part of a change that is not in the rows."""
    if unread:
        return f"{unread:,} changed lines not shown: their side of the file was not read"
    count = sum(len(hunk.lines) for hunk in file.file.hunks)
    deleted = file.file.status is FileStatus.DELETED and len(rows) < count
    return f"deleted: {len(rows):,} of {count:,} lines shown" if deleted else ""


def _describe_hidden(removed: int) -> str:
    return f"only its first removed lines: {removed:,} more not shown" if removed else ""


def _shown_parts(file: ChangedFile, rows: Sequence[DisplayRow], left_out: Set[int]) -> list[ShownLines]:
    """Return the lines of both sides that the rows show."""
    seen = [row for row in rows if row.hunk not in left_out]
    head = [row.new for row in seen if row.new is not None]
    base = [row.old for row in seen if row.old is not None]
    return [*_split_into_runs(file.head, head), *_split_into_runs(file.base, base)]


def _split_into_runs(display: DisplayedText | None, numbers: Sequence[int]) -> list[ShownLines]:
    if display is None or not numbers:
        return []
    runs, first = [], numbers[0]
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        if following != number + 1:
            runs.append(display.part(first, number))
            first = following or 0
    return runs


def text_block(
    tag: str, attribute: str, display: DisplayedText, limit: int, *, numbered: bool
) -> Block | None:
    """Return a block with as many lines of an unchanged text as fit, or None if no line fits."""
    opening = f'<{tag} {attribute}="{display.names[0]}">\n'
    lines = [
        (f"{number}  " if numbered else "") + display.line(number) + "\n"
        for number in range(1, display.count + 1)
    ]
    room = limit - estimate_tokens(f"{opening}</{tag}>\n")
    fitting = _count_fitting(lines, room, estimate_tokens(_format_gap(len(lines))))
    if fitting == 0:
        return None
    missing = len(lines) - fitting
    return Block(
        f"{opening}{''.join(lines[:fitting])}{_format_gap(missing)}</{tag}>",
        (display.part(1, fitting),),
        f"only {fitting:,} of {len(lines):,} lines fit" if missing else "",
    )


def excerpt_block(
    opening: str, display: DisplayedText, lines: Sequence[int], limit: int, *, numbered: bool
) -> Block | None:
    """Return a block with as many of some lines of a text as fit, or None if no line fits.

    ``opening`` is the opening tag. ``lines`` are sorted numbers; a mark says how many are left out between
    them.
    """
    tag = opening[1:].split(" ", 1)[0].rstrip(">")
    rows, next_line = list[str](), 1
    for number in lines:
        gap = _format_gap(number - next_line) if numbered else ""
        rows.append(gap + (f"{number}  " if numbered else "") + display.line(number) + "\n")
        next_line = number + 1
    end = _format_gap(display.count)
    room = limit - estimate_tokens(f"{opening}\n</{tag}>\n{end}")
    fitting = _count_fitting(rows, room, 0)
    if fitting == 0:
        return None
    rest = _format_gap(display.count - lines[fitting - 1])
    shown = _split_into_runs(display, lines[:fitting])
    cut = f"only {fitting:,} of {len(rows):,} lines fit" if fitting < len(rows) else ""
    return Block(f"{opening}\n{''.join(rows[:fitting])}{rest}</{tag}>", tuple(shown), cut)


def marks_block(
    marks: Mapping[str, Sequence[QuotedHit]], files: Iterable[ChangedFile], limit: int
) -> Block | None:
    """Return a block that lists the hits of signals in some files, or None if no hit fits."""
    lines = [
        f"{file.name}:{hit.citation.line_start} {hit.armed.signal.id}\n"
        for file in files
        for hit in marks.get(paths.display_path(file.file.path), ())
    ]
    room = limit - estimate_tokens("<marks>\n</marks>\n")
    fitting = _count_fitting(lines, room, estimate_tokens("… and 1,000,000 more\n"))
    if fitting == 0:
        return None
    missing = len(lines) - fitting
    more = f"… and {missing:,} more\n" if missing else ""
    cut = f"{missing:,} marks do not fit" if missing else ""
    return Block(f"<marks>\n{''.join(lines[:fitting])}{more}</marks>", (), cut)


def _count_fitting(lines: Sequence[str], limit: int, reserve: int) -> int:
    """Return how many lines fit into ``limit`` tokens. Unless all fit, ``reserve`` tokens stay free."""
    sizes = list(accumulate(len(line.encode()) for line in lines))
    if not sizes or sizes[-1] <= limit * BYTES_PER_TOKEN:
        return len(lines)
    return bisect_right(sizes, (limit - reserve) * BYTES_PER_TOKEN)
