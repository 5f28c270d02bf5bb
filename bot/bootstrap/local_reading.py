"""Reading a repository on this machine, for a review or for a ledger."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.adapters.reading_process.supervisor import ReadingProcesses
from bot.domain.review.report import Report
from bot.domain.rubrics.overlays import asks_by_check
from bot.domain.rubrics.rubric import Library
from bot.ports.model import Model
from bot.ports.reading import Progress, ReadingLimits, ReadingRequest, ReadingRules
from bot.ports.reading_process import Readings, ReadingTask
from bot.rendering.review.subject import ReportSubject
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.ledger.baseline import FilledLedger
    from bot.domain.review.prompts import Prompt


class ReviewResult(NamedTuple):
    """A report, the question of each check and the subject (for rendering), and notes for the requester."""

    report: Report
    asks: dict[str, str]
    notes: tuple[str, ...]
    subject: ReportSubject


def review_locally(  # noqa: PLR0913, PLR0917 - the repository, the rules, and how it is read
    repository: str,
    request: ReadingRequest,
    library: Library,
    settings: Settings,
    progress: Progress,
    model: Model | None = None,
    readings: Readings | None = None,
) -> ReviewResult:
    """Review a local repository in a separate process. Without a model, only signals are used."""
    model_name = (model.provider, model.id) if model else None
    rules = reading_rules(settings, library, with_model=model is not None)
    task = ReadingTask(repository, request, rules, model_name)
    result = (readings or ReadingProcesses()).read(task, model, progress)
    return ReviewResult(result.report, asks_by_check(library), result.notes, subject_today(*result.subject))


def subject_today(repository: str, branch: str = "") -> ReportSubject:
    """Return the subject of a report that was made now, with the day on this machine's calendar."""
    return ReportSubject(repository, branch, datetime.now(UTC).astimezone().date())


def reading_rules(settings: Settings, library: Library, *, with_model: bool) -> ReadingRules:
    """Return the rules for a reading: the rubric, the limits and, for a model, the prompts."""
    limits = ReadingLimits(
        settings.max_file_bytes,
        settings.max_scan_bytes,
        settings.review_timeout,
        settings.file_timeout,
        settings.review_memory_bytes,
    )
    prompts = _load_prompts() if with_model else {}
    return ReadingRules(library, limits, settings.git_timeout, prompts, settings.context_tokens)


def _load_prompts() -> dict[str, "Prompt"]:
    from bot.adapters.files import prompts
    from bot.workflows.review.model_reading import PROMPTS

    return {name: prompts.load(name) for name in PROMPTS}


class LedgerRequest(NamedTuple):
    """The tree to fill a ledger from, and the files of saved reports that may add to it."""

    head: str
    reports: Sequence[Path]


def build_ledger(  # noqa: PLR0913, PLR0917 - the repository, the rules, and how it is read
    repository: str,
    request: LedgerRequest,
    library: Library,
    settings: Settings,
    progress: Progress,
    readings: Readings | None = None,
) -> tuple["FilledLedger", tuple[str, ...], ReportSubject]:
    """Fill a ledger from a local repository. Return it with notes for the requester and what it is about."""
    from bot.adapters.files import saved_reports
    from bot.domain.ledger.baseline import cited_quotes, fill_ledger
    from bot.domain.ledger.surviving_quotes import SurvivingQuotes

    reports = [saved_reports.load(path, library) for path in request.reports]
    surviving = SurvivingQuotes(cited_quotes(reports))
    quotes = tuple(surviving.missing())
    tree = ReadingRequest(None, request.head, baseline=True)
    rules = reading_rules(settings, library, with_model=False)
    task = ReadingTask(repository, tree, rules, quotes=quotes)
    result = (readings or ReadingProcesses()).read(task, None, progress)
    surviving.mark_found(quotes[n] for n in result.standing)
    filled = fill_ledger(result.report, reports, library, surviving.survives)
    return filled, result.notes, subject_today(*result.subject)


class Unwatched:
    """A progress observer that does nothing."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Start a stage."""

    def step(self) -> None:
        """Finish one step."""
