"""What growth is counted from, as conversations leave it in the rows, on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa

from bot.adapters.database.transaction import SqlStore, SqlTx
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import DecisionOrigin, DecisionState, RevisedBy
from bot.domain.pull_requests.records import Account, AskedQuestion, QuestionState, Trigger
from tests.domain.ledgers import movement
from tests.workflows.running_dojo import question, sha

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
ADA = Account(1, "ada")
_numbers = count(1)


class History:
    """A capstone whose past a test writes, one pull request after the other."""

    def __init__(self, tx: SqlTx) -> None:
        self.tx = tx
        self.capstone = tx.capstones.add(
            cohort="dojo",
            repository=next(_numbers),
            owner="ada",
            name=f"desk{next(_numbers)}",
            default_branch="main",
            installation=9,
            participant=ADA,
            sensei=None,
            publish=None,
            at=NOW,
        ).id

    def pulls(self, number: int, *moves: str, state: str = "merged") -> str:
        """Let a pull request have been read; return its round."""
        pull_request = self.tx.pull_requests.save(
            self.capstone,
            number,
            state=state,
            draft=False,
            author=ADA,
            head=sha("a"),
            base_ref="main",
            at=NOW + timedelta(days=number),
        )
        round_ = self.tx.rounds.begin(pull_request.id, Trigger.OPENED, sha("a"), NOW)
        moved = [movement(check) for check in moves]
        self.tx.ledgers.record(self.capstone, round_.id, moved, pending=state == "open")
        return round_.id

    def asks(self, round_: str, check: str, state: QuestionState = QuestionState.ASKED) -> AskedQuestion:
        self.tx.questions.add(round_, [question(round_, check=check)], NOW)
        asked = self.tx.questions.of(self.tx.rounds.get(round_).pull_request)[-1]
        self.tx.questions.set_state(asked.id, state, NOW)
        return asked

    def decides(self, asked: AskedQuestion | None, **changes: Any) -> int:
        """Let a decision have been drafted, from a question or by itself, and confirmed; return its id."""
        plain: dict[str, Any] = {
            "person": None,
            "origin": DecisionOrigin.THREAD,
            "question": asked.id if asked else None,
            "check": asked.check if asked else None,
            "private": False,
            "title": "Postgres",
            "texts": {Slot.DECIDED: "Postgres."},
            "anchors": (),
            "supersedes": None,
            "by": RevisedBy.SENSEI if asked else RevisedBy.PARTICIPANT,
            "at": NOW + timedelta(hours=1),
        }
        made = self.tx.decisions.add(self.capstone, **{**plain, **changes})
        self.tx.decisions.set_state(made.id, DecisionState.CONFIRMED, NOW + timedelta(hours=2))
        return made.id

    def talks(self, asked: AskedQuestion, turns: int) -> None:
        """Let Sensei have spoken this often in the conversation."""
        talk = self.tx.conversations.open(asked.id, NOW)
        self.tx.conversations.save(replace(talk, turn=turns), NOW)

    def helped(self) -> list[bool]:
        return [decision.helped for decision in self.tx.growth.decisions([self.capstone])]


@pytest.fixture(name="store")
def a_store(engine: sa.Engine) -> SqlStore:
    return SqlStore(engine, "github.com", lambda: NOW)


def test_a_decision_is_unaided_without_a_question_or_if_sensei_said_nothing_but_drafts(
    store: SqlStore,
) -> None:
    with store.begin() as tx:
        past = History(tx)
        round_ = past.pulls(1)
        past.decides(None)
        past.decides(None, origin=DecisionOrigin.FILE)
        at_once = past.asks(round_, "speed.1")
        past.talks(at_once, 1)  # its draft
        past.decides(at_once)
        corrected = past.asks(round_, "speed.2")
        past.talks(corrected, 2)  # its draft, and the draft after a correction
        texts = {Slot.DECIDED: "Postgres 17."}
        tx.decisions.revise(past.decides(corrected), "Postgres", texts, RevisedBy.SENSEI, NOW)
        by_command = past.asks(round_, "speed.3")
        past.decides(by_command, by=RevisedBy.PARTICIPANT)
        assert past.helped() == [False] * 5


def test_a_decision_is_assisted_after_a_follow_up_a_sensei_or_with_a_part_missing(store: SqlStore) -> None:
    with store.begin() as tx:
        past = History(tx)
        round_ = past.pulls(1)
        followed_up = past.asks(round_, "speed.1")
        past.talks(followed_up, 2)  # the follow-up, and the draft
        past.decides(followed_up)
        with_sensei = past.asks(round_, "speed.2")
        tx.questions.set_state(with_sensei.id, QuestionState.RESOLVED, NOW, 77)
        tx.questions.note_sensei_message(with_sensei.id, NOW)
        past.decides(with_sensei)
        partial = past.decides(past.asks(round_, "speed.3"))
        tx.statements.enter(
            past.capstone,
            source="decision",
            reference=partial,
            check="speed.3",
            partial=True,
            missing="the price",
            quote="Postgres.",
            pull_request=None,
            pending=False,
            at=NOW,
        )
        assert past.helped() == [True] * 3


def test_a_sensei_who_spoke_after_the_draft_did_not_help_with_it(store: SqlStore) -> None:
    with store.begin() as tx:
        past = History(tx)
        asked = past.asks(past.pulls(1), "speed.1")
        past.decides(asked)
        tx.questions.note_sensei_message(asked.id, NOW + timedelta(days=1))
        assert past.helped() == [False]


def test_only_decisions_that_count_now_are_counted(store: SqlStore) -> None:
    with store.begin() as tx:
        past, other = History(tx), History(tx)
        for state in (DecisionState.DRAFT, DecisionState.WITHDRAWN, DecisionState.SUPERSEDED):
            tx.decisions.set_state(past.decides(None), state, NOW)
        other.decides(None)
        assert past.helped() == []
        assert len(tx.growth.decisions([past.capstone, other.capstone])) == 1
        assert tx.growth.decisions([]) == []


def test_posted_questions_count_but_not_withdrawn_or_waiting_ones_nor_those_about_drift(
    store: SqlStore,
) -> None:
    with store.begin() as tx:
        past = History(tx)
        round_ = past.pulls(4)
        for state in QuestionState:
            past.asks(round_, f"speed.{state}", state)
        drifted = past.asks(round_, "speed.drift", QuestionState.ANSWERED)
        tx.decisions.add_drift_question(drifted.id, past.decides(None))
        found = {one.check.partition(".")[2]: one for one in tx.growth.questions([past.capstone])}
        assert set(found) == {"asked", "answered", "resolved", "deferred", "disputed"}
        assert {name for name, one in found.items() if one.answered} == {"answered", "resolved"}
        assert {(one.pull_request, one.at) for one in found.values()} == {(4, NOW)}


def test_only_merged_pull_requests_that_were_not_quiet_touch_checks_each_once(store: SqlStore) -> None:
    with store.begin() as tx:
        past = History(tx)
        past.pulls(1, "speed.1", "speed.1", "safety.1")
        past.pulls(2, "speed.2", state="open")
        past.pulls(3, "speed.2", state="closed")
        quiet = past.pulls(4, "speed.3")
        tx.pull_requests.set_quiet(tx.rounds.get(quiet).pull_request, True)
        tx.ledgers.record(past.capstone, "baseline", [movement("speed.4")], pending=False)
        touched = tx.growth.touched([past.capstone])
        assert {(one.check, one.pull_request, one.at) for one in touched} == {
            ("speed.1", 1, NOW + timedelta(days=1)),
            ("safety.1", 1, NOW + timedelta(days=1)),
        }
        assert len(touched) == 2
