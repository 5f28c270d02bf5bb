r"""A change between two trees, as reported by git: files, hunks, and lines with old and new numbers.

Lines are bytes and end at ``\n`` only. A form feed, a lone carriage return or U+2028 does not end a line, so
line numbers agree with git's and with those of editors that count as git does.

The parser takes names, modes and object ids from ``git diff-tree --raw -z``, which prints the exact bytes.
From the patch, it takes only lines, because names in a patch's headers are ambiguous: unidiff 1.0.1 reads
them, and fails for a file called ``x b/x`` ("Target without source").
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.review import paths

SYMLINK, SUBMODULE = "120000", "160000"


class FileStatus(StrEnum):
    """What happened to a file, in git's words."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    TYPE_CHANGED = "type changed"


class LineKind(StrEnum):
    """The sides of a change that contain a line: both, only the old, or only the new."""

    CONTEXT = " "
    REMOVED = "-"
    ADDED = "+"


@dataclass(frozen=True, slots=True)
class FileSide:
    """A file on one side of a change: git mode (``100644``), object id, size in bytes (None: unknown)."""

    mode: str
    oid: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class HunkLine:
    r"""A line of a hunk, without its final ``\n``.

    ``ends`` is False for a file's last line if that line has no final ``\n``. ``old`` and ``new`` are its
    1-based numbers, None on a side without the line.
    """

    kind: LineKind
    text: bytes
    old: int | None
    new: int | None
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """A hunk, with the starts and counts of its header (an omitted count is 1)."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    lines: tuple[HunkLine, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """A changed file. ``path`` is the new name, or the old one for a deleted file (see ``paths``).

    ``binary`` means that git printed no lines: the content is binary, or too large for a diff. A file whose
    type changed (such as to a symbolic link) has one hunk that removes every old line and adds every new one.
    If one side is binary, ``binary`` is set and the hunk has the other side's lines.

    ``unread`` says why the lines could not be read; ``for_good`` is set if another attempt could not either.
    """

    path: str
    old_path: str
    status: FileStatus
    old: FileSide | None
    new: FileSide | None
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False
    unread: str | None = None
    for_good: bool = False

    def added_lines(self) -> Iterator[HunkLine]:
        """Yield the added lines, which are only on the new side."""
        return (line for hunk in self.hunks for line in hunk.lines if line.kind is LineKind.ADDED)

    def removed_lines(self) -> Iterator[HunkLine]:
        """Yield the removed lines, which are only on the old side."""
        return (line for hunk in self.hunks for line in hunk.lines if line.kind is LineKind.REMOVED)


_STATUSES = {
    "A": FileStatus.ADDED,
    "D": FileStatus.DELETED,
    "M": FileStatus.MODIFIED,
    "R": FileStatus.RENAMED,
    "T": FileStatus.TYPE_CHANGED,
}
_INDEX = re.compile(rb"index ([0-9a-f]+)\.\.([0-9a-f]+)(?: [0-7]+)?\n")
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_KINDS = {ord(kind.value): kind for kind in LineKind}


def parse_patch(output: bytes) -> tuple[FileDiff, ...]:
    """Parse the output of ``git diff-tree -r --raw -z --no-abbrev`` into files without hunks or sizes.

    Raises:
        ValueError: the output is malformed. The message says where.
    """
    return tuple(parse_entries(iter(output.split(b"\0"))))


def parse_entries(fields: Iterator[bytes]) -> Iterator[FileDiff]:
    """Yield the files from the NUL-separated fields of that output.

    Raises:
        ValueError: as ``parse_patch`` does.
    """
    for header in fields:
        if not header:
            break
        try:
            old_mode, new_mode, old_oid, new_oid, letter = (
                header.removeprefix(b":").decode("ascii").split(" ")
            )
            status = _STATUSES[letter[:1]]
            old_path = next(fields)
            path = next(fields) if status is FileStatus.RENAMED else old_path
        except (KeyError, StopIteration, ValueError):
            raise ValueError(f"raw diff: cannot read the entry {header!r}") from None
        yield FileDiff(
            path=paths.from_git(path),
            old_path=paths.from_git(old_path),
            status=status,
            old=_make_side(old_mode, old_oid),
            new=_make_side(new_mode, new_oid),
        )


def _make_side(mode: str, oid: str) -> FileSide | None:
    return None if mode == "000000" else FileSide(mode, oid)


def add_hunks(changed: Iterable[FileDiff], patch: Iterable[bytes]) -> Iterator[FileDiff]:
    r"""Yield each file with its hunks, read from the same diff's output with ``-p --full-index``.

    ``patch`` has the lines of the output, each with its ``\n``. Its sections must be in the order of the
    files and have their object ids. The patch is read only as far as needed for the files that the caller
    requests.

    Raises:
        ValueError: the patch is malformed or of another diff. The message names the line.
    """
    lines = _PatchLines(patch)
    for file in changed:
        if file.status is FileStatus.TYPE_CHANGED:
            (old, old_binary), (new, new_binary) = (
                _read_section(lines, file.old, None),
                _read_section(lines, None, file.new),
            )
            yield replace(file, hunks=_join_hunks(old, new), binary=old_binary or new_binary)
        else:
            hunks, binary = _read_section(lines, file.old, file.new)
            yield replace(file, hunks=hunks, binary=binary)
    if lines.ahead:
        raise lines.error_here("this section belongs to no file")


class _PatchLines:
    """The lines of a patch. ``ahead`` is the next line, or empty at the end."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._remaining = iter(lines)
        self._number = 1
        self.ahead = next(self._remaining, b"")

    def take(self) -> bytes:
        line = self.ahead
        self._number += 1
        self.ahead = next(self._remaining, b"")
        return line

    def error_here(self, problem: str) -> ValueError:
        return ValueError(f"patch, line {self._number}: {problem}; the line is {self.ahead[:80]!r}")


