"""A participant whose questions wait until their sensei has kept them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from bot.domain.pairing.states import PairState
from bot.domain.pull_requests.records import QuestionState, RoundState, Trigger
from bot.workflows.pairing import endings, lifecycle
from bot.workflows.triage.question_cards import bring_questions
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack
from tests.workflows.articulation.talking import ADA, SOME_DAYS, Talking
from tests.workflows.running_dojo import question, sha
from tests.workflows.whole_dojo import LEAD


class HoldingBack(Talking):
    """Ada's capstone has questions that no one has seen; Sen is her sensei."""

    @property
    def pull_request(self) -> int:
        with self.here.store.read() as tx:
            found = tx.pull_requests.find(self.capstone.id, 1)
        assert found
        return found.id

    def proposes(self, *texts: str) -> list[int]:
        """Let a round end that has chosen questions; they are brought to whoever is on duty."""
        with self.here.store.begin() as tx:
            known = {asked.id for asked in tx.questions.of(self.pull_request)}
            round_ = tx.rounds.begin(self.pull_request, Trigger.ASKED, sha("a"), now())
            rows = [
                replace(
                    question(round_.id, text=text), check="speed.1", fingerprint=f"{round_.id}{text}"[-64:]
                )
                for text in texts
            ]
            tx.questions.add(round_.id, rows, now())
            tx.rounds.set_state(round_.id, RoundState.PUBLISHED, now())
            bring_questions(tx, self.pull_request, now())
            return [asked.id for asked in tx.questions.of(self.pull_request) if asked.id not in known]

    def states(self) -> list[str]:
        with self.here.store.read() as tx:
            return [asked.state for asked in tx.questions.of(self.pull_request)]

    def card(self, reader: Person) -> dict[str, Any]:
        """The newest message before somebody, whenever it was due."""
        self.settle(SOME_DAYS)
        return reader.messages[-1]

    def begins_pair(self, sensei: str) -> None:
        """Let somebody become Ada's sensei, as they accept."""
        pair = self.pairs(ADA, sensei, PairState.APPROVED)
        with self.here.store.begin() as tx:
            lifecycle.accept(tx, pair.id, self.member(sensei).person, now())

    def ends_pair(self) -> None:
        """Let a lead end Ada's pair."""
        with self.here.store.begin() as tx:
            for pair in tx.pairings.by_person(self.member(ADA).person):
                if pair.state is PairState.ACTIVE:
                    endings.end(tx, pair.id, "", self.member("Lea").person, now())

    def closes(self, state: str = "closed") -> None:
        """Let the pull request be in another state."""
        with self.here.store.begin() as tx:
            pull = tx.pull_requests.get(self.pull_request)
            tx.pull_requests.save(
                self.capstone.id,
                pull.number,
                state=state,
                draft=False,
                author=pull.author,
                head=pull.head,
                base_ref="main",
                at=now(),
            )

    def sets_question(self, number: int, state: QuestionState) -> None:
        with self.here.store.begin() as tx:
            tx.questions.set_state(number, state, now())


@contextmanager
def holding_back(engine: sa.Engine) -> Iterator[HoldingBack]:
    """Serve a workspace with Ada, her sensei Sen, and Sol, another sensei."""
    with Slack() as slack:
        it = HoldingBack(engine, slack)
        with served(engine, slack, "http", it.features) as here:
            it.here = here
            it.joins("Lea", LEAD)
            it.begin()
            yield it
