r"""A change between two trees, exactly as git has it: files, hunks, lines with their old and new numbers.

Lines are bytes and end at ``\n`` only: a form feed, a lone carriage return or U+2028 inside a line does
not end it, so numbers agree with git's and with every editor that counts as git does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

SYMLINK, SUBMODULE = "120000", "160000"


class Status(StrEnum):
    """What happened to a file, by git's words."""

    ADDED = "added"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    TYPE_CHANGED = "type changed"


class Kind(StrEnum):
    """Which side of the change a line stands on."""

    CONTEXT = " "
    REMOVED = "-"
    ADDED = "+"


@dataclass(frozen=True, slots=True)
class Side:
    """A file on one side of a change: git mode (``100644``), object id, size in bytes (None: not known)."""

    mode: str
    oid: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    r"""One line of a hunk, without its final ``\n``; ``ends`` is False where the file ends without one.

    ``old`` and ``new`` are 1-based numbers; None on the side where the line does not stand.
    """

    kind: Kind
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
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One changed file. ``path`` is the new name (the old one for a deleted file), see ``domain.paths``.

    ``binary`` says that git showed no lines for it: binary content, or larger than the limit for a diff.
    """

    path: str
    old_path: str
    status: Status
    old: Side | None
    new: Side | None
    hunks: tuple[Hunk, ...] = ()
    binary: bool = False

    def added_lines(self) -> Iterator[Line]:
        """Yield the lines that stand only on the new side."""
        return (line for hunk in self.hunks for line in hunk.lines if line.kind is Kind.ADDED)

    def removed_lines(self) -> Iterator[Line]:
        """Yield the lines that stand only on the old side."""
        return (line for hunk in self.hunks for line in hunk.lines if line.kind is Kind.REMOVED)
