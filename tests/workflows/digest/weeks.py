"""A cohort with capstones, in which things wait for senseis, and a clock that runs its jobs."""

import itertools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import sqlalchemy as sa

from bot.domain.articulation.conversations import ConversationState
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.digest.matters import DigestMaterial, ParticipantMatters
from bot.domain.dojo.people import CohortRole, Profile, WorkingHours
from bot.domain.enquiries.records import HandoverReason, Place
from bot.domain.pull_requests.records import Account, QuestionState, RoundState, Trigger
from bot.domain.triage.records import CriterionRuling, NewRuling, RulerRole, Verdict
from bot.ports.engine import Json
from bot.workflows.digest.capstone_matters import CapstoneRowsLoader, GrowthLines
from bot.workflows.digest.gathering import DigestGatherer
from bot.workflows.digest.making import DigestWorkflow, MakePicture
from bot.workflows.digest.schedule import DigestSchedule
from bot.workflows.digest.sensei_digests import SenseiDigestMaker, SenseiDigestMessages
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests.domain.ledgers import movement
from tests.fakes.slack import Person, Slack, look
from tests.fakes.steps import Straight
from tests.workflows.running_dojo import question, sha
from tests.workflows.shop import LIBRARY
from tests.workflows.slacked import WEB, Cohort

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
BERLIN = WorkingHours("Europe/Berlin")
TURN = timedelta(minutes=10)
"""How often the times of digests are looked at, as in the bot."""
_LOOKS_ROUND = timedelta(hours=6)
"""How often they are looked at while nothing is due and time passes."""
_NOT_RUN = ("home", "review")
"""Kinds of jobs that aren't run here."""
_numbers = itertools.count(50_000)
PARTICIPANT, SENSEI, LEAD = CohortRole.PARTICIPANT, CohortRole.SENSEI, CohortRole.LEAD


