"""The blocks of a data section: changed files, words, neighbours and marks.

A file's lines have a gutter: ``12  text`` for context, ``12+ text`` for an added line, both with the number
on the new side, ``- text`` for a removed one, and ``…`` for what is left out. The numbers are not padded,
because padding costs a token a line.
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
"""UTF-8 bytes per token of a data section; the estimate for a budget is bytes divided by this.

Measured on data sections of this project's own files with PyPI's ctok 1.3, an unofficial reconstruction of
Claude's tokenizers that counts offline. For the models from 4.7 on: 2.15 (TOML), 2.4 to 2.7 (Python), 2.6
(Markdown), 3.2 (YAML), 3.6 (Japanese); for those before: 2.7 to 3.9. So the estimate is at most 7 % too low
for code and text, and up to 40 % too high. Random characters, as in hashes, take more: 1.5 bytes a token.
"""

_REST = "… the rest of this file is not shown\n"
MOST_PLACES = 40  # of one repeated hunk that are listed


def tokens(text: str) -> int:
    """Estimate the tokens of a text, see ``BYTES_PER_TOKEN``."""
    return math.ceil(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a data section with its estimated tokens, what it shows, and what was left out of it."""

    text: str
    shown: tuple[ShownLines, ...]
    cut: str = ""

    @property
    def tokens(self) -> int:
        """The estimate, with the line end behind the block."""
        return tokens(self.text + "\n")


