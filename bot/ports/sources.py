"""The index in which Sensei searches what it may cite, and the places where that is read."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.domain.sources.documents import Document, FoundPassage

ReadFiles = Callable[
    [Callable[[Sequence[str]], Collection[str]], int], tuple[Sequence[str], Mapping[str, bytes]]
]
"""Reads files of one commit or folder, as ``Branches.read_files`` does."""


@dataclass(frozen=True, slots=True)
class IndexChanges:
    """How many documents an update added or changed, left as they were, and removed."""

    written: int
    unchanged: int
    removed: int


class SearchIndex(Protocol):
    """A full-text index in a file of its own, which can be made anew from its sources at any time.

    A scope is a set of documents that the same people may read. The index may be used by several threads.
    """

    def replace(self, scope: str, documents: Iterable[Document]) -> IndexChanges:
        """Make a scope hold exactly these documents. Those that haven't changed are left as they are."""

    def remove(self, scope: str) -> None:
        """Forget a scope with its documents."""

    def list_scopes(self) -> Sequence[str]:
        """List the scopes that hold a document."""

    def list_documents(self, scope: str) -> Sequence[str]:
        """List the keys of a scope's documents."""

    def search(self, question: str, scopes: Collection[str], most: int = 12) -> Sequence[FoundPassage]:
        """Return the passages of these scopes that fit a question, best first, or none."""


class HandbookFolders(Protocol):
    """Folders on this machine that hold handbooks."""

    def read_files(
        self, folder: str, choose: Callable[[Sequence[str]], Collection[str]], most: int
    ) -> tuple[Sequence[str], Mapping[str, bytes]]:
        """Return the paths of a folder's files, relative to it, and the contents of some.

        As ``Branches.read_files``: ``choose`` names those to read, from all paths, and files of more than
        ``most`` bytes are left out. So is whatever isn't a regular file within the folder.

        Raises:
            UserError: the folder doesn't exist, can't be opened, or holds too many files.
        """


class StoredClones(Protocol):
    """Clones of repositories as they were fetched last."""

    def open_stored(self, repository: int, head: str) -> AbstractContextManager[ReadFiles | None]:
        """Open a commit of a clone without connecting to the host, to one reader at a time.

        Files that the clone lacks are left out. Yield None if there is no clone, if it lacks the commit, or
        if another reading is using it.
        """
