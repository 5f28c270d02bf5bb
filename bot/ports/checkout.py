"""Checkouts of repositories: the files, changes and commit messages that a reading looks at."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from bot.domain.review.diff import FileDiff, FileSide
from bot.domain.review.recent_history import RecentCommits

Uncommitted = Literal["WORKTREE", "INDEX"]


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file of a tree: its path as in ``domain.review.paths``, and its mode, object id and size."""

    path: str
    side: FileSide


@dataclass(frozen=True, slots=True)
class Change:
    """A change to read, with its commits resolved.

    ``base`` is the merge base, or None for a baseline or a head without common history. ``head`` is a commit
    id, ``"WORKTREE"`` or ``"INDEX"``. ``hiding_base`` is the commit whose ``.senseiignore`` and
    ``.gitattributes`` apply: the tip of the given base, or the head of a baseline, which has nothing else. It
    is never the head of a change. ``notes`` are sentences for the person who asked for the reading.
    ``repository`` is the name of its folder, and ``branch`` the branch or revision that was asked for; both
    are empty if unknown.
    """

    base: str | None
    head: str
    hiding_base: str | None
    files: tuple[FileDiff, ...]
    notes: tuple[str, ...] = ()
    repository: str = ""
    branch: str = ""


class CommitMessages(NamedTuple):
    """Commit messages, each with a name to show, and a sentence for each that is too long to read."""

    read: tuple[tuple[str, str], ...] = ()
    unread: tuple[str, ...] = ()


class Checkout(Protocol):
    """A read-only view of a repository at one moment. No method runs code from the repository."""

    def change(self, base: str | None, head: str) -> Change:
        """Return the change from the merge base of ``base`` and ``head``; raise UserError or Incomplete."""

    def baseline(self, head: str) -> Change:
        """Return a whole tree as a change that adds every file."""

    def tree(self) -> Sequence[TreeEntry]:
        """List every file of the head, submodules included."""

    def read(self, side: FileSide) -> bytes:
        """Return the bytes of a blob; raise Incomplete if this clone does not have it."""

    def hiding_file(self, path: str, most: int) -> bytes | None:
        """Return a file of the change's ``hiding_base``, or None if there is none.

        Raises:
            UserError: the file has more than ``most`` bytes, so its rules could not be applied.
        """

    def messages(self) -> CommitMessages:
        """Return the messages of the change's commits, newest first."""

    def recent_commits(self, paths: Sequence[str]) -> RecentCommits:
        """Return the last commits before the change that touched some files, or say why they are missing."""

    def attributes(self, commit: str | None, paths: Sequence[str]) -> dict[str, frozenset[str]]:
        """Return which of ``linguist-generated`` and ``linguist-vendored`` a commit sets for each path."""


@dataclass(frozen=True, slots=True)
class CloneRequest:
    """A request to clone what a reading needs. ``repository`` is the code host's id.

    A ``base`` of None means the whole tree of ``head``. ``url`` holds no credential. ``token`` may read the
    repository's contents, and must not be written anywhere.
    """

    repository: int
    url: str
    token: str
    base: str | None
    head: str


class Checkouts(Protocol):
    """Clones of repositories at the code host."""

    def open_clone(self, wanted: CloneRequest) -> AbstractContextManager[str]:
        """Yield the folder of a clone with everything that a reading of ``wanted`` looks at.

        The clone does not change while it is open.

        Raises:
            TransientError, PermanentError: the host did not answer, or denies access. Incomplete: the host no
                longer has a commit.
        """


@dataclass(frozen=True, slots=True)
class BranchCommit:
    """One commit to push to a new branch.

    It follows ``parent`` and writes ``files`` (by path). ``author`` is a name and an address. The same values
    always give the same commit, so pushing it again changes nothing.
    """

    branch: str
    parent: str
    files: Mapping[str, bytes]
    author: tuple[str, str]
    message: str
    at: datetime


class BranchTakenError(Exception):
    """A branch with this name has other commits at the host, and is left as it is."""


class Branches(Protocol):
    """Reads a repository's files at its head, and pushes new branches to it."""

    def read_files(
        self, wanted: CloneRequest, choose: Callable[[Sequence[str]], Collection[str]], most: int
    ) -> tuple[Sequence[str], Mapping[str, bytes]]:
        """Return the paths of all regular files of a head, and the contents of some.

        ``choose`` names those to read, from all paths. Files of more than ``most`` bytes are left out.

        Raises:
            TransientError, PermanentError, IncompleteReadingError: as ``Checkouts.open_clone``.
        """

    def push(self, wanted: CloneRequest, commit: BranchCommit) -> None:
        """Push a commit to a new branch. The request's token must be one that can push.

        Raises:
            BranchTakenError: the branch exists with other commits.
            PermanentError: the host refuses the push, for instance because of its rules for branches.
            TransientError, IncompleteReadingError: as ``Checkouts.open_clone``.
        """


@dataclass(frozen=True, slots=True)
class CommitFiles:
    """Some files of a commit, by path, and the subject of the last commit that touched each.

    Files that don't exist, aren't regular or are too large are left out. So is what ``.senseiignore`` names:
    ``hidden`` are the paths, of those asked for, that it names, whether or not the commit has such files.
    """

    contents: Mapping[str, bytes]
    subjects: Mapping[str, str]
    hidden: frozenset[str] = frozenset()


class CommitReader(Protocol):
    """Reads some files of a commit at the code host."""

    def read_commit(self, wanted: CloneRequest, paths: Collection[str], most: int) -> CommitFiles:
        """Return files of at most ``most`` bytes each as they are in the request's head.

        Raises:
            TransientError, PermanentError, IncompleteReadingError: as ``Checkouts.open_clone``.
        """
