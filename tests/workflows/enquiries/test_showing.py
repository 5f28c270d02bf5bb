"""Showing an answer: in parts, once, whatever happens in between."""

from typing import Any

import pytest

from bot.domain.enquiries.records import AnswerState
from tests.fakes.slack import Cuts, Fails, Loses, outage, ratelimited
from tests.fakes.slack.faults import Fault
from tests.fakes.steps import Died, Recorded
from tests.workflows.enquiries.asking import Asking, answers_with

STEPS = ["begin", "status", "write", "show"]
LOST: list[Fault] = [Loses(), Cuts(), outage(), ratelimited(1)]
STATUS, TITLE = "assistant.threads.setStatus", "assistant.threads.setTitle"
START, APPEND, STOP, UPDATE = "chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"


def job(it: Asking) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let Ada ask; what she wrote, and the argument of the job that answers it."""
    it.says(answers_with())
    said = it.ada.says("How long may a run of the pipeline take?")
    it.here.handled()
    [(_, argument)] = [begun for begun in it.here.engine.jobs if begun[0] == "enquiry"]
    it.here.engine.jobs = []
    return said, argument


def assert_shown_once(it: Asking, said: dict[str, Any]) -> None:
    [answer] = it.in_thread(said)
    assert "A run of the pipeline may take at most 45 minutes. [1]" in answer
    assert "[ Helpful ]" in answer
    [kept] = it.answers()
    assert kept.state is AnswerState.SHOWN
    assert kept.ts == it.ada.messages[-1]["ts"]


def test_the_answer_grows_while_it_is_read(it: Asking) -> None:
    said, argument = job(it)
    it.run("enquiry", argument)
    assert_shown_once(it, said)
    methods = [call.method for call in it.slack.calls if call.method.startswith(("chat.", "assistant."))]
    assert methods == [
        "assistant.threads.setStatus",
        START,
        APPEND,
        STOP,
        UPDATE,
        "assistant.threads.setTitle",
    ]


@pytest.mark.parametrize("error", ["unknown_method", "channel_type_not_supported"])
def test_without_streams_it_is_an_ordinary_message(it: Asking, error: str) -> None:
    said, argument = job(it)
    it.slack.fault(Fails(error), START)
    it.slack.fault(Fails(error), "assistant.threads.setStatus")
    it.run("enquiry", argument)
    assert_shown_once(it, said)
    assert len(it.slack.posted()) == 1


@pytest.mark.parametrize("code", ["a_code_of_tomorrow", "msg_too_long"])
def test_no_refusal_of_what_is_only_nice_to_have_loses_the_answer(it: Asking, code: str) -> None:
    said, argument = job(it)
    for method in (STATUS, START, TITLE):
        it.slack.fault(Fails(code), method)
    it.run("enquiry", argument)
    assert_shown_once(it, said)
    said, argument = job(it)
    for method in (STATUS, APPEND, TITLE):
        it.slack.fault(Fails(code), method)
    it.run("enquiry", argument)
    assert len(it.in_thread(said)) == 1
    assert "at most 45 minutes. [1]" in it.in_thread(said)[0]
    assert not it.slack.unmet()


def test_after_an_edit_the_status_goes_with_the_new_answer(it: Asking) -> None:
    said, argument = job(it)
    it.run("enquiry", argument)
    it.ada.edits(said, "How long may a run take?")
    it.settle()
    assert_shown_once(it, said)
    assert [call.args["status"] for call in it.slack.asked(STATUS)][-1] == ""
    assert it.slack.statuses == {}
    it.ada.edits(said, "How long may a run of it take?")
    it.slack.fault(Fails("a_code_of_tomorrow"), STATUS, times=2)
    it.settle()
    assert_shown_once(it, said)


@pytest.mark.parametrize("method", [START, APPEND, STOP, UPDATE])
@pytest.mark.parametrize("fault", LOST, ids=str)
def test_a_request_whose_fate_is_unknown_leaves_one_answer(it: Asking, method: str, fault: Fault) -> None:
    it.slack.lag = 0.2
    said, argument = job(it)
    it.slack.fault(fault, method)
    it.run("enquiry", argument)
    assert_shown_once(it, said)


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_before_a_step_leaves_one_answer(it: Asking, step: str) -> None:
    def die() -> None:
        raise Died

    said, argument = job(it)
    steps = Recorded(it.here.store, before={step: die})
    with pytest.raises(Died):
        it.answering().run(steps, argument)
    assert it.in_thread(said) == []
    steps.again()
    it.answering().run(steps, argument)
    assert_shown_once(it, said)


def test_a_kill_before_the_record_of_a_step_repeats_nothing(it: Asking) -> None:
    said, argument = job(it)
    model = it.says(answers_with())
    steps = Recorded(it.here.store)
    it.answering().run(steps, argument)
    for lost in (1, 2):
        del steps.record[-lost:]
        steps.again()
        it.answering().run(steps, argument)
        assert_shown_once(it, said)
    assert len(model.requests) == 1


def test_no_word_of_anybody_is_in_the_record_of_a_step(it: Asking) -> None:
    _, argument = job(it)
    steps = Recorded(it.here.store)
    it.answering().run(steps, argument)
    assert "pipeline" not in str(steps.record)


def test_a_question_that_is_deleted_while_its_answer_is_written_gets_none(it: Asking) -> None:
    said, argument = job(it)

    def delete() -> None:
        it.ada.deletes(said)
        it.here.handled()

    for step in ("write", "show"):
        steps = Recorded(it.here.store, before={step: delete})
        it.answering().run(steps, argument)
        assert it.in_thread(said) == []
        it.settle()
        assert it.in_thread(said) == []


def test_while_slack_rejects_the_token_the_answer_waits(it: Asking) -> None:
    said, argument = job(it)
    model = it.says(answers_with())
    it.slack.fault(Fails("token_revoked"), START, times=99)
    it.slack.fault(Fails("token_revoked"), "auth.test", times=99)
    it.run("enquiry", argument)
    assert it.in_thread(said) == []
    it.slack.pardon()
    it.settle()
    assert_shown_once(it, said)
    assert len(model.requests) == 1
