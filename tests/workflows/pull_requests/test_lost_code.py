"""Decisions whose code is gone from the default branch: on both databases, before a GitHub on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, Decision, DecisionOrigin, DecisionState, RevisedBy
from bot.domain.pull_requests.records import QuestionState
from tests.fakes.github import GitHub
from tests.workflows.hosted import BOUNDED, Hosted


@pytest.fixture(name="it")
def a_dojo(engine: sa.Engine, tmp_path: Path) -> Iterator[Hosted]:
    with GitHub() as github:
        yield Hosted(engine, github, tmp_path)


def decide(it: Hosted, *quotes: str, question: int | None = None, side: str = "head") -> int:
    with it.store.begin() as tx:
        made = tx.decisions.add(
            it.capstone.id,
            person=None,
            origin=DecisionOrigin.FILE,
            question=question,
            check=None,
            private=False,
            title="Bounded",
            texts={Slot.DECIDED: "It is bounded."},
            anchors=[CodeAnchor("a.py", "", side, 2, 2, quote) for quote in quotes],
            supersedes=None,
            by=RevisedBy.FILE,
            at=it.now(),
        )
        tx.decisions.set_state(made.id, DecisionState.CONFIRMED, it.now())
        return made.id


def get(it: Hosted, decision: int) -> Decision:
    with it.store.begin() as tx:
        return tx.decisions.get(decision)


def merged(it: Hosted, state: str) -> None:
    """Let pull request 1 have a state."""
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, 1)
        assert found
        fields = replace(found, state=state)
        tx.pull_requests.save(
            it.capstone.id,
            1,
            state=fields.state,
            draft=False,
            author=found.author,
            head=found.head,
            base_ref="main",
            at=it.now(),
        )


def test_a_push_that_takes_a_decision_s_code_out_is_noted_until_it_is_back(it: Hosted) -> None:
    decision = decide(it, "bounded(3)")
    it.run("baseline")
    assert get(it, decision).code_gone_at is None
    it.push({"a.py": b"import shop\n"})
    it.run("baseline")
    noted = get(it, decision).code_gone_at
    assert noted == it.now()
    it.wait(60)
    it.push({"a.py": b"import shop\nx = 1\n"})
    it.run("baseline")
    assert get(it, decision).code_gone_at == noted, "it is known since when"
    it.push({"c.py": BOUNDED})
    it.run("baseline")
    assert get(it, decision).code_gone_at is None
    assert it.github.done() == []
    assert it.jobs("message") == []


def test_a_decision_stands_while_any_of_its_code_does(it: Hosted) -> None:
    decision = decide(it, "bounded(3)", "B = 1")
    it.push({"a.py": b"import shop\n"})
    it.run("baseline")
    assert get(it, decision).code_gone_at is None


def test_code_that_a_decision_took_out_is_not_missed(it: Hosted) -> None:
    decision = decide(it, "unbounded()", side="base")
    it.run("baseline")
    assert get(it, decision).code_gone_at is None


def test_a_decision_of_a_pull_request_is_missed_only_once_that_is_merged(it: Hosted) -> None:
    question = it.ask(None, QuestionState.RESOLVED)
    decision = decide(it, "not_there_yet()", question=question)
    it.run("baseline")
    assert get(it, decision).code_gone_at is None
    it.wait(60)
    merged(it, "merged")
    it.run("baseline")
    assert get(it, decision).code_gone_at == it.now()


@pytest.mark.parametrize("state", [QuestionState.ASKED, QuestionState.DEFERRED])
def test_where_a_pull_request_has_asked_nothing_is_noted(it: Hosted, state: QuestionState) -> None:
    decision = decide(it, "gone()")
    question = it.ask(None, state)
    with it.store.begin() as tx:
        tx.decisions.add_drift_question(question, decision)
    it.wait(60)
    merged(it, "merged")
    it.run("baseline")
    assert get(it, decision).code_gone_at is None


@pytest.mark.parametrize(
    ("state", "is_noted"),
    [
        (QuestionState.ASKED, False),
        (QuestionState.DISPUTED, False),
        (QuestionState.ANSWERED, True),
        (QuestionState.DEFERRED, True),
    ],
)
def test_while_a_check_in_asks_nothing_is_noted(it: Hosted, state: QuestionState, is_noted: bool) -> None:
    """One that was skipped is deferred, and no longer asks."""
    decision = decide(it, "gone()")
    question = it.ask_in_check_in(state)
    with it.store.begin() as tx:
        tx.decisions.add_drift_question(question, decision)
    it.run("baseline")
    assert (get(it, decision).code_gone_at is not None) is is_noted


def test_a_decision_from_a_check_in_is_about_code_that_is_merged(it: Hosted) -> None:
    decision = decide(it, "gone()", question=it.ask_in_check_in(QuestionState.RESOLVED))
    it.run("baseline")
    assert get(it, decision).code_gone_at == it.now()


def test_a_reading_that_is_incomplete_notes_nothing(it: Hosted) -> None:
    decision = decide(it, "gone()")
    it.out_of_time()
    it.run("baseline")
    assert get(it, decision).code_gone_at is None
