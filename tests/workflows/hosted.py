"""A dojo whose repository is at a GitHub on loopback, and its workflows, done step by step."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from bot.adapters.clock import Monotonic
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.github import GitHubApp, GitHubHost
from bot.adapters.reading_process.inline import InlineReadings
from bot.bootstrap.local_reading import Unwatched
from bot.ports.code_host import HostRepository
from bot.ports.engine import Json
from bot.ports.metrics import Kind
from bot.ports.model import Model
from bot.ports.reading import ReadingLimits, ReadingRules
from bot.workflows.pull_requests.code_host_reading import HostReader
from bot.workflows.pull_requests.command_replies import CommandReplies
from bot.workflows.pull_requests.reconciliation import Reconciliation
from bot.workflows.pull_requests.rounds import RoundWorkflow
from tests import reviewing
from tests.fakes.github import GitHub
from tests.fakes.github.model import Pull
from tests.fakes.steps import Straight
from tests.rendering.reports import citation, movement
from tests.repositories import Files
from tests.workflows.running_dojo import ADA, Dojo
from tests.workflows.shop import LIBRARY, RULES

_numbers = itertools.count(1)
BOUNDED = b"import shop\nbounded(3)\n"
BEFORE: Files = {"a.py": BOUNDED, "b.py": b"B = 1\n"}


@contextmanager
def _no_model(_repository: HostRepository, _kind: Kind) -> Iterator[Model | None]:
    yield None


def with_model(reader: object, model: Model | None) -> HostReader:
    """Return a reader like another one, that asks a model."""

    @contextmanager
    def opened(_repository: HostRepository, _kind: Kind) -> Iterator[Model | None]:
        yield model

    assert isinstance(reader, HostReader)
    return replace(reader, model=opened, rules=replace(reader.rules, prompts=reviewing.PROMPTS))


class Hosted(Dojo):
    """A dojo whose repository is at a GitHub on loopback."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        # The tests of a file share a database, so no number may come twice.
        github._ids = itertools.count(next(_numbers) * 1_000_000)
        self.github = github
        self.ada = github.user("ada")
        self.ada.id = ADA.id  # the participant, there as here
        # A port on which nobody listens: no delivery arrives.
        self.app = github.app(webhook_url="http://127.0.0.1:9/github/webhook")
        self.repository_there = github.repository("ada/desk", BEFORE)
        number = self.repository_there.id
        self.installation = github.install(self.app, self.repository_there)
        super().__init__(engine, number=number)
        with self.store.begin() as tx:
            tx.capstones.set_installation(number, self.installation.id)
            tx.capstones.set_name(number, "ada", "desk")
        self.host = GitHubHost(GitHubApp(self.app.id, self.app.private_key, github.url, 0.0))
        cache = CheckoutCache(folder / "checkouts", 10**9, 60, 1_000_000)
        rules = ReadingRules(LIBRARY, ReadingLimits(500_000, 1_000_000, 600), 60, {}, 60_000)
        reader = HostReader(self.host, cache, InlineReadings(), rules, Monotonic(), _no_model, Unwatched())
        self.upkeep = Reconciliation(self.host, self.store, reader, self.inbox, self.now)
        self.answering = CommandReplies(self.host, self.store, LIBRARY, self.now, RULES.guide)
        self.reviews = RoundWorkflow(self.host, self.store, reader, self.inbox, self.now, guide=RULES.guide)

    def run(self, workflow: str, **argument: object) -> Json:
        work = getattr(self.upkeep, workflow)
        result: Json = work(Straight(self.store), {"capstone": self.capstone.id, **argument})
        return result

    def review(self, steps: Straight | None = None) -> Json:
        """Run the last round to its end."""
        return self.reviews.run(steps or Straight(self.store), {"round": self.rounds()[-1].id})

    def out_of_time(self) -> None:
        """Let no reading come to its end from now on."""
        reader = self.upkeep.reader
        assert isinstance(reader, HostReader)
        limits = replace(reader.rules.limits, seconds=-1)
        hurried = replace(reader, rules=replace(reader.rules, limits=limits))
        self.upkeep = replace(self.upkeep, reader=hurried)

    def push(self, files: Files, branch: str = "main") -> str:
        return self.github.push(self.repository_there, branch, files)

    def pull(self, branch: str = "feature", **more: bool) -> Pull:
        self.push({f"{branch}.py": b"C = 1\n"}, branch)
        return self.github.open_pull(self.repository_there, branch, self.ada, **more)  # type: ignore[arg-type]

    def record(self, source: str, *quotes: str, pending: bool = False) -> None:
        found = movement(missing="").model_copy(
            update={"citations": tuple(citation(quote) for quote in quotes)}
        )
        with self.store.begin() as tx:
            tx.ledgers.record(self.capstone.id, source, [found], pending=pending)

    def ledger(self) -> dict[str, list[str]]:
        """The quotes that each source's movements rest on."""
        found: dict[str, list[str]] = {}
        with self.store.begin() as tx:
            for kept in tx.ledgers.movements(self.capstone.id):
                found.setdefault(kept.source, []).extend(each.quote for each in kept.movement.citations)
        return found
