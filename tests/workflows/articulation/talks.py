"""A conversation about one question: what a participant writes, and what Sensei makes of it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from bot.adapters.files import prompts
from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.conversations import Conversation
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.slots import SlotTexts
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, RevisedBy
from bot.domain.pull_requests.records import Account, AskedQuestion, PublishPolicy, QuestionState
from bot.ports.decisions import StoredStatement
from bot.ports.engine import Json
from bot.ports.metrics import NoMetrics
from bot.ports.model import Model
from bot.ports.store import Tx
from bot.workflows.articulation.hearing import ANSWER_PAUSE, AnswerHearing, hear_answer
from bot.workflows.decisions import records
from tests.fakes.model import Scripted
from tests.fakes.steps import Straight
from tests.workflows.running_dojo import ADA, SEN, Dojo

PROMPT = prompts.load("articulation/articulate")
GUIDE = load_guide()
_numbers = itertools.count(1)


class Refusals(NoMetrics):
    """Remembers what the guard refused."""

    def __init__(self) -> None:
        self.reasons: list[tuple[str, str]] = []

    def count_refused_words(self, purpose: str, reason: str) -> None:
        self.reasons.append((purpose, reason))


class Talk(Dojo):
    """A dojo in which one question was asked, about a check of some level."""

    def __init__(self, engine: sa.Engine, model: Scripted | None = None, level: int = 2) -> None:
        super().__init__(engine)
        self.asked = self.ask(next(_numbers) * 1000, text="Where does the 50 come from?", quote="limit = 50")
        self.rules = ArticulationRules(GUIDE, {"speed.1": level})
        self.model = model
        self.opened_for: list[int] = []
        self.refusals = Refusals()
        self.left: list[int] = []

    # What people do.

    def says(self, text: str, author: Account = ADA, comment: int | None = None) -> int:
        """Let somebody write in the thread, or edit a comment; return the comment."""
        self.wait(1)
        comment = comment or next(_numbers) * 1000
        with self.store.begin() as tx:
            tx.questions.save_message(self.asked, comment, author.id, text, self.now())
            if author is SEN:
                tx.questions.note_sensei_message(self.asked, self.now())
            elif tx.questions.get(self.asked).state is QuestionState.ASKED:  # type: ignore[union-attr]
                tx.questions.set_state(self.asked, QuestionState.ANSWERED, self.now())
            if author is ADA:
                hear_answer(tx, self.asked, self.now())
        return comment

    def deletes(self, comment: int) -> None:
        self.wait(1)
        with self.store.begin() as tx:
            tx.questions.delete_message(self.asked, comment, ADA.id, self.now())
            hear_answer(tx, self.asked, self.now())

    def confides(self, text: str) -> None:
        """Let the participant go on in private, and write there."""
        self.wait(1)
        with self.store.begin() as tx:
            talk = tx.conversations.open(self.asked, self.now())
            tx.conversations.save(replace(talk, private=True), self.now())
            reference = f"D1 {next(_numbers)}"
            tx.conversations.add_private_message(talk.id, self.ada(tx), text, reference, self.now())
            hear_answer(tx, self.asked, self.now())

    def publishes(self, publish: PublishPolicy) -> None:
        self._enrols(ADA, publish)

    def hands_over(self, participant: Account) -> None:
        """Let the capstone be another participant's from now on."""
        self._enrols(participant, None)

    def _enrols(self, participant: Account, publish: PublishPolicy | None) -> None:
        with self.store.begin() as tx:
            tx.capstones.add(
                cohort="dojo",
                repository=self.number,
                owner="ada",
                name=f"desk{self.number}",
                default_branch="main",
                installation=9,
                participant=participant,
                sensei=SEN,
                publish=publish,
                at=self.now(),
            )

    def sets(self, state: QuestionState) -> None:
        with self.store.begin() as tx:
            tx.questions.set_state(self.asked, state, self.now())

    def edits_draft(self, texts: SlotTexts) -> None:
        with self.store.begin() as tx:
            records.edit_decision(tx, self.decided(tx), "", texts, self.now())

    def confirms(self) -> None:
        with self.store.begin() as tx:
            records.confirm_decision(tx, self.decided(tx), self.rules, self.now())

    def drifts_from(self, texts: SlotTexts, private: bool = False) -> Decision:
        """Let the question be whether a confirmed decision with these parts still holds."""
        with self.store.begin() as tx:
            earlier = tx.decisions.add(
                self.capstone.id,
                person=self.ada(tx),
                origin=DecisionOrigin.CHAT,
                question=None,
                check="speed.1",
                private=private,
                title="The limit is 20",
                texts=texts,
                anchors=[CodeAnchor("desk.py", "b" * 40, "head", 7, 7, "limit = 20")],
                supersedes=None,
                by=RevisedBy.PARTICIPANT,
                at=self.now(),
            )
            records.confirm_decision(tx, earlier, self.rules, self.now())
            tx.decisions.add_drift_question(self.asked, earlier.id)
        return earlier

    # What Sensei does.

    @property
    def hearing(self) -> AnswerHearing:
        return AnswerHearing(
            self.store, self.rules, PROMPT, self._open_model, self.now, self.refusals, self._leave
        )

    def hears(self, steps: Straight | None = None) -> str:
        """Run the workflow that is due; return how it ended, or "nothing" if none is."""
        self.wait(ANSWER_PAUSE.total_seconds())
        waiting = self.jobs("hear")
        if not waiting:
            return "nothing"
        [job] = waiting
        with self.store.begin() as tx:
            tx.jobs.mark_begun(job.id, self.now())
        result: Json = self.hearing.hear(steps or Straight(self.store), job.argument)
        return str(result["outcome"])

    def answers(self, text: str, comment: int | None = None) -> str:
        """Let the participant write or edit, and Sensei hear it; return what it does."""
        self.says(text, comment=comment)
        return self.hears()

    @contextmanager
    def _open_model(self, repository: int) -> Iterator[Model | None]:
        self.opened_for.append(repository)
        yield self.model

    def _leave(self, _tx: Tx, question: int, _at: datetime) -> None:
        self.left.append(question)

    # What there is then.

    def ada(self, tx: Tx) -> str:
        return tx.members.find_or_add_by_host_account(ADA, self.now())

    def decided(self, tx: Tx) -> Decision:
        found = tx.decisions.by_question(self.asked)
        assert found
        return found

    @property
    def talk(self) -> Conversation:
        with self.store.read() as tx:
            found = tx.conversations.by_question(self.asked)
        assert found
        return found

    @property
    def draft(self) -> Decision | None:
        with self.store.read() as tx:
            return tx.decisions.by_question(self.asked)

    @property
    def question_now(self) -> AskedQuestion:
        with self.store.read() as tx:
            found = tx.questions.get(self.asked)
        assert found
        return found

    @property
    def statements(self) -> list[StoredStatement]:
        with self.store.read() as tx:
            return list(tx.statements.of(self.capstone.id))

    @property
    def spoken(self) -> list[int]:
        """The turns that are to be posted in the thread, in order."""
        return sorted(job.argument["turn"] for job in self.jobs("say"))

    @property
    def sent(self) -> list[Json]:
        """The messages about this conversation that are to be sent in the chat."""
        with self.store.read() as tx:
            due = tx.jobs.due_with_prefix(f"message:articulation:{self.asked}:", self.clock, 100)
        return [job.argument for job in due]
