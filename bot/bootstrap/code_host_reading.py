"""Building the readers of pull requests on the code host."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from bot.adapters.clock import Monotonic
from bot.adapters.github import GitHubHost
from bot.adapters.reading_process.supervisor import ReadingProcesses
from bot.bootstrap import wiring
from bot.bootstrap.local_reading import Unwatched, reading_rules
from bot.domain.rubrics.rubric import Library
from bot.ports.code_host import HostRepository
from bot.ports.metrics import Kind, Metrics, NoMetrics
from bot.ports.model import Model
from bot.ports.reading import Progress
from bot.ports.reading_process import Readings
from bot.settings import Settings
from bot.workflows.pull_requests.code_host_reading import HostReader

BASELINES_SHARE = 0.5
"""The share of the day's budget above which no baseline asks the model, so that reviews always can.

All trees of a cohort are read in one week, before a milestone, and a tree costs more than a change.
"""


def make_reader(  # noqa: PLR0913 - the rules, the code host, and how it is read
    settings: Settings,
    library: Library,
    host: GitHubHost,
    progress: Progress | None = None,
    *,
    with_model: bool = True,
    measures: Metrics | None = None,
    readings: Readings | None = None,
) -> HostReader:
    """Return the reader of pull requests. It uses signals alone if no model is set or wanted."""
    counts = measures or NoMetrics()

    def open_for(repository: HostRepository, kind: Kind) -> AbstractContextManager[Model | None]:
        share = BASELINES_SHARE if kind == "baseline" else 1.0
        return open_model(settings, repository.id, counts, wanted=with_model, day_share=share)

    return HostReader(
        host,
        wiring.clone_cache(settings),
        readings or make_reading_processes(settings),
        reading_rules(settings, library, with_model=with_model),
        Monotonic(),
        open_for,
        progress or Unwatched(),
        threading.Semaphore(settings.reviews_at_once),
        counts,
    )


@contextmanager
def open_model(
    settings: Settings, repository: int, measures: Metrics, *, wanted: bool = True, day_share: float = 1.0
) -> Iterator[Model | None]:
    """Open the model for what concerns one repository (the host's number); yield None if there is none.

    ``day_share`` is as for ``wiring.connect_model``.
    """
    name = f"{wiring.tenant(settings)}/{repository}"
    with wiring.connect_model(settings, wanted=wanted, repository=name, day_share=day_share) as model:
        if model is None:
            yield None
            return
        from bot.adapters.metrics import MeasuredModel

        yield MeasuredModel(model, measures)


def make_reading_processes(settings: Settings) -> ReadingProcesses:
    """Return the reading processes.

    Their scanner stores its compiled rules next to the folder of clones, where the bot has write access.
    """
    return ReadingProcesses(compiled=wiring.checkouts_folder(settings).parent / "kingfisher")
