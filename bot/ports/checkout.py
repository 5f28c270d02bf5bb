"""NEW."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from bot.domain.review.diff import FileDiff, FileSide

Uncommitted = Literal["WORKTREE", "INDEX"]


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file of a tree: path as in ``domain.paths``, and its mode, object id and size."""

    path: str
    side: FileSide


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be read, resolved once.

    ``base`` is the merge base (None: a baseline, or a head with no common history), ``head`` a commit id or
    ``"WORKTREE"`` / ``"INDEX"``. ``hiding_base`` is the commit whose ``.senseiignore`` and ``.gitattributes``
    count: the tip of the base as given, never the head of a change (a baseline has no other). ``notes`` are
    sentences for whoever asked for the reading.
    """

    base: str | None
    head: str
    hiding_base: str | None
    files: tuple[FileDiff, ...]
    notes: tuple[str, ...] = ()


class CommitMessages(NamedTuple):
    """Commit messages, each with a name to show; and a sentence for each that is too long to be read."""

    read: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


class Checkout(Protocol):
    """A repository, read-only, at one moment. No method runs code that the repository names."""

    def change(self, base: str | None, head: str) -> Change:
        """Read the change from the merge base of ``base`` and ``head``; raise UserError or Incomplete."""

    def baseline(self, head: str) -> Change:
        """Read a whole tree as if every file were added."""

    def tree(self) -> Sequence[TreeEntry]:
        """List every file of the head, submodules included."""

    def read(self, side: FileSide) -> bytes:
        """Read one blob's bytes; raise Incomplete where this clone does not have it."""

    def hiding_file(self, path: str, most: int) -> bytes | None:
        """Return a file of the change's ``hiding_base``, or None where there is none.

        Raise UserError where it has more than ``most`` bytes: what it hides could not be hidden.
        """

    def messages(self) -> CommitMessages:
        """Return the messages of the change's commits, newest first."""

    def attributes(self, commit: str | None, paths: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return for each path which of ``linguist-generated`` and ``linguist-vendored`` a commit sets."""


@dataclass(frozen=True, slots=True)
class CloneRequest:
    """What a reading needs of a host's repository, by its number. ``base`` None: the whole tree of ``head``.

    ``url`` holds no credential; ``token`` may read the contents, and is written nowhere.
    """

    repository: int
    url: str
    token: str
    base: str | None
    head: str


class Checkouts(Protocol):
    """Clones of hosts' repositories."""

    def brought(self, wanted: CloneRequest) -> AbstractContextManager[str]:
        """Give the folder of a clone with all that a reading of ``wanted`` looks at; nobody changes it.

        Raises:
            TransientError, PermanentError: the host did not answer, or does not let us in. Incomplete: it has
                not got a commit any more.
        """
