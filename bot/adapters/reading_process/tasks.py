"""One task, done in this very process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bot.adapters import kingfisher
from bot.adapters.clock import Monotonic
from bot.adapters.git import open_checkout
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.pull_requests import question_placement
from bot.ports.checkout import Checkout
from bot.ports.model import Model
from bot.ports.reading import Progress
from bot.ports.reading_process import ReadingPart, ReadingTask
from bot.workflows.review.model_reading import ModelReading
from bot.workflows.review.reading_parts import ReadingParts
from bot.workflows.review.review import Review


def run_task(
    task: ReadingTask, model: Model | None, progress: Progress, on_part: Callable[[ReadingPart], None]
) -> dict[str, Any]:
    """Do a task; return what came of it as JSON has it, fields as of ``ports.readings.Read``.

    Raises:
        UserError, Incomplete: as ``ports.readings.Readings``.
    """
    limits = task.rules.limits
    announced = _CurrentPart(on_part)
    parts = ReadingParts(task.left_out, task.ends_at, task.spent, announced.begin)
    parts.begin(ReadingPart("change"))  # to open a strange repository may take long, too
    with open_checkout(
        task.where,
        timeout=task.rules.git_timeout,
        max_scan_bytes=limits.max_scan_bytes,
        clone=task.clone,
    ) as checkout:
        work = _review(task, checkout, model, progress, parts, announced)
        standing = SurvivingQuotes(task.quotes)
        report = work.run(task.request, standing.look if task.quotes else None)
    files = work.change.files if work.change else ()
    return {
        "report": report.model_dump(mode="json", by_alias=True),
        "notes": work.notes,
        "places": [
            place and [place.path, place.side, place.start, place.end]
            for place in (
                question_placement.find_place(files, question.citation) for question in report.questions
            )
        ],
        "standing": [n for n, quote in enumerate(task.quotes) if standing.stands(quote)],
        "model_seconds": work.model_seconds,
    }


class _CurrentPart:
    """What is being read now; ``on_part`` hears of it."""

    def __init__(self, on_part: Callable[[ReadingPart], None]) -> None:
        self._on_part = on_part
        self._now = ReadingPart("start")

    def begin(self, part: ReadingPart) -> None:
        self._now = part
        self._on_part(part)

    @contextmanager
    def loading_scanner(self) -> Iterator[None]:
        """Announce that the scanner's rules are loaded; then begin the part that needed them again.

        To compile them takes 20 s on a busy machine. That is not the time of the file that comes first.
        """
        self._on_part(ReadingPart("scanner"))
        yield
        self._on_part(self._now)


def _review(  # noqa: PLR0913, PLR0917 - what is read, by whom, and who hears of it
    task: ReadingTask,
    checkout: Checkout,
    model: Model | None,
    progress: Progress,
    parts: ReadingParts,
    announced: _CurrentPart,
) -> Review:
    rules = task.rules
    detect = partial(kingfisher.detect_keys, loading=announced.loading_scanner)
    reader = ModelReading(model, rules.prompts, rules.context_tokens, progress) if model else None
    return Review(checkout, rules.library, detect, rules.limits, Monotonic(), progress, reader, parts)
