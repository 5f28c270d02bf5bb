"""Reading from a code host: either the changes of a pull request or a whole tree."""

from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from bot.domain.decisions.drift import ComparedDecision
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.review.context import ChangeText
from bot.domain.review.report import Citation
from bot.domain.review.severity import SeverityOrder
from bot.domain.rubrics.overlays import asks_by_check, with_packs
from bot.ports.checkout import Checkouts, CloneRequest
from bot.ports.code_host import CodeHost, HostPullRequest, HostRepository
from bot.ports.metrics import Kind, Metrics, NoMetrics
from bot.ports.model import Model
from bot.ports.reading import Clock, Progress, ReadingRequest, ReadingRules
from bot.ports.reading_process import ReadingResult, Readings, ReadingTask
from bot.workflows.pull_requests.rounds import RoundReading

OpenModel = Callable[[HostRepository, Kind], AbstractContextManager[Model | None]]
"""Opens the model for one reading of a repository, of that kind; yields None if no model is configured."""


@dataclass(frozen=True)
class HostReader:
    """Reads with signals, and with a model if one is configured.

    ``turns`` limits how many readings run at a time. A reading waits for its turn once it has a clone. With
    ``excerpts``, reports have the code around facts and questions; reports that are stored have none.
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
    excerpts: bool = False

    @property
    def asks(self) -> dict[str, str]:
        """Return what each check asks, for rendering reports."""
        return asks_by_check(self.rules.library)

    @property
    def gates(self) -> frozenset[str]:
        """Return the checks of gate criteria."""
        library = self.rules.library
        criteria = with_packs(library.rubric, library.packs).criteria
        return frozenset(check.id for criterion in criteria if criterion.gate for check in criterion.checks)

    @property
    def critical(self) -> frozenset[str]:
        """Return the checks of gate criteria, and those that the rubric calls critical."""
        library = self.rules.library
        rubric = with_packs(library.rubric, library.packs)
        severity = SeverityOrder(rubric)
        checks = (check.id for criterion in rubric.criteria for check in criterion.checks)
        return frozenset(check for check in checks if severity.outlasts_model(check))

    def change(
        self,
        repository: HostRepository,
        pull_request: HostPullRequest,
        decisions: Sequence[ComparedDecision] = (),
    ) -> RoundReading:
        """Read what a pull request changes, and compare it with decisions."""
        words = (ChangeText("title", pull_request.title), ChangeText("body", pull_request.body))
        request = ReadingRequest(
            pull_request.base,
            pull_request.head,
            words=tuple(text for text in words if text.text.strip()),
            excerpts=self.excerpts,
            decisions=tuple(decisions),
        )
        result = self._read(repository, request)
        return RoundReading(result.report, result.places, result.notes, result.drift)

    def tree(
        self,
        repository: HostRepository,
        head: str,
        standing: SurvivingQuotes,
        shown: Sequence[str] = (),
        *,
        with_model: bool,
    ) -> ReadingResult:
        """Read every file at a commit, and look for the quotes of ``standing`` in them.

        ``shown`` are the quotes that earlier readings found.
        """
        quotes = tuple(standing.missing())
        request = ReadingRequest(None, head, baseline=True, shown=tuple(shown))
        result = self._read(repository, request, quotes, with_model=with_model)
        standing.mark_found(quotes[index] for index in result.standing)
        return result

    def list_checks(self, stacks: Collection[str]) -> frozenset[str]:
        """Return the checks of the rubric with the packs of some stacks."""
        library = self.rules.library
        rubric = with_packs(library.rubric, (pack for pack in library.packs if pack.id in stacks))
        return frozenset(check.id for criterion in rubric.criteria for check in criterion.checks)

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
        started = self.clock.monotonic()
        with self.checkouts.open_clone(wanted) as clone:
            cloned = self.clock.monotonic()
            self.measures.record_stage(kind, "checkout", cloned - started)
            with self.turns, self.model(repository, kind) as opened:
                turn_began = self.clock.monotonic()
                self.measures.record_stage(kind, "turn", turn_began - cloned)
                model = opened if with_model else None
                model_ref = (model.provider, model.id) if model else None
                result = self.readings.read(
                    ReadingTask(clone, request, self.rules, model_ref, quotes, clone=True),
                    model,
                    self.progress,
                )
                model_seconds = result.model_seconds
                self.measures.record_stage(
                    kind, "read", self.clock.monotonic() - turn_began - (model_seconds or 0.0)
                )
                if model_seconds is not None:
                    self.measures.record_stage(kind, "model", model_seconds)
                return result
