"""Doing one reading task in this process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from bot.adapters import kingfisher
from bot.adapters.clock import Monotonic
from bot.adapters.git import open_checkout
from bot.adapters.reading_process import record_messages
from bot.domain.decisions.drift import DriftFinding
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.pull_requests import question_placement
from bot.domain.review.diff import FileDiff
from bot.ports.checkout import Checkout
from bot.ports.model import Model
from bot.ports.reading import Progress
from bot.ports.reading_process import ReadingPart, ReadingTask
from bot.workflows.decisions.record_reading import RecordReading
from bot.workflows.review.model_reading import ModelReading
from bot.workflows.review.reading_parts import ReadingParts
from bot.workflows.review.review import Review


def run_task(
    task: ReadingTask, model: Model | None, progress: Progress, on_part: Callable[[ReadingPart], None]
) -> dict[str, Any]:
    """Do a task; return a JSON value with the fields of ``ports.reading_process.ReadingResult``.

    Raises:
        UserError, IncompleteReadingError: as ``ports.reading_process.Readings``.
    """
    limits = task.rules.limits
    current = _CurrentPart(on_part)
    parts = ReadingParts(task.left_out, task.ends_at, task.spent, current.begin)
    parts.begin(ReadingPart("change"))  # opening a stranger's repository may also take long
    with open_checkout(
        task.where,
        timeout=task.rules.git_timeout,
        max_scan_bytes=limits.max_scan_bytes,
        clone=task.clone,
    ) as checkout:
        review = _make_review(task, checkout, model, progress, parts, current)
        surviving = SurvivingQuotes(task.quotes)
        report = review.run(task.request, surviving.search if task.quotes else None)
        records = None
        if task.request.baseline and task.ends_at is None:
            records = RecordReading(checkout, parts, Monotonic(), review.redact).read(report)
    files = review.change.files if review.change else ()
    return {
        "report": report.model_dump(mode="json", by_alias=True),
        "notes": review.notes,
        "places": [
            place and [place.path, place.side, place.start, place.end]
            for place in (
                question_placement.find_place(files, question.citation) for question in report.questions
            )
        ],
        "standing": [number for number, quote in enumerate(task.quotes) if surviving.survives(quote)],
        "model_seconds": review.model_seconds,
        "drift": [_write_finding(files, finding) for finding in review.drift],
        "subject": review.subject,
        "records": record_messages.format_records(records),
    }


def _write_finding(files: Sequence[FileDiff], finding: DriftFinding) -> list[Any]:
    """Return a finding's fields, with the lines on which a comment can be placed as its lines, if any."""
    place = question_placement.find_place(files, finding.citation)
    citation = finding.citation
    if place is not None:
        lines = {"path": place.path, "line_start": place.start, "line_end": place.end}
        citation = citation.model_copy(update=lines)
    written = citation.model_dump(mode="json")
    return [
        finding.decision,
        finding.fingerprint,
        written,
        finding.text,
        place is not None,
        finding.touched,
    ]


class _CurrentPart:
    """Tracks which part is being read, and announces it to ``on_part``."""

    def __init__(self, on_part: Callable[[ReadingPart], None]) -> None:
        self._on_part = on_part
        self._part = ReadingPart("start")

    def begin(self, part: ReadingPart) -> None:
        self._part = part
        self._on_part(part)

    @contextmanager
    def loading_scanner(self) -> Iterator[None]:
        """Announce the loading of the scanner's rules, and then announce again the part that needed them.

        Compiling them takes 20 s on a busy machine. That time must not count towards the first file's.
        """
        self._on_part(ReadingPart("scanner"))
        yield
        self._on_part(self._part)


def _make_review(  # noqa: PLR0913, PLR0917 - all that a review is made of
    task: ReadingTask,
    checkout: Checkout,
    model: Model | None,
    progress: Progress,
    parts: ReadingParts,
    current: _CurrentPart,
) -> Review:
    rules = task.rules
    detect = partial(kingfisher.detect_keys, loading=current.loading_scanner)
    reader = ModelReading(model, rules.prompts, rules.context_tokens, progress) if model else None
    return Review(checkout, rules.library, detect, rules.limits, Monotonic(), progress, reader, parts)
