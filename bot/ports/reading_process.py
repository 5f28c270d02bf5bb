"""A reading that is done somewhere else, where what strangers wrote can do no harm."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from bot.domain.pull_requests.question_placement import CommentablePlace
from bot.domain.review.paths import shown
from bot.domain.review.report import Citation, Report
from bot.ports.model import Model
from bot.ports.reading import Progress, ReadingRequest, ReadingRules

PartKind = Literal[
    "start", "scanner", "change", "ignore", "attributes", "file", "dependencies", "words", "model", "end"
]


class ReadingPart(NamedTuple):
    """A part of a reading, which is announced before it begins. ``path`` is of the parts that are a file."""

    kind: PartKind
    path: str = ""

    def __str__(self) -> str:
        """Name the part, as the subject of a sentence."""
        if self.path:
            return shown(self.path)
        return _NAMES[self.kind]


_NAMES: dict[PartKind, str] = {
    "start": "the start of the reading",
    "scanner": "the rules of the scanner for secrets",
    "change": "the change as git shows it",
    "ignore": "the patterns of .senseiignore",
    "attributes": "the patterns of .gitattributes",
    "dependencies": "the list of dependency files",
    "words": "the commit messages",
    "model": "what the model is shown and answers",
    "end": "the report",
}


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """One reading: the repository's folder, what to read there, and by what rules.

    ``clone`` says that the folder is a clone that the bot has made. ``model`` is who will be asked, as
    provider and id. ``quotes`` are looked for in everything that is read.
    ``left_out`` are parts that earlier tries did not survive, with the reason; ``ends_at`` is the file at
    which this try stops reading files. ``spent`` are the seconds that earlier tries took.
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
    """What came of it.

    ``places`` says for each question where a comment can stand; ``standing`` are indices into the quotes of
    the task: those that were found. ``notes`` are sentences for whoever asked. ``model_seconds`` is how long
    a model was asked, None where none was.
    """

    report: Report
    notes: tuple[str, ...] = ()
    places: tuple[CommentablePlace | None, ...] = ()
    standing: tuple[int, ...] = ()
    model_seconds: float | None = None


class Readings(Protocol):
    """Where readings are done."""

    def read(self, task: ReadingTask, model: Model | None, progress: Progress) -> ReadingResult:
        """Do one; what it could not read is left out, and the report says so.

        Raises:
            UserError: there is nothing that can be read. Incomplete: nothing was read, and why.
            TransientError: this process is being stopped.
        """
