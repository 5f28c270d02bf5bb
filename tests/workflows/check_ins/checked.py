"""A participant whose capstone is at a GitHub on loopback, and what asks them check-ins."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from bot.adapters.database.check_ins.tables import CheckInCodeRow
from bot.adapters.files import prompts
from bot.adapters.git.clone_cache import CheckoutCache
from bot.adapters.git.commit_files import GitCommitReader
from bot.domain.check_ins.records import CheckIn
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.defences.records import DefenceState, NewDefenceQuestion
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.pull_requests.question_placement import fingerprint
from bot.domain.pull_requests.records import Account, AskedQuestion, QuestionState, Trigger
from bot.domain.review.report import Movement
from bot.ports.engine import Json
from bot.ports.metrics import NoMetrics
from bot.ports.model import Model
from bot.ports.pull_requests import BASELINE, BaselineCoverage
from bot.ports.store import Tx
from bot.workflows.check_ins.asking import CheckInAsking
from bot.workflows.check_ins.question_wording import QuestionWording
from bot.workflows.check_ins.reminders import CheckInReminders
from bot.workflows.check_ins.topic_rows import TopicRows
from bot.workflows.pull_requests.enrolment import Enrolment, enrol_repository
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests.domain.decisions.deciding import TEXTS
from tests.fakes.github import GitHub
from tests.fakes.model import Scripted
from tests.fakes.steps import Straight
from tests.rendering.reports import citation, movement, report
from tests.workflows.hosted import Hosted
from tests.workflows.running_dojo import question
from tests.workflows.shop import LIBRARY

CODE = b"import shop\n\n\ndef answer(text):\n    return trust(text, limit=50)\n"
QUOTE = "    return trust(text, limit=50)"
DAY = date(2026, 11, 26)
_numbers = itertools.count(1)


class Refusals(NoMetrics):
    """Remembers what the guardrails refused."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def count_refused_words(self, purpose: str, reason: str) -> None:
        assert purpose == "check_in"
        self.reasons.append(reason)