@dataclass
class Week(Cohort):
    """A cohort as of a Monday at ten in Berlin. Capstones are named after their participants."""

    clock: datetime = MONDAY
    capstones: dict[str, int] = field(default_factory=dict)
    growth: GrowthLines | None = None
    picture: MakePicture | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        rows = CapstoneRowsLoader(LedgerLoader(LIBRARY), self.growth)
        self.gatherer = DigestGatherer(rows)
        self.schedule = DigestSchedule(self.store, self.now)
        self.makers = {"sensei": SenseiDigestMaker(lambda: rows)}
        self.digests = SenseiDigestMessages(WEB, lambda: rows, self.now)
        self.messaging.words["digest.sensei"] = self.digests.write  # type: ignore[index]

    # Who is there.

    def enrols(
        self,
        name: str,
        sensei: str | None = None,
        *,
        installation: int | None = 9,
        named: Account | None = None,
    ) -> str:
        """Let a participant with a capstone join, paired with a sensei; return their opaque id."""
        number, person = next(_numbers), self.joins(name, PARTICIPANT)
        with self.store.begin() as tx:
            person = tx.members.prove(person, Account(number, name.lower()), self.now())
            self.capstones[name] = tx.capstones.add(
                cohort=f"cohort {self.number}",
                repository=number,
                owner=name.lower(),
                name=f"desk{number}",
                default_branch="main",
                participant=Account(number, name.lower()),
                publish=None,
                at=self.now(),
                installation=installation,
                sensei=named,
            ).id
        if sensei:
            self.pairs(person, sensei)
        return person

    def works(self, person: str, hours: WorkingHours) -> None:
        """Let somebody have other hours."""
        with self.store.begin() as tx:
            for member in tx.members.roles(person):
                tx.members.set_profile(member.enrolment, Profile(hours, capacity=9))

    def goes_away(self, sensei: str, first: date, last: date, deputy: str | None = None) -> int:
        """Let a sensei have a holiday; return its id."""
        with self.store.begin() as tx:
            return tx.absences.add(self.id, sensei, first, last, deputy)

    # What waits.

    def asks(self, name: str, state: QuestionState = QuestionState.ASKED, check: str = "speed.1") -> int:
        """Ask a question on a participant's pull request 1; return its id."""
        with self.store.begin() as tx:
            capstone = tx.capstones.get(self.capstones[name])
            pull_request = tx.pull_requests.save(
                capstone.id,
                1,
                state="open",
                draft=False,
                author=capstone.participant,
                head=sha("a"),
                base_ref="main",
                at=self.now(),
            )
            round_ = tx.rounds.begin(pull_request.id, Trigger.OPENED, sha("a"), self.now())
            tx.rounds.set_state(round_.id, RoundState.PUBLISHED, self.now())
            tx.questions.add(round_.id, [question(round_.id, check=check)], self.now())
            made = tx.questions.of(pull_request.id)[-1].id
            comment = None if state is QuestionState.PROPOSED else next(_numbers)
            tx.questions.set_state(made, state, self.now(), comment)
            return made

    def leaves(self, asked: int, *, private: bool = False) -> None:
        """Leave a question to the sensei."""
        with self.store.begin() as tx:
            talk = tx.conversations.open(asked, self.now())
            talk = replace(talk, state=ConversationState.LEFT, private=private)
            tx.conversations.save(talk, self.now())

    def decides(self, name: str) -> Decision:
        """Let a participant have a confirmed decision."""
        with self.store.begin() as tx:
            made = tx.decisions.add(
                self.capstones[name],
                person=None,
                origin=DecisionOrigin.CHAT,
                question=None,
                check=None,
                private=True,
                title="A secret title",
                texts={Slot.DECIDED: "A secret decision."},
                anchors=(),
                supersedes=None,
                by=RevisedBy.PARTICIPANT,
                at=self.now(),
            )
            tx.decisions.set_state(made.id, DecisionState.CONFIRMED, self.now())
            return made

    def moves(self, name: str, *checks: str) -> None:
        """Let evidence for checks be found."""
        with self.store.begin() as tx:
            moved = [movement(check, quotes=(f"{check}()",)) for check in checks]
            tx.ledgers.record(self.capstones[name], f"reading:{next(_numbers)}", moved, False)

    def rules(self, name: str, criterion: str, sensei: str, level: int = 1) -> CriterionRuling:
        """Let a sensei have ruled on a criterion as its evidence is now."""
        capstone = self.capstones[name]
        with self.store.begin() as tx:
            evidence = self.gatherer.loader.ledgers.load(tx, [capstone])[capstone].evidence[criterion]
            made = NewRuling(
                capstone,
                criterion,
                Verdict.OTHER,
                level,
                None,
                "Because.",
                "",
                evidence.digest,
                sensei,
                RulerRole.SENSEI,
            )
            return tx.rulings.add(made, self.now())

    def appeals(self, ruling: CriterionRuling, participant: str, second: str) -> int:
        """Let a participant appeal, and a lead name a second sensei; return the appeal."""
        with self.store.begin() as tx:
            appeal = tx.appeals.ask(ruling.id, participant, "A secret reason.", self.now())
            assert appeal
            tx.appeals.assign(appeal.id, second, self.now())
            return appeal.id

    # What comes of it.

    def passes_on(self, name: str, sensei: str) -> int:
        """Let a participant join who has passed a question of theirs on; return the hand-over's number."""
        self.enrols(name, sensei)
        return self.hands_over(name)

    def hands_over(self, name: str) -> int:
        """Let a participant pass a question of theirs on."""
        with self.store.begin() as tx:
            [member] = [it for it in tx.members.of(self.id, CohortRole.PARTICIPANT) if it.name == name]
            thread = f"{member.enrolment}.1"
            enquiry = tx.enquiries.open(member.enrolment, Place.DIRECT, "D1", thread, self.now())
            return tx.handovers.add(enquiry.id, HandoverReason.REQUESTED, "secret", self.now()).id

    def gathers(self, sensei: str) -> DigestMaterial:
        """What a sensei's digest would be made of now."""
        with self.store.read() as tx:
            return self.gatherer.gather(tx, self.id, sensei, self.now())

    def about(self, name: str, sensei: str) -> ParticipantMatters:
        """What waits for a sensei about a participant."""
        [found] = [it for it in self.gathers(sensei).participants if it.capstone == self.capstones[name]]
        return found

    def workflow(self) -> DigestWorkflow:
        return DigestWorkflow(self.store, self.makers, self.now, self.picture)

    def runs(self, kind: str, argument: Json, steps: Straight | None = None) -> Json:
        """Run a workflow."""
        flows = {
            "digest": self.workflow().run,
            "message": self.messaging.message,
            "rewrite": self.messaging.rewrite,
        }
        return flows[kind](steps or Straight(self.store), argument) if kind in flows else {}

    def pumps(self) -> list[tuple[datetime, str]]:
        """Do all that is due, as often as that leads to more; return what was begun."""
        begun: list[tuple[datetime, str]] = []
        while True:
            with self.store.begin() as tx:
                due = tx.jobs.due(self.now(), 1000, without=_NOT_RUN)
                for job in due:
                    tx.jobs.mark_begun(job.id, self.now())
            if not due:
                return begun
            for job in due:
                begun.append((self.now(), job.kind))
                self.runs(job.kind, job.argument)

    def looks_round(self) -> None:
        """Keep the jobs right, as the bot does every few minutes."""
        self.schedule.keep()

    def lives(self, until: datetime, *, step: timedelta = TURN) -> None:
        """Let time pass while the bot runs. Turns without work are left out, for some hours at most."""
        while self.clock <= until:
            self.looks_round()
            begun = self.pumps()
            self.clock += step * (1 if begun else self._count_idle_turns(until, step))

    def _count_idle_turns(self, until: datetime, step: timedelta) -> int:
        """Return after how many turns something is due, the last one is reached, or Sensei looks round."""
        longest = min(until, self.clock + _LOOKS_ROUND)
        with self.store.read() as tx:
            due = [job.due_at for job in tx.jobs.due(longest, 1, without=_NOT_RUN)]
        turns = (longest - self.clock) // step
        return max(1, min([turns, *(math.ceil((at - self.clock) / step) for at in due)]))

    def heard(self, person: str) -> list[str]:
        """What the app has said to somebody, as they read it."""
        account: Person = self.accounts[person]
        return [" ".join(look.text(message).split()) for message in account.messages]


@contextmanager
def week(engine: sa.Engine) -> Iterator[Week]:
    """Open a cohort with its workspace."""
    with Slack() as slack:
        yield Week(engine, slack)
        assert slack.problems == []
