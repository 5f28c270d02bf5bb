"""Stored design documents."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.design_documents.records import (
    DesignDocument,
    DocumentProblem,
    DocumentReading,
    DocumentSource,
    DocumentState,
    DocumentStatement,
)


class DesignDocuments(Protocol):
    """Design documents of capstones. Those of a former participant are never returned by a capstone."""

    def add(  # noqa: PLR0913 - one row's columns
        self,
        capstone: int,
        person: str,
        *,
        source: DocumentSource,
        path: str = "",
        text: str = "",
        at: datetime,
    ) -> DesignDocument:
        """Store a document that waits to be read."""

    def find(self, document: int) -> DesignDocument | None:
        """Return a document, or None."""

    def newest(self, capstone: int) -> DesignDocument | None:
        """Return the document that was given last, or None."""

    def choose(self, document: int, path: str) -> None:
        """Store which file it is. It then waits to be read."""

    def save_reading(
        self, document: int, head: str, path: str, reading: DocumentReading, at: datetime
    ) -> None:
        """Store what was found in it, and at which commit if it is a file."""

    def save_problem(
        self,
        document: int,
        state: DocumentState,
        problem: DocumentProblem,
        paths: Sequence[str] = (),
        head: str = "",
    ) -> None:
        """Store why it wasn't read, and at which commit it is if it is a file that was found."""

    def list_statements(self, capstones: Collection[int]) -> Sequence[DocumentStatement]:
        """List what the newest read document of each capstone says about checks, in one query."""
