"""Reading what lies at a code host: a pull request's change, or a whole tree."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from bot.domain import asking
from bot.domain.composition import asks, with_packs
from bot.domain.context import Words
from bot.domain.report import Report
from bot.domain.rubric import Library
from bot.ports import Checkouts, Clock, Progress, Wanted
from bot.ports.host import Host, HostPullRequest, Repository
from bot.ports.measuring import Kind, Measures, Unmeasured
from bot.workflows.files import Limits
from bot.workflows.model_reading import ModelReading
from bot.workflows.review import Request, Review
from bot.workflows.rounds import Found

OpenReader = Callable[[Repository], AbstractContextManager[ModelReading | None]]
"""Opens the model for one reading of a repository; None where none is configured."""


@dataclass(frozen=True)
class HostReader:
    """Reads with signals, and with a model where one is configured.

    ``turns`` bounds how many read at the same time. Who waits for a clone holds none of them.
    """

    host: Host
    checkouts: Checkouts
    library: Library
    limits: Limits
    clock: Clock
    model: OpenReader
    progress: Progress
    turns: AbstractContextManager[object] = field(default_factory=nullcontext)
    measures: Measures = field(default_factory=Unmeasured)

    @property
    def asks(self) -> dict[str, str]:
        """Return what each check asks, for whoever renders a report."""
        return asks(self.library)

    @property
    def gates(self) -> frozenset[str]:
        """Return the checks of gate criteria."""
        criteria = with_packs(self.library.rubric, self.library.packs).criteria
        return frozenset(check.id for criterion in criteria if criterion.gate for check in criterion.checks)

    def change(self, repository: Repository, pull_request: HostPullRequest) -> Found:
        """Read what a pull request changes."""
        words = (Words("title", pull_request.title), Words("body", pull_request.body))
        request = Request(
            pull_request.base, pull_request.head, words=tuple(each for each in words if each.text.strip())
        )
        with self._review(repository, request) as review:
            report = review.run(request)
            files = review.change.files if review.change else ()
        places = [asking.place(files, each.citation) for each in report.questions]
        return Found(report, places, review.notes)

    def tree(self, repository: Repository, head: str, on_text: Callable[[str], None]) -> Report:
        """Read every file at a commit by signals, and show each text to ``on_text``."""
        request = Request(None, head, baseline=True)
        with self._review(repository, request, with_model=False) as review:
            return review.run(request, on_text)

    @contextmanager
    def _review(
        self, repository: Repository, request: Request, *, with_model: bool = True
    ) -> Iterator[Review]:
        wanted = Wanted(
            repository.id,
            repository.clone_url,
            self.host.git_token(repository),
            None if request.baseline else request.base,
            request.head,
        )
        kind: Kind = "baseline" if request.baseline else "change"
        began = self.clock.monotonic()
        with self.checkouts.at(wanted) as checkout:
            cloned = self.clock.monotonic()
            self.measures.took(kind, "checkout", cloned - began)
            with self.turns, self.model(repository) as reader:
                ready = self.clock.monotonic()
                self.measures.took(kind, "turn", ready - cloned)
                model = reader if with_model else None
                review = Review(checkout, self.library, self.limits, self.clock, self.progress, model)
                yield review
                asked = review.model_seconds
                self.measures.took(kind, "read", self.clock.monotonic() - ready - (asked or 0.0))
                if asked is not None:
                    self.measures.took(kind, "model", asked)
