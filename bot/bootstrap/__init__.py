"""The composition root: settings to adapters to a ready application. Nothing else builds adapters."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.adapters.files import rubrics, saved_reports
from bot.adapters.reading_process.supervisor import ReadingProcesses
from bot.domain.ledger.baseline import FilledLedger, cited_quotes, fill_ledger
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.review.report import Report
from bot.domain.rubrics.overlays import asks
from bot.domain.rubrics.rubric import Library
from bot.ports.model import Model
from bot.ports.reading import Progress, ReadingLimits, ReadingRequest, ReadingRules
from bot.ports.reading_process import Readings, ReadingTask
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.adapters.model import CallLimits as Patience
    from bot.domain.review.prompts import Prompt


def load_library(
    settings: Settings, rubric: str | None = None, overlay: Path | None = None, stacks: Path | None = None
) -> Library:
    """Load the rubric, overlay and packs that a command was given, else those the settings name."""
    return rubrics.load(rubric or settings.rubric, overlay or settings.overlay, stacks or settings.stacks)


class ReviewResult(NamedTuple):
    """A report, what each check asks (for whoever renders it), and notes for whoever wanted it."""

    report: Report
    asks: dict[str, str]
    notes: tuple[str, ...]


def review_locally(  # noqa: PLR0913, PLR0917 - what to read, by what rules, and who else reads
    repository: str,
    request: ReadingRequest,
    library: Library,
    settings: Settings,
    progress: Progress,
    model: Model | None = None,
    readings: Readings | None = None,
) -> ReviewResult:
    """Read a local repository, by signals alone where there is no model; in a process of its own."""
    who = (model.provider, model.id) if model else None
    task = ReadingTask(
        repository, request, reading_rules(settings, library, with_model=model is not None), who
    )
    read = (readings or ReadingProcesses()).read(task, model, progress)
    return ReviewResult(read.report, asks(library), read.notes)


def reading_rules(settings: Settings, library: Library, *, with_model: bool) -> ReadingRules:
    """Return by what is read."""
    limits = ReadingLimits(
        settings.max_file_bytes,
        settings.max_scan_bytes,
        settings.review_timeout,
        settings.file_timeout,
        settings.review_memory_bytes,
    )
    texts = _prompts() if with_model else {}
    return ReadingRules(library, limits, settings.git_timeout, texts, settings.context_tokens)


def _prompts() -> dict[str, "Prompt"]:
    # A tenth of a second of imports that a review without a model does not need.
    from bot.adapters.files import prompts  # noqa: PLC0415
    from bot.workflows.review.model_reading import PROMPTS  # noqa: PLC0415

    return {name: prompts.load(name) for name in PROMPTS}


class LedgerRequest(NamedTuple):
    """Whose tree fills a ledger, and the files of the saved reports that may add to it."""

    head: str
    reports: Sequence[Path]


def build_ledger(  # noqa: PLR0913, PLR0917 - what to read, by what rules, and where
    repository: str,
    request: LedgerRequest,
    library: Library,
    settings: Settings,
    progress: Progress,
    readings: Readings | None = None,
) -> tuple[FilledLedger, tuple[str, ...]]:
    """Fill a ledger from a local repository; return it with notes for whoever wanted it."""
    earlier = [saved_reports.load(path, library) for path in request.reports]
    standing = SurvivingQuotes(cited_quotes(earlier))
    quotes = tuple(standing.missing())
    wanted = ReadingRequest(None, request.head, baseline=True)
    task = ReadingTask(repository, wanted, reading_rules(settings, library, with_model=False), quotes=quotes)
    read = (readings or ReadingProcesses()).read(task, None, progress)
    standing.found(quotes[n] for n in read.standing)
    return fill_ledger(read.report, earlier, library, standing.stands), read.notes


@contextmanager
def connect_model(
    settings: Settings,
    *,
    wanted: bool = True,
    longest: "Patience | None" = None,
    repository: str | None = None,
) -> Iterator[Model | None]:
    """Open the model that the settings name, for one review; None where they name none or none is wanted.

    ``longest`` bounds each question; the settings do unless it is given. ``repository`` is whose code it will
    be shown, as ``host/number``: erasing somebody needs to know it.

    Raises:
        UserError: the provider, its key, its price or the store of calls cannot be used.
    """
    if not wanted or settings.model_provider is None or settings.model is None:
        yield None
        return
    # Half a second of imports that a review without a model does not need.
    from bot.adapters import database  # noqa: PLC0415
    from bot.adapters import model as adapter  # noqa: PLC0415

    provider, timeout = settings.model_provider, settings.model_timeout
    with (
        adapter.connect(
            provider, settings.anthropic_api_key, settings.model_base_url, settings.aws_region, timeout
        ) as client,
        database.open_store(database_url(settings)) as engine,
    ):
        yield adapter.RecordedModel(
            client,
            provider,
            settings.model,
            database.SqlModelCalls(engine),
            adapter.BudgetTracker(
                adapter.load_prices().of(provider, settings.model),
                adapter.BudgetLimits(settings.review_budget_usd, settings.day_budget_usd),
            ),
            longest or adapter.CallLimits(seconds=timeout),
            address=settings.model_base_url,
            repository=repository,
        )


def database_url(settings: Settings) -> str | None:
    """Return the store's address, password included; None for the file in the user's data folder."""
    return settings.database_url.get_secret_value() if settings.database_url else None


class Unwatched:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""

    def step(self) -> None:
        """Finish one step."""