@dataclass(slots=True)
class RepeatedHunks:
    """Hunks that change the same in several files, by what they change: shown in the first file only."""

    places: dict[Fingerprint, list[tuple[ChangedFile, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, files: Iterable[ChangedFile]) -> "RepeatedHunks":
        """Collect the hunks of files in the order in which they are shown."""
        repeats = cls()
        for file in files:
            for n, fingerprint in enumerate(file.fingerprints):
                repeats.places.setdefault(fingerprint, []).append((file, n))
        return repeats

    def left_out(self, file: ChangedFile) -> Set[int]:
        """Return the numbers of the hunks of a file that another file shows."""
        return {
            n for n, fingerprint in enumerate(file.fingerprints) if self.places[fingerprint][0][0] is not file
        }

    def elsewhere(self, file: ChangedFile, hunk: int) -> list[tuple[ChangedFile, int]]:
        """Return where else a hunk stands, if this is the place that shows it."""
        first, *others = self.places[file.fingerprints[hunk]]
        return [one for one in others if one[0] is not file] if first == (file, hunk) else []


def file_block(
    file: ChangedFile, detail: Detail, repeats: RepeatedHunks, most: int | None = None
) -> Block | None:
    """Show a changed file, or None if other files show all of it; with ``most`` tokens only its beginning."""
    left_out = repeats.left_out(file)
    if left_out and len(left_out) == len(file.fingerprints) and file.file.status is not FileStatus.RENAMED:
        return None
    every = file.rows(detail, left_out)
    rows = [row for row in every if (file.base if row.kind is LineKind.REMOVED else file.head) is not None]
    unread = len(every) - len(rows)
    writing = _Writing(file, repeats, left_out)
    lines = [writing.row(row) for row in rows]
    lines.append(writing.rest() + (f"… {unread:,} more changed lines not shown\n" if unread else ""))
    opening = f'<file path="{file.name}" status="{_status(file)}">\n'
    fitting = len(lines)
    if most is not None:
        fitting = _fitting(lines, most - tokens(f"{opening}</file>\n"), tokens(_REST))
    cut = "" if fitting == len(lines) else f"only {fitting:,} of {len(rows):,} lines fit"
    kept = lines[:fitting] + ([_REST] if cut else [])
    return Block(
        f"{opening}{''.join(kept)}</file>",
        (*_parts(file, rows[:fitting], left_out), *writing.shown_elsewhere(rows[:fitting])),
        cut or _unseen(file, rows, unread),
    )


class _Writing:
    """Writes the rows of one file, with a mark wherever lines of the new side are left out."""

    def __init__(self, file: ChangedFile, repeats: RepeatedHunks, left_out: Set[int]) -> None:
        self._file = file
        self._repeats = repeats
        self._left_out = left_out
        self._next = 1
        self._hunk: int | None = None

    def row(self, row: DisplayRow) -> str:
        """Return a row with what has to be said before it; of a hunk that is left out, only that."""
        before = self._after_hunk(row.hunk)
        gap = row.at - self._next
        self._next = row.at + (row.new is not None)
        if row.hunk in self._left_out:
            return before + (self._reference(row.hunk) if self._enters(row.hunk) else "")
        self._enters(row.hunk)
        before += _gap(gap)
        display = self._file.base if row.kind is LineKind.REMOVED else self._file.head
        number = row.old if row.kind is LineKind.REMOVED else row.new
        text = display.line(number) if display and number else ""
        sign = "" if row.kind is LineKind.REMOVED else str(row.new)
        return f"{before}{sign}{row.kind} {text}\n"

    def rest(self) -> str:
        """Return what has to be said behind the last row."""
        after = self._after_hunk(None)
        if self._file.file.status is FileStatus.DELETED or self._file.head is None:
            return after
        return after + _gap(self._file.head.count + 1 - self._next)

    def shown_elsewhere(self, rows: Sequence[DisplayRow]) -> list[ShownLines]:
        """Return the changed lines of other files that are shown by being those of this one."""
        shown: list[ShownLines] = []
        for hunk in sorted({row.hunk for row in rows if row.hunk is not None} - self._left_out):
            for other, n in self._repeats.elsewhere(self._file, hunk):
                changed = [row for row in other.rows(Detail.CHANGED, frozenset()) if row.hunk == n]
                shown += _parts(other, changed, frozenset())
        return shown

    def _enters(self, hunk: int | None) -> bool:
        entered = hunk != self._hunk
        self._hunk = hunk
        return entered

    def _reference(self, hunk: int | None) -> str:
        first, n = self._repeats.places[self._file.fingerprints[hunk or 0]][0]
        here = self._file.file.hunks[hunk or 0].new_start
        return f"… line {here}: the same change as {_place(first, n)}\n"

    def _after_hunk(self, following: int | None) -> str:
        """Say where else the change of a hunk stands, once it is over."""
        if self._hunk is None or self._hunk == following or self._hunk in self._left_out:
            return ""
        others = self._repeats.elsewhere(self._file, self._hunk)
        if not others:
            return ""
        listed = "; ".join(_place(*one) for one in others[:MOST_PLACES])
        more = f" and {len(others) - MOST_PLACES:,} more" if len(others) > MOST_PLACES else ""
        return f"… the same change also in {listed}{more}\n"


def _place(file: ChangedFile, hunk: int) -> str:
    return f"{file.name}:{file.file.hunks[hunk].new_start}"


def _gap(count: int) -> str:
    return f"… {count:,} line{'s' if count != 1 else ''} not shown\n" if count > 0 else ""


def _status(file: ChangedFile) -> str:
    if file.whole:
        return "whole file"
    renamed = file.file.status is FileStatus.RENAMED
    return f"renamed from {file.old_name}" if renamed else file.file.status.value


def _unseen(file: ChangedFile, rows: Sequence[DisplayRow], unread: int) -> str:
    """Say what of a change is not in its rows."""
    if unread:
        return f"{unread:,} changed lines not shown: their side of the file was not read"
    count = sum(len(hunk.lines) for hunk in file.file.hunks)
    deleted = file.file.status is FileStatus.DELETED and len(rows) < count
    return f"deleted: {len(rows):,} of {count:,} lines shown" if deleted else ""


def _parts(file: ChangedFile, rows: Sequence[DisplayRow], left_out: Set[int]) -> list[ShownLines]:
    """Return the parts of both sides that rows show."""
    seen = [row for row in rows if row.hunk not in left_out]
    head = [row.new for row in seen if row.new is not None]
    base = [row.old for row in seen if row.old is not None]
    return [*_runs(file.head, head), *_runs(file.base, base)]


def _runs(display: DisplayedText | None, numbers: Sequence[int]) -> list[ShownLines]:
    if display is None or not numbers:
        return []
    found, first = [], numbers[0]
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        if following != number + 1:
            found.append(display.part(first, number))
            first = following or 0
    return found


def text_block(
    tag: str, attribute: str, display: DisplayedText, most: int, *, numbered: bool
) -> Block | None:
    """Show a text that is not a change, or those of its first lines that ``most`` tokens hold, if any."""
    opening = f'<{tag} {attribute}="{display.names[0]}">\n'
    lines = [(f"{n}  " if numbered else "") + display.line(n) + "\n" for n in range(1, display.count + 1)]
    fitting = _fitting(lines, most - tokens(f"{opening}</{tag}>\n"), tokens(_gap(len(lines))))
    if fitting == 0:
        return None
    left = len(lines) - fitting
    return Block(
        f"{opening}{''.join(lines[:fitting])}{_gap(left)}</{tag}>",
        (display.part(1, fitting),),
        f"only {fitting:,} of {len(lines):,} lines fit" if left else "",
    )


def marks_block(
    marks: Mapping[str, Sequence[QuotedHit]], files: Iterable[ChangedFile], most: int
) -> Block | None:
    """List the places that signals found in some files, or as many as ``most`` tokens hold."""
    lines = [
        f"{file.name}:{found.citation.line_start} {found.armed.signal.id}\n"
        for file in files
        for found in marks.get(paths.shown(file.file.path), ())
    ]
    fitting = _fitting(lines, most - tokens("<marks>\n</marks>\n"), tokens("… and 1,000,000 more\n"))
    if fitting == 0:
        return None
    left = len(lines) - fitting
    more = f"… and {left:,} more\n" if left else ""
    cut = f"{left:,} marks do not fit" if left else ""
    return Block(f"<marks>\n{''.join(lines[:fitting])}{more}</marks>", (), cut)


def _fitting(lines: Sequence[str], most: int, rest: int) -> int:
    """Return how many lines ``most`` tokens hold; if not all, beside the ``rest`` that says so."""
    sizes = list(accumulate(len(line.encode()) for line in lines))
    if not sizes or sizes[-1] <= most * BYTES_PER_TOKEN:
        return len(lines)
    return bisect_right(sizes, (most - rest) * BYTES_PER_TOKEN)
