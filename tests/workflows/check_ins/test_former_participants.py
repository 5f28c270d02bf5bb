"""A capstone that another participant had before: nothing of theirs is asked about, shown or counted."""

import json

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from bot.adapters.database.model_calls.tables import ModelCallState
from bot.domain.check_ins.records import CheckInState
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.conversation_material import load_material
from bot.workflows.check_ins.participants import find_participant
from bot.workflows.check_ins.standings import gather_facts
from bot.workflows.privacy.export import find_person
from tests.adapters.database.rows import row
from tests.fakes.model import Scripted
from tests.workflows.check_ins.checked import Checked


@pytest.mark.parametrize("private", [False, True])
def test_their_decisions_are_not_asked_about(it: Checked, private: bool) -> None:
    it.loses_code(it.decides(private=private))
    it.goes_to_bob()
    it.model = Scripted(check_in={"question": "With decision 1, what does a guest see?"})
    assert it.asks() == "no topic"
    assert it.model.requests == []


def test_what_they_put_off_is_not_asked_about(it: Checked) -> None:
    it.puts_off(it.merges())
    it.goes_to_bob()
    assert it.asks() == "no topic"


def test_what_they_decided_leaves_a_gate_to_ask_about(it: Checked) -> None:
    it.shows()
    it.decides("import shop")
    assert it.asks() == "no topic"
    it.goes_to_bob()
    assert it.asks() == "asked"


def test_what_they_decided_lately_does_not_hold_the_new_one(it: Checked) -> None:
    it.decides(at=it.now())
    assert decided_on(it)
    it.goes_to_bob()
    assert not decided_on(it)


def decided_on(it: Checked) -> bool:
    with it.store.read() as tx:
        one = find_participant(tx, it.cohort, it.person, it.enrolment, it.now())
        assert one
        return gather_facts(tx, it.cohort, [one], it.now())[it.enrolment].decided_on is not None


@pytest.mark.parametrize("state", [QuestionState.ASKED, QuestionState.DEFERRED, QuestionState.DISPUTED])
def test_an_open_check_in_ends_when_the_capstone_is_given_on(it: Checked, state: QuestionState) -> None:
    it.shows()
    assert it.asks() == "asked"
    [made], asked = it.check_ins(), it.question
    with it.store.begin() as tx:
        tx.questions.set_state(asked.id, state, it.now())
    it.goes_to_bob()
    with it.store.read() as tx:
        ended, question = tx.check_ins.get(made.id), tx.questions.get(asked.id)
        assert ended
        assert question
        assert (ended.state, question.state) == (CheckInState.WITHDRAWN, QuestionState.WITHDRAWN)
        assert tx.conversations.private_of(it.person) == []


def test_the_new_participants_export_does_not_say_what_the_former_one_was_asked(it: Checked) -> None:
    it.loses_code(it.decides())
    assert it.asks() == "asked"
    with it.store.read() as tx:
        own = json.dumps(
            tx.people.document(find_person(tx, it.account.login))["capstones"], ensure_ascii=False
        )
    it.goes_to_bob()
    with it.store.read() as tx:
        others = json.dumps(
            tx.people.document(find_person(tx, it.account.login))["capstones"], ensure_ascii=False
        )
    words = "decision 1 (“The limit is 50”)"
    assert words in own
    assert words not in others


def test_a_model_that_hears_the_new_one_is_not_shown_the_former_ones_decision(it: Checked) -> None:
    it.loses_code(it.decides(private=True))
    assert it.asks() == "asked"
    asked = it.question.id
    with it.store.read() as tx:
        before = load_material(tx, asked)
    assert before
    assert before.earlier
    it.goes_to_bob()
    with it.store.read() as tx:
        after = load_material(tx, asked)
    assert after
    assert after.earlier is None


def answers(it: Checked, text: str) -> None:
    """Let a model's answer to the question of a check-in be stored."""
    with it.store.begin() as tx:
        call = row(
            it.now(),
            key=f"{it.capstone.id:064}",
            purpose="check_in",
            repository=f"github.com/{it.capstone.repository}",
            state=ModelCallState.ANSWERED,
            finished_at=it.now(),
            answer=json.dumps({"question": text}),
        )
        tx.rulings.session.add(call)


def test_the_new_participants_export_has_no_answer_of_a_model_about_the_former_ones_check_in(
    it: Checked,
) -> None:
    it.shows()
    assert it.asks() == "asked"
    answers(it, "Who else calls `trust` with a limit of 50?")
    with it.store.read() as tx:
        assert "Who else calls" in json.dumps(tx.people.document(find_person(tx, it.account.login)))
    it.goes_to_bob()
    with it.store.read() as tx:
        assert "Who else calls" not in json.dumps(tx.people.document(find_person(tx, it.account.login)))


def test_an_erased_former_participant_leaves_no_question_about_what_they_decided(it: Checked) -> None:
    it.loses_code(it.decides())
    words = "With decision 1, which harbour clerk waits longest?"
    it.model = Scripted(check_in={"question": words})
    assert it.asks() == "asked"
    answers(it, words)
    asked, ada = it.question, it.account.login
    assert "harbour clerk" in asked.text
    it.goes_to_bob()
    with it.store.begin() as tx:
        traces = tx.people.traces(find_person(tx, ada))
        tx.erasures.erase_person(find_person(tx, ada), traces)
    assert asked.text in traces.words
    assert "harbour clerk" not in everything(it)
    with it.store.read() as tx:
        assert asked.fingerprint in tx.questions.list_fingerprints(it.capstone.id)


def everything(it: Checked) -> str:
    with it.engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return str([list(connection.execute(sa.select(table))) for table in tables])
