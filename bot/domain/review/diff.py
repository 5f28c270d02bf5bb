r"""A change between two trees, exactly as git has it: files, hunks, lines with their old and new numbers.

Lines are bytes and end at ``\n`` only: a form feed, a lone carriage return or U+2028 inside a line does
not end it, so numbers agree with git's and with every editor that counts as git does.

The parser takes names, modes and object ids from ``git diff-tree --raw -z`` (exact bytes) and lines from
the patch, whose headers are never read for names: unidiff 1.0.1 does, and refuses what git prints for a
file called ``x b/x`` ("Target without source").
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.review import paths

SYMLINK, SUBMODULE = "120000", "160000"


class FileStatus(StrEnum):
    """What happened to a file, by git's words."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    TYPE_CHANGED = "type changed"


class LineKind(StrEnum):
    """Which side of the change a line stands on."""

    CONTEXT = " "
    REMOVED = "-"
    ADDED = "+"


@dataclass(frozen=True, slots=True)
class FileSide:
    """A file on one side of a change: git mode (``100644``), object id, size in bytes (None: not known)."""

    mode: str
    oid: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class HunkLine:
    r"""One line of a hunk, without its final ``\n``; ``ends`` is False where the file ends without one.

    ``old`` and ``new`` are 1-based numbers; None on the side where the line does not stand.
    """

    kind: LineKind
    text: bytes
    old: int | None
    new: int | None
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk, with the starts and counts of its header (an omitted count is 1)."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    lines: tuple[HunkLine, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One changed file. ``path`` is the new name (the old one for a deleted file), see ``domain.paths``.

    ``binary`` says that git showed no lines for it: binary content, or larger than the limit for a diff.
    A file whose type changed (say, to a symbolic link) has one hunk that removes every line of the old
    content and adds every line of the new; where one of the two is binary, ``binary`` is set and the hunk
    has the other's lines.
    """

    path: str
    old_path: str
    status: FileStatus
    old: FileSide | None
    new: FileSide | None
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False
    unread: str | None = None

    def added_lines(self) -> Iterator[HunkLine]:
        """Yield the lines that stand only on the new side."""
        return (line for hunk in self.hunks for line in hunk.lines if line.kind is LineKind.ADDED)

    def removed_lines(self) -> Iterator[HunkLine]:
        """Yield the lines that stand only on the old side."""
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


def parse_patch(raw: bytes) -> tuple[FileDiff, ...]:
    """Read the output of ``git diff-tree -r --raw -z --no-abbrev``: files without hunks, sizes not known.

    Raises:
        ValueError: it is not such an output; the message says where.
    """
    return tuple(parse_raw(iter(raw.split(b"\0"))))


def parse_raw(fields: Iterator[bytes]) -> Iterator[FileDiff]:
    """Read the same from its fields, one file at a time.

    Raises:
        ValueError: as ``files``.
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
            old=_side(old_mode, old_oid),
            new=_side(new_mode, new_oid),
        )


def _side(mode: str, oid: str) -> FileSide | None:
    return None if mode == "000000" else FileSide(mode, oid)


def add_hunks(changed: Iterable[FileDiff], patch: Iterable[bytes]) -> Iterator[FileDiff]:
    r"""Give each file its hunks from the lines (``\n`` included) of the same diff's ``-p --full-index``.

    Sections are matched with files in order, and each by the object ids of its ``index`` line. The patch
    is read as the files are asked for, never whole.

    Raises:
        ValueError: the patch is malformed or of another diff; the message says at which of its lines.
    """
    lines = _Lines(patch)
    for file in changed:
        if file.status is FileStatus.TYPE_CHANGED:
            (old, old_binary), (new, new_binary) = (
                _section(lines, file.old, None),
                _section(lines, None, file.new),
            )
            yield replace(file, hunks=_replacement(old, new), binary=old_binary or new_binary)
        else:
            hunks, binary = _section(lines, file.old, file.new)
            yield replace(file, hunks=hunks, binary=binary)
    if lines.ahead:
        raise lines.wrong("a section that belongs to no file")


class _Lines:
    """The lines of a patch, with one look ahead (empty at the end)."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._rest = iter(lines)
        self._number = 1
        self.ahead = next(self._rest, b"")

    def take(self) -> bytes:
        line = self.ahead
        self._number += 1
        self.ahead = next(self._rest, b"")
        return line

    def wrong(self, what: str) -> ValueError:
        return ValueError(f"patch, line {self._number}: {what}; it reads {self.ahead[:80]!r}")


def _id(side: FileSide | None) -> bytes:
    return side.oid.encode("ascii") if side else b""


def _section(lines: _Lines, old: FileSide | None, new: FileSide | None) -> tuple[tuple[Hunk, ...], bool]:
    """Read one section and check that it is of these two objects; return its hunks, and if it is binary."""
    if not lines.ahead.startswith(b"diff --git "):
        raise lines.wrong("a section should begin here")
    lines.take()
    ids: tuple[bytes, ...] = ()
    binary = False
    while lines.ahead and not lines.ahead.startswith((b"diff --git ", b"@@ ")):
        if match := _INDEX.fullmatch(lines.ahead):
            ids = tuple(oid.strip(b"0") and oid for oid in match.groups())  # all zeros: no object
        binary = binary or lines.ahead.startswith(b"Binary files ")
        lines.take()
    # git leaves the index line out where only the name or the mode changed.
    if ids != (_id(old), _id(new)) and (ids or _id(old) != _id(new)):
        raise lines.wrong(f"the section above is not of {_id(old)!r} and {_id(new)!r}")
    hunks = []
    while lines.ahead.startswith(b"@@ "):
        hunks.append(_hunk(lines))
    return tuple(hunks), binary


def _hunk(lines: _Lines) -> Hunk:
    """Read one hunk by its counts: whatever its lines look like, they are code until these are used up."""
    header = _HUNK.match(lines.ahead)
    if not header:
        raise lines.wrong("a hunk's header cannot be read")
    old_start, old_count, new_start, new_count = (
        int(1 if number is None else number) for number in header.groups()
    )
    lines.take()
    old, new, found = old_start, new_start, list[HunkLine]()
    old_end, new_end = old_start + old_count, new_start + new_count
    while old < old_end or new < new_end:
        kind = _KINDS.get(lines.ahead[0]) if lines.ahead else None
        in_old, in_new = kind is not LineKind.ADDED, kind is not LineKind.REMOVED
        if kind is None or (in_old and old >= old_end) or (in_new and new >= new_end):
            raise lines.wrong("a hunk's lines do not fit its header")
        text = lines.take()[1:].removesuffix(b"\n")
        ends = not lines.ahead.startswith(b"\\ ")
        if not ends:
            lines.take()
        found.append(HunkLine(kind, text, old if in_old else None, new if in_new else None, ends))
        old, new = old + in_old, new + in_new
    return Hunk(old_start, old_count, new_start, new_count, tuple(found))


def _replacement(old: tuple[Hunk, ...], new: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """Join a deletion's hunk and a creation's (either may be missing: empty or binary) into one."""
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


def as_added(file: FileDiff, content: bytes) -> FileDiff:
    """Return a file of a baseline as if this change had added every line of it."""
    texts = content.split(b"\n")
    ends = texts[-1] == b""
    texts = texts[:-1] if ends else texts
    lines = tuple(
        HunkLine(LineKind.ADDED, text, None, n, ends or n < len(texts))
        for n, text in enumerate(texts, start=1)
    )
    return replace(file, hunks=(Hunk(0, 0, 1, len(lines), lines),) if lines else ())
