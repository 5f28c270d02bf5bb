"""A cohort with capstones, whose digests are made, drawn and sent to a workspace on loopback."""

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole
from bot.domain.pull_requests.records import Account, QuestionState, Trigger
from bot.domain.triage.records import Milestone, NewRuling, RulerRole, Verdict
from bot.ports.jobs import Job
from bot.workflows.chat.outbox import Outbox
from bot.workflows.digest.lead_digests import LEAD_DIGEST, LeadDigests
from bot.workflows.digest.making import DigestWorkflow
from bot.workflows.digest.pictures import Pictures
from bot.workflows.digest.snapshots import WeeklySnapshots
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests.domain.ledgers import whole_tree_read
from tests.fakes.steps import Straight
from tests.workflows.running_dojo import question, sha
from tests.workflows.shop import LIBRARY
from tests.workflows.slacked import Cohort
from tests.workflows.triage.judging import moves

LOADER = LedgerLoader(LIBRARY)
SPEED, SAFETY = "speed", "safety"
_numbers = itertools.count(8_000_000)


def load() -> LedgerLoader:
    return LOADER


@dataclass
class WeeklyCohort(Cohort):
    """``capstones`` are by their participant."""

    capstones: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.leads = LeadDigests(load, 20.0, self.now)
        self.pictures = Pictures(self.chat, self.store, load, self.now)
        self.snapshots = WeeklySnapshots(load, self.now)
        self.messaging = Outbox(self.chat, self.store, {LEAD_DIGEST: self.leads.write}, self.now)

    def enrols(self, name: str, *more: CohortRole, sensei: str | None = None) -> str:
        """Let somebody take part with a capstone, and maybe with a sensei; return their id."""
        person = self.joins(name, CohortRole.PARTICIPANT, *more)
        account = Account(next(_numbers), f"p{next(_numbers)}")
        with self.store.begin() as tx:
            tx.members.prove(person, account, self.now())
            capstone = tx.capstones.add(
                cohort=f"cohort {self.number}",
                repository=account.id,
                owner=account.login,
                name="desk",
                default_branch="main",
                installation=9,
                participant=account,
                sensei=None,
                publish=None,
                at=self.now(),
            )
        self.capstones[person] = capstone.id
        if sensei:
            self.pairs(person, sensei)
        return person

    def shows(self, person: str, *checks: str, missing: str = "") -> None:
        """Let a reading find evidence for these checks."""
        capstone = self.capstones[person]
        with self.store.begin() as tx:
            found = [moves(check, f"{check}()", missing=missing) for check in checks]
            tx.ledgers.record(capstone, "baseline", found, pending=False)
            tx.ledgers.record_coverage(capstone, whole_tree_read(LIBRARY), self.now())

    def rules(
        self, person: str, sensei: str, criterion: str, level: int, milestone: Milestone | None = None
    ) -> int:
        """Let a sensei rule that a draft of 4 is another level; return the ruling's id."""
        given = NewRuling(
            self.capstones[person],
            criterion,
            Verdict.OTHER,
            level,
            4,
            "secret reason",
            "secret sentence",
            "",
            sensei,
            RulerRole.SENSEI,
            milestone,
        )
        with self.store.begin() as tx:
            return tx.rulings.add(given, self.now()).id

    def asks(self, person: str, state: QuestionState, days_ago: int = 0) -> None:
        """Let a question be asked of a participant so many days ago."""
        at = self.now() - timedelta(days=days_ago)
        with self.store.begin() as tx:
            pull_request = tx.pull_requests.save(
                self.capstones[person],
                1,
                state="open",
                draft=False,
                author=Account(1, "ada"),
                head=sha("a"),
                base_ref="main",
                at=at,
            )
            round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, sha("a"), at)
            tx.questions.add(round_.id, [question(round_.id)], at)
            made = tx.questions.of(pull_request.id)[-1]
            tx.questions.set_state(made.id, QuestionState.ASKED, at, next(_numbers))
            if state is not QuestionState.ASKED:
                tx.questions.set_state(made.id, state, at)

    def digests(self, person: str, steps: Straight | None = None) -> str:
        """Let a lead's digest of this week be made and sent; return the outcome."""
        workflow = DigestWorkflow(self.store, {"lead": self.leads}, self.now, self.pictures.make)
        week = f"{self.clock:%G-W%V}"
        argument = {"cohort": self.id, "person": person, "role": "lead", "week": week}
        outcome = str(workflow.run(steps or Straight(self.store), argument)["outcome"])
        with self.store.read() as tx:
            due = [
                job for job in tx.jobs.due(self.now(), 100) if job.id.startswith(f"message:{LEAD_DIGEST}:")
            ]
        for job in due:
            self.messaging.message(Straight(self.store), job.argument)
            self._mark_begun(job, self.now())
        return outcome

    def _mark_begun(self, job: Job, at: datetime) -> None:
        with self.store.begin() as tx:
            tx.jobs.mark_begun(job.id, at)
