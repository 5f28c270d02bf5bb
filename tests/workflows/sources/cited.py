"""A cohort with a handbook at a GitHub on loopback, whose two participants have capstones there."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore
from bot.adapters.files.handbook_folders import LocalHandbooks
from bot.adapters.git.branches import GitBranches
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.git.stored_clones import GitStoredClones
from bot.adapters.github import GitHubApp, GitHubHost
from bot.adapters.search import SqliteSearchIndex
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.dojo.people import Cohort, CohortRole, Member
from bot.domain.enquiries.records import Handbook
from bot.domain.pull_requests.records import Account, Capstone
from bot.domain.sources.documents import FoundPassage
from bot.ports.checkout import CloneRequest
from bot.ports.pull_requests import BaselineCoverage
from bot.workflows.sources.handbooks import HandbookReading
from bot.workflows.sources.own_documents import OwnDocuments
from bot.workflows.sources.searching import SourceSearch
from bot.workflows.sources.upkeep import SourceUpkeep
from tests.fakes.github import GitHub
from tests.fakes.github.model import Repository
from tests.repositories import Files
from tests.workflows.shop import LIBRARY

START = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
WEB = "https://github.example"
HANDBOOK: Files = {
    "README.md": b"# Welcome\n\nAsk the yak about everything.\n",
    "teams/on-call.md": b"# On call\n\n## Who answers at night?\n\nThe okapi answers at night.\n",
    "logo.png": b"\x89PNG okapi",
}


class Cited:
    """``guild/handbook`` is a repository on which the App is installed; ``index`` is a file of its own."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        self.github, self.folder, self.clock = github, folder, START
        self.store = SqlStore(engine, "github.com", self.now)
        self.app = github.app(webhook_url="http://127.0.0.1:9/github/webhook")
        self.handbook_there = github.repository("guild/handbook", HANDBOOK)
        github.install(self.app, self.handbook_there)
        self.host = GitHubHost(GitHubApp(self.app.id, self.app.private_key, github.url, 0.0))
        self.cache = CheckoutCache(folder / "checkouts", 10**9, 60, 1_000_000)
        self.index = SqliteSearchIndex(folder / "search.db")
        with self.store.begin() as tx:
            self.cohort = tx.cohorts.add("spring", START)
        self.upkeep = SourceUpkeep(self.store, self.index, LIBRARY, self.now)
        self.restart()

    def restart(self) -> None:
        """Forget all that a process remembers."""
        own = OwnDocuments(self.store, self.index, GitStoredClones(self.cache), WEB)
        self.search = SourceSearch(self.store, self.index, own, LIBRARY.rubric.id)
        self.reading = HandbookReading(
            self.store,
            self.index,
            LocalHandbooks(),
            GitBranches(self.cache),
            lambda: self.host,
            WEB,
            self.now,
        )

    def now(self) -> datetime:
        return self.clock

    def later(self, **time: float) -> None:
        self.clock += timedelta(**time)

    def set(self, place: str, link: str = "", cohort: Cohort | None = None) -> None:
        with self.store.begin() as tx:
            tx.handbooks.set((cohort or self.cohort).id, place, link)

    def handbook(self) -> Handbook:
        with self.store.read() as tx:
            found = tx.handbooks.of(self.cohort.id)
        assert found is not None
        return found

    def read(self) -> Handbook:
        self.reading.read(self.cohort.id)
        return self.handbook()

    def jobs(self) -> Sequence[str]:
        with self.store.read() as tx:
            return sorted(tx.jobs.list_waiting("handbook:"))

    def member(
        self, login: str, number: int, cohort: Cohort | None = None, role: CohortRole = CohortRole.PARTICIPANT
    ) -> Member:
        with self.store.begin() as tx:
            person = tx.members.find_or_add_by_host_account(Account(number, login), START)
            return tx.members.join((cohort or self.cohort).id, person, role, START)

    def capstone(self, member: Member, number: int, files: Files, name: str = "desk") -> Capstone:
        """Enrol a member's repository, with what a reading of its whole tree fetches."""
        login = member.code or {11: "ada", 12: "bo"}[number]
        repository = self.github.repository(f"{login}/{name}", files)
        installation = self.github.install(self.app, repository)
        with self.store.begin() as tx:
            cohort = tx.cohorts.get(member.cohort).name
            made = tx.capstones.add(
                cohort=cohort,
                repository=repository.id,
                owner=login,
                name=name,
                default_branch="main",
                installation=installation.id,
                participant=Account(number, login),
                sensei=None,
                publish=None,
                at=START,
            )
        self.read_tree(made, repository)
        return made

    def read_tree(self, capstone: Capstone, repository: Repository) -> str:
        """Fetch the default branch, as a reading of the whole tree does, and note its commit."""
        there = self.host.repository(capstone)
        head = repository.refs["main"]
        token = self.host.git_token(there)
        with self.cache.open_clone(CloneRequest(there.id, there.clone_url, token, None, head)):
            pass
        with self.store.begin() as tx:
            tx.ledgers.record_coverage(capstone.id, BaselineCoverage(head, (), ()), self.now())
        return head

    def repository(self, capstone: Capstone) -> Repository:
        return self.github.repositories[capstone.repository]

    def decides(self, capstone: Capstone, person: str | None, words: str, **changes: Any) -> Decision:
        plain: dict[str, Any] = {"origin": DecisionOrigin.CHAT, "private": True, "title": "A choice"}
        with self.store.begin() as tx:
            made = tx.decisions.add(
                capstone.id,
                person=person,
                question=None,
                check=None,
                texts={Slot.DECIDED: words},
                anchors=[],
                supersedes=None,
                by=RevisedBy.PARTICIPANT,
                at=self.now(),
                **{**plain, **changes},
            )
            tx.decisions.set_state(made.id, DecisionState.CONFIRMED, self.now())
        return made

    def finds(self, member: Member, question: str, *, public: bool = False) -> Sequence[FoundPassage]:
        return self.search.find(member.enrolment, question, public=public)

    def keys(self, member: Member, question: str, *, public: bool = False) -> list[str]:
        return sorted({found.document for found in self.finds(member, question, public=public)})


@contextmanager
def cited(engine: sa.Engine, folder: Path) -> Iterator[Cited]:
    with GitHub() as github:
        yield Cited(engine, github, folder)