class Checked(Hosted):
    """Ada works from 9 to 17 in London, where it is Thursday, 9:00. Her code is on the default branch."""

    kept: frozenset[date] = frozenset()
    """The days that are kept for digests."""

    def __init__(self, engine: sa.Engine, github: GitHub, folder: Path) -> None:
        super().__init__(engine, github, folder)
        self.head = self.push({"desk.py": CODE})
        self.model: Scripted | None = None
        self.refusals = Refusals()
        cache = CheckoutCache(folder / "checkouts", 10**9, 60, 1_000_000)
        wording = QuestionWording(prompts.load("check_ins/question"), self._open_model, "1", self.refusals)
        self.topics = TopicRows(LedgerLoader(LIBRARY))
        self.asking = CheckInAsking(
            self.host, self.store, GitCommitReader(cache), self.topics, wording, self.now
        )
        # The tests of a file share a database, so each has a participant of its own.
        number = next(_numbers)
        self.account = Account(70_000_000 + self.number, f"ada{number}")
        with self.store.begin() as tx:
            team = f"T{number}X{self.number}"
            cohort = tx.cohorts.add(f"cohort {team}", self.now())
            tx.cohorts.set_workspace(cohort.id, team)
            self.cohort = cohort.id
            self._joins(tx, team, "Ada")
            self.capstone = tx.capstones.add(
                cohort=f"cohort {team}",
                repository=self.number,
                owner="ada",
                name="desk",
                default_branch="main",
                installation=self.installation.id,
                participant=self.account,
                sensei=None,
                publish=None,
                at=self.now(),
            )

    def _joins(self, tx: Tx, team: str, name: str) -> None:
        """Let the owner of ``self.account`` join. They are asked from now on."""
        person = tx.members.find_or_add_by_chat(team, f"U{self.account.id}", name, self.now())
        self.person = tx.members.prove(person, self.account, self.now())
        joined = tx.members.join(self.cohort, self.person, CohortRole.PARTICIPANT, self.now())
        self.enrolment = joined.enrolment
        tx.members.set_profile(self.enrolment, Profile(WorkingHours("Europe/London")))

    def goes_to_bob(self) -> None:
        """Let the capstone have another participant, Bob, who is asked from now on."""
        self.account = Account(self.account.id + 10**12, f"bob{self.account.id}")
        with self.store.begin() as tx:
            cohort = tx.cohorts.get(self.cohort)
            self._joins(tx, cohort.name.removeprefix("cohort "), "Bob")
            repository = self.host.repository(self.capstone)
            enrol_repository(tx, Enrolment(cohort, repository, self.account, None, None), self.now())
            self.capstone = tx.capstones.get(self.capstone.id)

    def adds_capstone(self, name: str) -> int:
        """Let the participant have another capstone with the same code; return its number."""
        there = self.github.repository(f"ada/{name}", {"desk.py": CODE})
        installed = self.github.install(self.app, there)
        with self.store.begin() as tx:
            return tx.capstones.add(
                cohort=tx.cohorts.get(self.cohort).name,
                repository=there.id,
                owner="ada",
                name=name,
                default_branch="main",
                installation=installed.id,
                participant=self.account,
                sensei=None,
                publish=None,
                at=self.now(),
            ).id

    @contextmanager
    def _open_model(self, repository: int) -> Iterator[Model | None]:
        yield self.model

    # What there is to ask about.

    def shows(
        self,
        quote: str = QUOTE,
        check: str = "safety.1",
        path: str = "desk.py",
        capstone: int | None = None,
        **changes: Any,
    ) -> None:
        """Let the last reading of the tree have found evidence for a check."""
        with self.store.begin() as tx:
            tx.ledgers.record(
                capstone or self.capstone.id, BASELINE, [self.moved(quote, check, path, **changes)], False
            )

    def reads_tree(self) -> None:
        """Let Sensei have read the whole tree."""
        with self.store.begin() as tx:
            tx.ledgers.record_coverage(self.capstone.id, BaselineCoverage(self.head, (), ()), self.now())

    def moved(
        self, quote: str = QUOTE, check: str = "safety.1", path: str = "desk.py", **changes: Any
    ) -> Movement:
        found = {"direction": changes.pop("direction", "supports"), "check": check, "source": "signal"}
        cited = citation(quote).model_copy(update={"path": path, "line_start": 5, "line_end": 5, **changes})
        return movement(missing="").model_copy(update={**found, "citations": (cited,)})

    def merges(self, *movements: Movement, author: Account | None = None, number: int = 1) -> int:
        """Let a pull request with a reading have been merged; return its id."""
        with self.store.begin() as tx:
            pull = tx.pull_requests.save(
                self.capstone.id,
                number,
                state="merged",
                draft=False,
                author=author or self.account,
                head="a" * 40,
                base_ref="main",
                at=self.now(),
            )
            made = tx.rounds.begin(pull.id, Trigger.OPENED, "a" * 40, self.now())
            tx.rounds.save_report(made.id, report().model_copy(update={"movements": tuple(movements)}))
            return pull.id

    def puts_off(self, pull: int, **changes: Any) -> int:
        """Let a question on a pull request have been put off."""
        with self.store.begin() as tx:
            round_ = tx.rounds.of(pull)[-1].id
            asked = question(round_, **{"quote": QUOTE, "text": "Where does the 50 come from?", **changes})
            tx.questions.add(round_, [asked], self.now())
            made = tx.questions.of(pull)[-1].id
            tx.questions.set_state(made, QuestionState.DEFERRED, self.now())
            return made

    def decides(
        self, quote: str = QUOTE, commit: str = "", check: str = "safety.1", **changes: Any
    ) -> Decision:
        """Let Ada have confirmed a decision about some code, so long ago that she is asked again."""
        with self.store.begin() as tx:
            made = tx.decisions.add(
                self.capstone.id,
                person=self.person,
                origin=DecisionOrigin.CHAT,
                question=None,
                check=check,
                private=changes.get("private", False),
                title="The limit is 50",
                texts=TEXTS,
                anchors=[CodeAnchor("desk.py", commit or self.head, "head", 5, 5, quote)],
                supersedes=None,
                by=RevisedBy.PARTICIPANT,
                at=self.now(),
            )
            at = changes.get("at", self.now() - timedelta(days=14))
            tx.decisions.set_state(made.id, DecisionState.CONFIRMED, at)
            return tx.decisions.get(made.id)

    def defends(
        self, state: DefenceState, quote: str, at: datetime | None = None, check: str = "safety.1"
    ) -> None:
        """Let a defence have a question about some code. Ada was told that it is ``at``."""
        asked = NewDefenceQuestion(
            "safety",
            check,
            "Where from?",
            (),
            (),
            "desk.py",
            1,
            1,
            quote,
            fingerprint(check, quote),
        )
        with self.store.begin() as tx:
            made = tx.defences.add(self.capstone.id, self.person, self.person, at, self.now())
            tx.defences.set_questions(made.id, self.head, [asked])
            tx.defences.set_state(made.id, state, self.now())

    def loses_code(self, decision: Decision) -> None:
        """Let a decision's code be gone from the default branch."""
        self.push({"desk.py": b"import shop\n"})
        with self.store.begin() as tx:
            tx.decisions.set_code_gone(decision.id, self.now())

    # What Sensei does.

    def asks(self, steps: Straight | None = None, *, asked_for: bool = False, day: date = DAY) -> str:
        """Ask a check-in; return the outcome."""
        argument = {"enrolment": self.enrolment, "day": day.isoformat(), "asked_for": asked_for}
        result: Json = self.asking.run(steps or Straight(self.store), argument)
        return str(result["outcome"])

    def reminds(self, *, arrived: bool = True) -> str:
        """Run the reminder that waits, when it is due; return its outcome. Messages have arrived before."""
        [job] = self.waiting("check_in_reminder")
        if arrived:
            self.delivers()
        self.clock = max(self.clock, job.due_at)
        with self.store.begin() as tx:
            tx.jobs.mark_begun(job.id, self.now())
        result: Json = CheckInReminders(self.now, self.is_kept).run(Straight(self.store), job.argument)
        return str(result["outcome"])

    def is_kept(self, _tx: Tx, _person: str, day: date) -> bool:
        return day in self.kept

    def delivers(self) -> None:
        """Let all messages of conversations that are due have arrived in the chat."""
        with self.store.begin() as tx:
            for job in tx.jobs.due_with_prefix("message:articulation:", self.clock, 1000):
                tx.effects.begin(job.id, self.clock)
                tx.effects.finish(job.id, "D1 1", self.clock)

    # What there is then.

    def waiting(self, kind: str) -> list[Any]:
        with self.store.read() as tx:
            due = tx.jobs.due(datetime.max.replace(tzinfo=self.clock.tzinfo), 10_000)
        return [job for job in due if job.kind == kind and job.argument.get("enrolment") == self.enrolment]

    def told(self, kind: str) -> int:
        """How many messages of a kind are to be sent to Ada."""
        with self.store.read() as tx:
            due = tx.jobs.due_with_prefix(f"message:check_ins.nothing:{self.person}:", self.clock, 100)
        return sum(job.argument["kind"] == kind for job in due)

    def check_ins(self) -> list[CheckIn]:
        with self.store.read() as tx:
            return list(tx.check_ins.of(self.enrolment))

    def kept_code(self) -> list[str]:
        """The code that is kept for the capstone's next questions."""
        query = sa.select(col(CheckInCodeRow.code)).where(col(CheckInCodeRow.capstone_id) == self.capstone.id)
        with self.engine.connect() as connection:
            return list(connection.execute(query).scalars())

    @property
    def question(self) -> AskedQuestion:
        """The question of the newest check-in."""
        with self.store.read() as tx:
            found = tx.questions.get(self.check_ins()[0].question or 0)
        assert found
        return found

    def sent(self, question: int) -> list[str]:
        """The keys of the messages about a question that are to be sent."""
        with self.store.read() as tx:
            due = tx.jobs.due_with_prefix(f"message:articulation:{question}:", self.clock, 100)
        return [str(job.argument["key"]) for job in due]
