"""The index in which Sensei searches what it may cite."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.sources.documents import Document, FoundPassage


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

    def search(self, question: str, scopes: Collection[str], most: int = 12) -> Sequence[FoundPassage]:
        """Return the passages of these scopes that fit a question, best first, or none."""