def _oid_bytes(side: FileSide | None) -> bytes:
    return side.oid.encode("ascii") if side else b""


def _read_section(
    lines: _PatchLines, old: FileSide | None, new: FileSide | None
) -> tuple[tuple[Hunk, ...], bool]:
    """Read a section and check its object ids. Return its hunks, and whether it is binary."""
    if not lines.ahead.startswith(b"diff --git "):
        raise lines.error_here("expected the start of a section")
    lines.take()
    ids: tuple[bytes, ...] = ()
    binary = False
    while lines.ahead and not lines.ahead.startswith((b"diff --git ", b"@@ ")):
        if match := _INDEX.fullmatch(lines.ahead):
            ids = tuple(oid.strip(b"0") and oid for oid in match.groups())  # all zeros: no object
        binary = binary or lines.ahead.startswith(b"Binary files ")
        lines.take()
    # git omits the index line if only the name or the mode changed.
    if ids != (_oid_bytes(old), _oid_bytes(new)) and (ids or _oid_bytes(old) != _oid_bytes(new)):
        expected = f"{_oid_bytes(old)!r} and {_oid_bytes(new)!r}"
        raise lines.error_here(f"the section above does not have the object ids {expected}")
    hunks = []
    while lines.ahead.startswith(b"@@ "):
        hunks.append(_read_hunk(lines))
    return tuple(hunks), binary


def _read_hunk(lines: _PatchLines) -> Hunk:
    """Read a hunk using the counts in its header, because its lines may look like headers too."""
    header = _HUNK.match(lines.ahead)
    if not header:
        raise lines.error_here("cannot read a hunk's header")
    old_start, old_count, new_start, new_count = (
        int(1 if number is None else number) for number in header.groups()
    )
    lines.take()
    old, new, lines_read = old_start, new_start, list[HunkLine]()
    old_end, new_end = old_start + old_count, new_start + new_count
    while old < old_end or new < new_end:
        kind = _KINDS.get(lines.ahead[0]) if lines.ahead else None
        in_old, in_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
        if kind is None or (in_old and old >= old_end) or (in_new and new >= new_end):
            raise lines.error_here("a hunk's lines do not match its header")
        text = lines.take()[1:].removesuffix(b"\n")
        ends = not lines.ahead.startswith(b"\\ ")
        if not ends:
            lines.take()
        lines_read.append(HunkLine(kind, text, old if in_old else None, new if in_new else None, ends))
        old, new = old + in_old, new + in_new
    return Hunk(old_start, old_count, new_start, new_count, tuple(lines_read))


def _join_hunks(old: tuple[Hunk, ...], new: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """Join the hunks of a deletion and a creation into one. An empty or binary file has no hunk."""
    if not old or not new:
        return old + new
    removed, added = old[0], new[0]
    return (
        Hunk(
            removed.old_start,
            removed.old_count,
            added.new_start,
            added.new_count,
            removed.lines + added.lines,
        ),
    )


def as_added_file(file: FileDiff, content: bytes) -> FileDiff:
    """Return a file as if the change had added all its lines. Used for baselines."""
    texts = content.split(b"\n")
    ends = texts[-1] == b""
    texts = texts[:-1] if ends else texts
    lines = tuple(
        HunkLine(LineKind.ADDED, text, None, number, ends or number < len(texts))
        for number, text in enumerate(texts, start=1)
    )
    return replace(file, hunks=(Hunk(0, 0, 1, len(lines), lines),) if lines else ())
