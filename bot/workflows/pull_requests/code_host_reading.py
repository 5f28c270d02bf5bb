"""Reading what lies at a code host: a pull request's change, or a whole tree."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.review.context import ChangeText
from bot.domain.review.report import Citation, Report
from bot.domain.rubrics.overlays import asks, with_packs
from bot.ports.checkout import Checkouts, CloneRequest
from bot.ports.code_host import CodeHost, HostPullRequest, HostRepository
from bot.ports.metrics import Kind, Metrics, NoMetrics
from bot.ports.model import Model
from bot.ports.reading import Clock, Progress, ReadingRequest, ReadingRules
from bot.ports.reading_process import ReadingResult, Readings, ReadingTask
from bot.workflows.pull_requests.rounds import RoundReading

OpenModel = Callable[[HostRepository], AbstractContextManager[Model | None]]
"""Opens the model for one reading of a repository; None where none is configured."""


@dataclass(frozen=True)
class HostReader:
    """Reads with signals, and with a model where one is configured.

    ``turns`` bounds how many read at the same time. Who waits for a clone holds none of them.
    """

    host: CodeHost
    checkouts: Checkouts
    readings: Readings
    rules: ReadingRules
    clock: Clock
    model: OpenModel
    progress: Progress
    turns: AbstractContextManager[object] = field(default_factory=nullcontext)
    measures: Metrics = field(default_factory=NoMetrics)

    @property
    def asks(self) -> dict[str, str]:
        """Return what each check asks, for whoever renders a report."""
        return asks(self.rules.library)

    @property
    def gates(self) -> frozenset[str]:
        """Return the checks of gate criteria."""
        library = self.rules.library
        criteria = with_packs(library.rubric, library.packs).criteria
        return frozenset(check.id for criterion in criteria if criterion.gate for check in criterion.checks)

    def change(self, repository: HostRepository, pull_request: HostPullRequest) -> RoundReading:
        """Read what a pull request changes."""
        words = (ChangeText("title", pull_request.title), ChangeText("body", pull_request.body))
        request = ReadingRequest(
            pull_request.base, pull_request.head, words=tuple(each for each in words if each.text.strip())
        )
        read = self._read(repository, request)
        return RoundReading(read.report, read.places, read.notes)

    def tree(self, repository: HostRepository, head: str, standing: SurvivingQuotes) -> Report:
        """Read every file at a commit by signals, and look there for the quotes of ``standing``."""
        quotes = tuple(standing.missing())
        read = self._read(repository, ReadingRequest(None, head, baseline=True), quotes, with_model=False)
        standing.found(quotes[n] for n in read.standing)
        return read.report

    def _read(
        self,
        repository: HostRepository,
        request: ReadingRequest,
        quotes: tuple[Citation, ...] = (),
        *,
        with_model: bool = True,
    ) -> ReadingResult:
        wanted = CloneRequest(
            repository.id,
            repository.clone_url,
            self.host.git_token(repository),
            None if request.baseline else request.base,
            request.head,
        )
        kind: Kind = "baseline" if request.baseline else "change"
        began = self.clock.monotonic()
        with self.checkouts.brought(wanted) as where:
            cloned = self.clock.monotonic()
            self.measures.took(kind, "checkout", cloned - began)
            with self.turns, self.model(repository) as opened:
                ready = self.clock.monotonic()
                self.measures.took(kind, "turn", ready - cloned)
                model = opened if with_model else None
                who = (model.provider, model.id) if model else None
                read = self.readings.read(
                    ReadingTask(where, request, self.rules, who, quotes, clone=True), model, self.progress
                )
                asked = read.model_seconds
                self.measures.took(kind, "read", self.clock.monotonic() - ready - (asked or 0.0))
                if asked is not None:
                    self.measures.took(kind, "model", asked)
                return read
