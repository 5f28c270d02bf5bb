"""A participant with a question, their sensei, and a workspace in which they talk about it in private."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import RevisedBy
from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import Account, AskedQuestion, Capstone, QuestionState, Trigger
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import TURN, go_private, turn_key
from bot.workflows.chat.outbox import send_message
from bot.workflows.decisions.records import draft_decision
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack
from tests.workflows.running_dojo import question, sha
from tests.workflows.whole_dojo import COHORT, LEAD, PARTICIPANT, SENSEI, WholeDojo

ADA, SEN, SOL = "Ada <b> & *Co*", "Sen & `Sons`", "Sol"
WORDS = "Why is the cache <unbounded> & who pays?"
CODE = "def cache(key):\n    return {**store, key: `x`}"
_DAY = timedelta(days=1)
SOME_DAYS = timedelta(days=5)
"""Longer than any weekend."""


class Talking(WholeDojo):
    """Ada's capstone has an open question; Sen is her sensei."""

    capstone: Capstone

    @property
    def ada(self) -> Person:
        return self.people[ADA]

    @property
    def sen(self) -> Person:
        return self.people[SEN]

    @property
    def sol(self) -> Person:
        return self.people[SOL]

    def begin(self) -> None:
        for name, role in ((ADA, PARTICIPANT), (SEN, SENSEI), (SOL, SENSEI)):
            self.joins(name, role)
        self.pairs(ADA, SEN)
        with self.here.store.begin() as tx:
            tx.members.prove(self.member(ADA).person, Account(1, "ada"), now())
            self.capstone = tx.capstones.add(
                cohort=COHORT,
                repository=77,
                owner="ada",
                name="desk",
                default_branch="main",
                installation=9,
                participant=Account(1, "ada"),
                sensei=None,
                publish=None,
                at=now(),
            )
            tx.pull_requests.save(
                self.capstone.id,
                1,
                state="open",
                draft=False,
                author=Account(1, "ada"),
                head=sha("a"),
                base_ref="main",
                at=now(),
            )
        self.slack.events.add("message.im")

    def asks(self, state: QuestionState = QuestionState.ASKED, *, in_thread: bool = True) -> int:
        """Ask a question on the pull request, in a thread or in the summary."""
        with self.here.store.begin() as tx:
            pull_request = tx.pull_requests.find(self.capstone.id, 1)
            assert pull_request
            round_ = tx.rounds.begin(pull_request.id, Trigger.ASKED, sha("a"), now())
            asked = question(round_.id, text=WORDS, quote=CODE, line_start=3, line_end=4)
            tx.questions.add(round_.id, [asked], now())
            made = tx.questions.of(pull_request.id)[-1].id
            tx.questions.set_state(made, state, now(), 500 + made if in_thread else None)
            return made

    def asks_in_private(self) -> int:
        """Ask a question, and go on with it in direct messages."""
        made = self.asks()
        with self.here.store.begin() as tx:
            assert go_private(tx, made, now())
        self.settle()
        return made

    def question(self, number: int) -> AskedQuestion:
        with self.here.store.read() as tx:
            found = tx.questions.get(number)
        assert found
        return found

    def talk(self, number: int) -> Conversation:
        with self.here.store.read() as tx:
            found = tx.conversations.by_question(number)
        assert found
        return found

    def words_of(self, number: int) -> list[str]:
        """What is stored of the participant's words about a question."""
        with self.here.store.read() as tx:
            return [message.text for message in tx.conversations.messages(self.talk(number).id, 1)]

    def turns(self, number: int, **changes: Any) -> None:
        """Let Sensei have heard the answers, as its workflow would store it, and say its next turn."""
        with self.here.store.begin() as tx:
            talk = tx.conversations.open(number, now())
            if changes["state"] is ConversationState.DRAFTED:
                changes["decision"] = self._draft(tx, talk)
            talk = replace(talk, turn=talk.turn + 1, heard_at=now(), **changes)
            tx.conversations.save(talk, now())
            if talk.private:
                about = {"question": number, "turn": talk.turn}
                send_message(tx, turn_key(number, talk.turn), TURN, about, now())
        self.settle()

    def _draft(self, tx: Tx, talk: Conversation) -> int:
        texts = {Slot.DECIDED: "We keep it <all>", Slot.AGAINST: "An LRU & *stars*"}
        return draft_decision(tx, talk, texts, RevisedBy.SENSEI, now()).id

    def withdraws_question(self, number: int) -> None:
        """Let the question itself be withdrawn."""
        with self.here.store.begin() as tx:
            tx.questions.set_state(number, QuestionState.WITHDRAWN, now())

    def probes(self, number: int) -> None:
        probe = "Was there <another> way?"
        self.turns(number, state=ConversationState.PROBED, probe=probe, probe_slot=Slot.AGAINST)

    def answers(self, number: int, text: str) -> None:
        """Let Ada answer with the form of the newest message that has one."""
        assert not self.ada.click(self.newest("articulation.answer"), "articulation.answer").failed
        assert not self.ada.submit({"articulation.text": text}).errors
        self.settle()

    def disputes(self, reason: str) -> None:
        """Let Ada dispute a question with the form of the newest message that has its button."""
        assert not self.ada.click(self.newest("articulation.dispute"), "articulation.dispute").failed
        assert not self.ada.submit({"articulation.text": reason}).errors
        self.settle()

    def goes_away(self, sensei: str, deputy: str) -> None:
        """Let a sensei be on holiday, as of yesterday."""
        today, away = now().date(), self.member(sensei)
        with self.here.store.begin() as tx:
            tx.absences.add(
                away.cohort, away.person, today - _DAY, today + 9 * _DAY, self.member(deputy).person
            )

    def comes_back(self, sensei: str) -> None:
        """Let a sensei's holiday be over."""
        away = self.member(sensei)
        with self.here.store.begin() as tx:
            for absence in tx.absences.not_over(away.cohort, now()):
                tx.absences.remove(away.cohort, absence.id)

    def never_with(self, other: str) -> None:
        """Let Ada have asked not to be paired with somebody."""
        ada, sensei = self.member(ADA), self.member(other)
        with self.here.store.begin() as tx:
            tx.never_pairs.add(ada.cohort, ada.person, sensei.person, "", now())

    def pairs_end(self, sensei: str) -> None:
        """Let a sensei's pairs be over."""
        with self.here.store.begin() as tx:
            for pair in tx.pairings.by_person(self.member(sensei).person):
                tx.pairings.set_state(pair.id, PairState.ENDED, now())

    def zone(self, name: str) -> ZoneInfo:
        """The time zone of somebody's profile."""
        profile = self.member(name).profile
        assert profile
        return ZoneInfo(profile.hours.time_zone)

    def audited(self, action: str) -> list[tuple[str, str, str]]:
        """Who did an action, to what, and in which role."""
        query = sa.text("SELECT actor, subject, detail FROM audit_event WHERE action = :action ORDER BY id")
        with self.engine.connect() as connection:
            rows = connection.execute(query, {"action": action}).all()
        details = [json.loads(row[2]) if isinstance(row[2], str) else row[2] for row in rows]
        return [(row[0], row[1], detail.get("role", "")) for row, detail in zip(rows, details, strict=True)]

    def newest(self, action: str) -> dict[str, Any]:
        """The newest message before Ada that has a button."""
        return next(each for each in reversed(self.ada.messages) if f'"{action}"' in json.dumps(each))

    def stored_text(self) -> str:
        """Every value of every row."""
        with self.engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
            return json.dumps(
                [
                    [str(bytes(value) if isinstance(value, memoryview) else value) for value in row]
                    for table in tables
                    for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')
                ]
            )


@contextmanager
def talking(engine: sa.Engine) -> Iterator[Talking]:
    """Serve a workspace in which people talk about a question."""
    with Slack() as slack:
        it = Talking(engine, slack)
        with served(engine, slack, "http", it.features) as here:
            it.here = here
            it.joins("Lea", LEAD)
            it.begin()
            yield it
