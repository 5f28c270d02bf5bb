"""Design documents, as they were given to Sensei, and what it found in them."""

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


class DocumentProblem(StrEnum):
    """Why a document wasn't read.

    ``NO_MODEL``: no model is set up, so it waits for the sensei. ``NOT_ANSWERED``: the model didn't answer,
    and is asked again. ``GAVE_UP``: it never answered, so it isn't asked any more. ``SEVERAL``: several files
    look like one. ``IGNORED``: ``.senseiignore`` names the file. The others are about the file.
    """

    NO_MODEL = "no_model"
    NOT_ANSWERED = "not_answered"
    GAVE_UP = "gave_up"
    SEVERAL = "several"
    NOT_FOUND = "not_found"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    NO_ACCESS = "no_access"
    IGNORED = "ignored"


class Says(StrEnum):
    """What a document says about a check. One that it is silent about isn't listed."""

    WHOLE = "says"
    PART = "part"


@dataclass(frozen=True, slots=True)
class DocumentFinding:
    """What a document says about a check. ``quote`` is in the document, byte for byte, without secrets.

    ``line`` is the line on which it begins, from 1. ``missing`` says what it leaves out, or is empty.
    """

    check: str
    says: Says
    quote: str
    line: int
    missing: str = ""


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What Sensei found in a document. ``questions`` are about what it leaves open, at most three.

    ``asked`` are the checks that it was read against.
    """

    asked: tuple[str, ...] = ()
    findings: tuple[DocumentFinding, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DesignDocument:
    """A design document. A file has a ``path`` and a ``head``, the commit; a pasted one has its ``text``.

    The path of a file is empty until one was found. ``problem`` says why it could not be read, or is None.
    ``paths`` are the files to choose from, if there are several. ``reading`` is None until it was read.
    """

    id: int
    capstone: int
    person: str
    source: DocumentSource
    path: str
    head: str
    text: str
    state: DocumentState
    problem: DocumentProblem | None
    at: datetime
    read_at: datetime | None
    paths: tuple[str, ...] = ()
    reading: DocumentReading | None = None


@dataclass(frozen=True, slots=True)
class DocumentStatement:
    """Evidence for a check in the newest design document of a capstone that was read."""

    capstone: int
    document: int
    finding: DocumentFinding
