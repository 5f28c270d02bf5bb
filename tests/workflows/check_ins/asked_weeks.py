"""A cohort whose participants are asked on a clock that the test turns, and what asks them there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from bot.domain.check_ins.holds import CheckInFacts, Hold, find_holds
from bot.domain.check_ins.records import CheckInState, Topic
from bot.domain.pull_requests.records import QuestionState
from bot.ports.engine import Json, Steps
from bot.ports.store import Tx
from bot.workflows.chat.outbox import Outbox
from bot.workflows.chat.unprompted import Feature, send_unprompted
from bot.workflows.check_ins.participants import Participant, list_participants
from bot.workflows.check_ins.running import CheckInWorkflow
from bot.workflows.check_ins.schedule import CheckInSchedule
from bot.workflows.check_ins.standings import gather_facts
from bot.workflows.digest.kept_days import KeptDays
from bot.workflows.digest.sensei_digests import SenseiDigestMessages
from tests.fakes.slack import Slack
from tests.fakes.steps import Straight
from tests.workflows.digest.weeks import Week
from tests.workflows.slacked import GREETING


@dataclass
class PlainAsking:
    """Asks with a greeting, and stores the check-in. Without ``topic``, there is nothing to ask."""

    week: "AskedWeek"
    topic: bool = True

    def run(self, steps: Steps, argument: Json) -> Json:
        if not self.topic:
            return {"outcome": "no topic"}
        return steps.tx("ask", lambda tx: self._ask(tx, argument))

    def _ask(self, tx: Tx, argument: Json) -> Json:
        at, member = self.week.now(), tx.members.get(argument["enrolment"])
        [capstone] = tx.capstones.by_participant(member.person)
        day = self.week.one(member.person).calendar.day_of(at)
        assert argument["day"] == day.isoformat()
        tx.check_ins.add(member.enrolment, capstone.id, day, Topic.CHANGE, None, argument["asked_for"], at)
        key = f"checked:{member.person}:{day}"
        send_unprompted(tx, Feature.CHECK_IN, key, GREETING, {"to": [member.person]}, at)
        return {"outcome": "asked"}


@dataclass
class AskedWeek(Week):
    """A cohort as of a Monday at ten in Berlin, where all work until they say otherwise."""

    asking: PlainAsking = field(init=False)
    outcomes: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.asking = PlainAsking(self)
        self.check_ins = CheckInSchedule(self.store, self.now)
        kept = KeptDays(self.now)
        self.check_in = CheckInWorkflow(self.asking, self.now, kept.is_kept)
        words = self.messaging.words
        self.messaging = Outbox(self.chat, self.store, words, self.now, kept.is_kept)
        assert isinstance(self.digests, SenseiDigestMessages)

    def runs(self, kind: str, argument: Json, steps: Straight | None = None) -> Json:
        """Run a workflow."""
        if kind != "check_in":
            return super().runs(kind, argument, steps)
        outcome = self.check_in.run(steps or Straight(self.store), argument)
        self.outcomes.append(outcome)
        return outcome

    def looks_round(self) -> None:
        super().looks_round()
        self.check_ins.keep()

    def one(self, person: str) -> Participant:
        """A participant as they are now."""
        with self.store.read() as tx:
            [found] = list_participants(tx, self.id, self.now(), [person])
        return found

    def facts(self, person: str) -> CheckInFacts:
        """What is known about them now."""
        one = self.one(person)
        with self.store.read() as tx:
            return gather_facts(tx, self.id, [one], self.now())[one.member.enrolment]

    def holds(self, person: str) -> tuple[Hold, ...]:
        """Why they aren't asked now."""
        return find_holds(self.facts(person), self.one(person).calendar)

    def asked_on(self, person: str) -> list[str]:
        """The days on which they were asked."""
        with self.store.read() as tx:
            made = tx.check_ins.of(self.one(person).member.enrolment)
        return [f"{check_in.day:%a %d}" for check_in in reversed(made)]

    def answers(self, person: str) -> None:
        """Let them answer all that is open."""
        with self.store.begin() as tx:
            for check_in in tx.check_ins.of(self.one(person).member.enrolment):
                if check_in.state is CheckInState.ASKED:
                    tx.check_ins.set_state(check_in.id, CheckInState.ANSWERED, self.now())

    def settles(self, question: int) -> None:
        """Let a question have been resolved."""
        with self.store.begin() as tx:
            tx.questions.set_state(question, QuestionState.RESOLVED, self.now())

    def greeted(self, person: str) -> int:
        """How many check-ins they have got."""
        return sum("Hello" in said for said in self.heard(person))


@contextmanager
def asked_week(engine: sa.Engine) -> Iterator[AskedWeek]:
    """Open a cohort with its workspace."""
    with Slack() as slack:
        yield AskedWeek(engine, slack)
        assert slack.problems == []
