"""Readings in a separate process, in which strangers' files cannot do any harm."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from bot.domain.decisions.drift import DriftFinding
from bot.domain.decisions.record_files import FoundRecords
from bot.domain.pull_requests.question_placement import CommentablePlace
from bot.domain.review.paths import display_path
from bot.domain.review.report import Citation, Report
from bot.ports.model import Model
from bot.ports.reading import Progress, ReadingRequest, ReadingRules

PartKind = Literal[
    "start",
    "scanner",
    "change",
    "ignore",
    "attributes",
    "file",
    "dependencies",
    "words",
    "nearby",
    "decisions",
    "model",
    "end",
    "record",
]


class ReadingPart(NamedTuple):
    """A part of a reading, announced before it starts. ``path`` is set if the part is a file."""

    kind: PartKind
    path: str = ""

    def __str__(self) -> str:
        """Return the part's name, worded as the subject of a sentence."""
        if self.path:
            return display_path(self.path)
        return _NAMES[self.kind]


_NAMES: dict[PartKind, str] = {
    "start": "the start of the reading",
    "scanner": "the rules of the secret scanner",
    "change": "the change shown by git",
    "ignore": "the patterns of .senseiignore",
    "attributes": "the patterns of .gitattributes",
    "dependencies": "the list of dependency files",
    "words": "the commit messages",
    "nearby": "the search for unchanged code that explains the change",
    "decisions": "the comparison with earlier decisions",
    "model": "the exchange with the model",
    "end": "the report",
    "record": "a decision record",
}


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """One reading: the repository's folder (``where``), the request and the rules.

    ``clone`` is set if the folder is a clone that Sensei made. ``model`` is the provider and id of the model
    to ask. ``quotes`` are searched for in everything that is read. ``left_out`` contains the parts on which
    earlier attempts failed, with the reasons as in "not read, as it takes longer than 20 s". ``ends_at`` is
    the file at which this attempt stops reading.
    ``spent`` is how many seconds earlier attempts took.
    """

    where: str
    request: ReadingRequest
    rules: ReadingRules
    model: tuple[str, str] | None = None
    quotes: tuple[Citation, ...] = ()
    left_out: Mapping[ReadingPart, str] = field(default_factory=dict)
    ends_at: ReadingPart | None = None
    spent: float = 0.0
    clone: bool = False


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """The result of a reading.

    ``places`` contains, for each question, the place where a comment can be posted. ``standing`` contains the
    indices of those quotes of the task that were found. ``notes`` are sentences for the requester.
    ``drift`` are the decisions that the change may have overtaken.
    ``model_seconds`` is how long the model took, or None if none was asked. ``subject`` has the names of the
    repository and of the branch, empty if unknown. ``records`` are the decision records of a whole tree, or
    None if they were not read.
    """

    report: Report
    notes: tuple[str, ...] = ()
    places: tuple[CommentablePlace | None, ...] = ()
    standing: tuple[int, ...] = ()
    model_seconds: float | None = None
    drift: tuple[DriftFinding, ...] = ()
    subject: tuple[str, str] = ("", "")
    records: FoundRecords | None = None


class Readings(Protocol):
    """Runs readings."""

    def read(self, task: ReadingTask, model: Model | None, progress: Progress) -> ReadingResult:
        """Run a reading. Its report lists the parts that could not be read and were skipped.

        Raises:
            UserError: there is nothing to read. Incomplete: nothing was read; the error contains the reason.
            TransientError: this process is being stopped.
        """
