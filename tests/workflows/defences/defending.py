"""A dojo on Slack with Ada's capstone at a GitHub on loopback, whose code a defence can ask about."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.files import prompts
from bot.adapters.git.branches import GitBranches
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.github import GitHubApp, GitHubHost
from bot.domain.defences.records import Defence
from bot.domain.dojo.people import DateKind
from bot.domain.pairing.states import PairState
from bot.ports.model import Model
from bot.workflows.defences.preparation import DefencePreparation
from bot.workflows.design_documents.reading import DesignReading
from tests.domain.ledgers import movement, whole_tree_read
from tests.entrypoints.webhooks import now
from tests.fakes.github import GitHub
from tests.fakes.model import Scripted
from tests.fakes.slack import Person
from tests.fakes.steps import Straight
from tests.workflows.decisions.recorded import ADA, BO, LEA, SEN, SOL
from tests.workflows.milestones.ruled import Ruled, ruled
from tests.workflows.shop import LIBRARY
from tests.workflows.whole_dojo import LEDGERS

CODE = b"import shop\n\nlimit = 50\nbounded(limit)\n\n\ndef trust(caller):\n    return caller in KNOWN\n"
DESIGN = (
    b"# The desk\n\nSupport staff answer 200 tickets a day by hand. The desk drafts an answer within 2 s.\n\n"
    b"We could keep searching by keyword; it misses synonyms, so it lost.\n\n"
    b"Retries are bounded at 3, and then the ticket goes to a person. Nothing is kept for more than a day.\n"
)
DAY = timedelta(days=1)


class Defending(Ruled):
    """``repository`` is Ada's at GitHub. ``model`` is asked, unless it is None."""

    def hosts(self, github: GitHub, folder: Path) -> None:
        """Let the capstone be at a GitHub on loopback."""
        self.github, self.model = github, None
        github.user("ada")
        self.app = github.app(webhook_url="http://127.0.0.1:9/github/webhook")
        self.repository = github.repository("ada/desk", {"desk.py": CODE, "README.md": b"# Desk\n"})
        self.installation = github.install(self.app, self.repository)
        with self.engine.begin() as connection:
            change = sa.text("UPDATE capstone SET repository_id = :there, installation_id = :app")
            connection.execute(change, {"there": self.repository.id, "app": self.installation.id})
        self.host = GitHubHost(GitHubApp(self.app.id, self.app.private_key, github.url, 0.0))
        self.branches = GitBranches(CheckoutCache(folder / "checkouts", 10**9, 60, 1_000_000))

    model: Scripted | None

    @contextmanager
    def opens_model(self, _repository: int) -> Iterator[Model | None]:
        yield self.model

    def run(self, kind: str, argument: dict[str, Any]) -> None:
        steps = Straight(self.here.store)
        if kind == "defence":
            self.preparing().run(steps, argument)
        elif kind == "design_document":
            self.reading().run(steps, argument)
        else:
            super().run(kind, argument)

    def preparing(self) -> DefencePreparation:
        return DefencePreparation(
            self.host,
            self.here.store,
            self.branches,
            prompts.load("defences/questions"),
            lambda: LEDGERS,
            self.opens_model,
            now,
        )

    def reading(self) -> DesignReading:
        return DesignReading(
            self.host,
            self.here.store,
            self.branches,
            prompts.load("design_documents/reading"),
            lambda: LEDGERS,
            self.opens_model,
            now,
        )

    def finds(self, **quotes: str) -> None:
        """Let a reading of the whole tree support checks, such as ``speed_1``, with quotes of ``desk.py``."""
        with self.here.store.begin() as tx:
            moved = [
                movement(check.replace("_", "."), quotes=(quote,), path="desk.py", line_start=1, line_end=1)
                for check, quote in quotes.items()
            ]
            tx.ledgers.record(self.desk.id, "baseline", moved, pending=False)
            tx.ledgers.record_coverage(self.desk.id, whole_tree_read(LIBRARY), now())

    def final(self, days: int = 3) -> None:
        """Let the final milestone be in so many days."""
        self.dates(DateKind.DESIGN, days - 60)
        self.dates(DateKind.FINAL, days)

    def defence(self) -> Defence | None:
        """The newest defence of Ada's capstone."""
        with self.here.store.read() as tx:
            return tx.defences.newest([self.desk.id]).get(self.desk.id)

    def ends_pair(self, participant: str) -> None:
        """Let somebody have no sensei any more."""
        with self.here.store.begin() as tx:
            [pair] = tx.pairings.by_person(self.member(participant).person)
            tx.pairings.set_state(pair.id, PairState.ENDED, now())

    def read_last(self, person: Person) -> str:
        """What somebody was told last, in a form or alone."""
        return f"{self.form(person) if person.modal else ''} {self.whispered(person)}"

    def prepares(self, sensei: str = SEN, days: int = 2) -> Defence:
        """Let a sensei prepare Ada's defence, in some days at 11:00, and let it be prepared."""
        self.prepares_nothing(sensei, days)
        found = self.defence()
        assert found
        return found

    def prepares_nothing(self, sensei: str = SEN, days: int = 2) -> None:
        """Let a sensei ask for Ada's defence, and what they asked for be done."""
        person = self.people[sensei]
        self.opens_defence(person)
        assert person.modal
        assert not person.click(person.modal, "defence.prepare").failed
        day = (now() + days * DAY).date().isoformat()
        assert not person.submit({"join.day": day, "join.clock": "11:00"}).failed
        self.settle()

    def rules_on(self, position: int, outcome: str, note: str, sensei: str = SEN) -> Any:
        """Let a sensei rule on a question in the page before them."""
        person, found = self.people[sensei], self.defence()
        assert found
        self.opens_defence(person)
        question = found.questions[position - 1]
        assert person.modal
        assert not person.click(person.modal, f"defence.rule:{question.id}").failed
        return person.submit({"join.outcome": outcome, "join.note": note})

    def clicks_in_page(self, person: Person, action: str) -> None:
        """Click a button in the modal before somebody."""
        assert person.modal
        assert not person.click(person.modal, action).failed

    def errors(self, person: Person) -> dict[str, str]:
        """What the form before somebody says is wrong."""
        assert person.modal
        return dict(person.modal.errors)

    def opens_defence(self, person: Person) -> str:
        """What ``/dojo defence @ada`` shows to somebody."""
        self.slack.modals.pop(person.id, None)
        person.command(f"/dojo defence <@{self.people[ADA].id}>")
        return self.form(person) if person.modal else self.whispered(person)


@contextmanager
def defending(engine: sa.Engine, folder: Path) -> Iterator[Defending]:
    """Serve the dojo and its code host."""
    with ruled(engine) as made, GitHub() as github:
        made.__class__ = Defending
        made.hosts(github, folder)  # type: ignore[attr-defined]
        yield made  # type: ignore[misc]


__all__ = ["ADA", "BO", "LEA", "SEN", "SOL", "Defending", "defending"]
