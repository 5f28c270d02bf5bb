"""The composition root: settings to adapters to a ready application. Nothing else builds adapters."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.adapters import cases, prompts, recordings, reports, rubrics
from bot.adapters.git import open_checkout
from bot.domain.composition import asks
from bot.domain.context import Words
from bot.domain.evaluation import Case
from bot.domain.filling import Filled, cited, fill
from bot.domain.report import Report
from bot.domain.rubric import Library
from bot.domain.standing import Standing
from bot.ports import Model, Progress
from bot.settings import Settings
from bot.workflows.files import Limits
from bot.workflows.model_reading import PROMPTS, ModelReading
from bot.workflows.review import Request, Review

if TYPE_CHECKING:
    from bot.adapters.model import Limits as Patience


def library(
    settings: Settings, rubric: str | None = None, overlay: Path | None = None, stacks: Path | None = None
) -> Library:
    """Load the rubric, overlay and packs that a command was given, else those the settings name."""
    return rubrics.load(rubric or settings.rubric, overlay or settings.overlay, stacks or settings.stacks)


class Reviewed(NamedTuple):
    """A report, what each check asks (for whoever renders it), and notes for whoever wanted it."""

    report: Report
    asks: dict[str, str]
    notes: tuple[str, ...]


def review(  # noqa: PLR0913, PLR0917 - what to read, by what rules, and who else reads
    repository: str,
    request: Request,
    library: Library,
    settings: Settings,
    progress: Progress,
    model: Model | None = None,
) -> Reviewed:
    """Read a local repository, by signals alone where there is no model."""
    with _opened(repository, library, settings, progress, model) as work:
        report = work.run(request)
    return Reviewed(report, asks(library), work.notes)


class LedgerRequest(NamedTuple):
    """Whose tree fills a ledger, and the files of the saved reports that may add to it."""

    head: str
    reports: Sequence[Path]


def ledger(
    repository: str, request: LedgerRequest, library: Library, settings: Settings, progress: Progress
) -> tuple[Filled, tuple[str, ...]]:
    """Fill a ledger from a local repository; return it with notes for whoever wanted it."""
    earlier = [reports.load(path, library.rubric) for path in request.reports]
    standing = Standing(cited(earlier))
    with _opened(repository, library, settings, progress) as work:
        baseline = work.run(Request(None, request.head, baseline=True), standing.look)
    return fill(baseline, earlier, library, standing.stands), work.notes


@contextmanager
def _opened(
    repository: str, library: Library, settings: Settings, progress: Progress, model: Model | None = None
) -> Iterator[Review]:
    reader = None
    if model is not None:
        texts = {name: prompts.load(name) for name in PROMPTS}
        reader = ModelReading(model, texts, settings.context_tokens, progress)
    with open_checkout(
        repository, timeout=settings.git_timeout, max_scan_bytes=settings.max_scan_bytes
    ) as checkout:
        limits = Limits(settings.max_file_bytes, settings.max_scan_bytes, settings.review_timeout)
        yield Review(checkout, library, limits, Monotonic(), progress, reader)


@contextmanager
def model(
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
    from bot.adapters import model as adapter  # noqa: PLC0415
    from bot.adapters import store  # noqa: PLC0415

    provider, timeout = settings.model_provider, settings.model_timeout
    with (
        adapter.connect(
            provider, settings.anthropic_api_key, settings.model_base_url, settings.aws_region, timeout
        ) as client,
        store.open_store(database_url(settings)) as engine,
    ):
        yield adapter.RecordedModel(
            client,
            provider,
            settings.model,
            store.Calls(engine),
            adapter.Purse(
                adapter.load_prices().of(provider, settings.model),
                adapter.Budgets(settings.review_budget_usd, settings.day_budget_usd),
            ),
            longest or adapter.Limits(seconds=timeout),
            address=settings.model_base_url,
            repository=repository,
        )


def database_url(settings: Settings) -> str | None:
    """Return the store's address, password included; None for the file in the user's data folder."""
    return settings.database_url.get_secret_value() if settings.database_url else None


def port_for(case: Case, model: Model | None, recorded: Path | None, record: Path | None) -> Model | None:
    """Return who answers a case: recordings, the model, or the model while its answers are kept."""
    if recorded:
        return recordings.Replay(recorded, case.name)
    if record and model:
        return recordings.Recorder(model, record, case.name, f"{model.provider} {model.id}")
    return model


def run_case(
    case: Case, model: Model | None, library: Library, settings: Settings, progress: Progress
) -> Report:
    """Read one case of the evaluation, in a repository that is made for it and removed again."""
    with tempfile.TemporaryDirectory(prefix="sensei-eval-") as folder:
        made = cases.build(case, Path(folder) / case.name)
        words = (Words("title", made.pull_request_title), Words("body", made.pull_request_body))
        request = Request(made.base, made.head, words=words)
        return review(str(made.path), request, library, settings, progress, model).report


class Monotonic:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()


class Unwatched:
    """Progress that nobody watches."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a stage."""

    def step(self) -> None:
        """Finish one step."""
