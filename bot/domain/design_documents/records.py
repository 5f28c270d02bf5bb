"""Design documents, as they were given to Sensei."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DocumentSource(StrEnum):
    """Where a design document comes from: a file in the capstone, or pasted into a form."""

    FILE = "file"
    PASTED = "pasted"


class DocumentState(StrEnum):
    """Whether Sensei has read a document."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class DesignDocument:
    """A design document. A file has a ``path`` and a ``head``, the commit; a pasted one has its ``text``.

    ``problem`` says why it could not be read, or is empty.
    """

    id: int
    capstone: int
    person: str
    source: DocumentSource
    path: str
    head: str
    text: str
    state: DocumentState
    problem: str
    at: datetime
    read_at: datetime | None
