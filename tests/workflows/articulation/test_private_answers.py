"""Answering in a form: what is stored, what can't be, and that nobody answers for another."""

import pytest

from bot.domain.articulation.conversations import ConversationState
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.hearing import ANSWER_PAUSE
from tests.entrypoints.webhooks import now
from tests.fakes.slack.people import CannotDo, Key
from tests.workflows.articulation.talking import SEN, Talking

FORM: dict[Key, str] = {"articulation.text": "Because <it> & *we* pay"}
BUTTON = "articulation.answer"


def test_an_answer_is_stored_heard_after_a_pause_and_its_button_goes(it: Talking) -> None:
    number = it.asks_in_private()
    it.ada.click(it.ada.messages[0], BUTTON)
    assert it.ada.modal
    assert "Why is the cache <unbounded> & who pays?" in it.form(it.ada)
    before = now()
    assert not it.ada.submit(FORM).errors
    it.here.handled()
    assert it.words_of(number) == ["Because <it> & *we* pay"]
    assert it.question(number).state is QuestionState.ANSWERED
    [heard] = it.waiting("hear")
    assert heard.argument == {"question": number}
    assert heard.due_at >= before + ANSWER_PAUSE
    assert heard.id.startswith(f"hear:77#1:{number}:")
    it.settle()
    [asked] = it.heard(it.ada)
    assert "I've saved your answer." in asked
    with pytest.raises(CannotDo):
        it.ada.click(it.ada.messages[0], BUTTON)


def test_the_form_shows_the_follow_up_once_there_is_one(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, "Because.")
    it.probes(number)
    it.ada.click(it.newest(BUTTON), BUTTON)
    assert "Was there <another> way?" in it.form(it.ada)
    assert "unbounded" not in it.form(it.ada)


def test_a_click_on_an_old_button_says_what_became_of_the_question(it: Talking) -> None:
    number = it.asks_in_private()
    old = it.ada.messages[0]
    it.answers(number, "Because.")
    it.turns(number, state=ConversationState.RECORDED)
    it.ada.click(old, BUTTON)
    assert it.whispered(it.ada) == (
        "This decision is already recorded, so I haven't saved another answer. To change the record, use "
        "/dojo decisions."
    )
    assert it.ada.modal is None


def test_what_was_typed_stays_in_the_form_if_the_question_was_closed_meanwhile(it: Talking) -> None:
    number = it.asks_in_private()
    it.ada.click(it.ada.messages[0], BUTTON)
    it.turns(number, state=ConversationState.CLOSED)
    it.withdraws_question(number)
    errors = it.ada.submit(FORM).errors
    assert errors == {"text": "This question is no longer open, so I haven't saved your answer."}
    assert it.ada.modal
    assert it.words_of(number) == []


def test_nobody_opens_the_form_of_another_persons_question(it: Talking) -> None:
    it.asks_in_private()
    for other in (it.sen, it.sol, it.people["Lea"]):
        other.click(it.ada.messages[0], BUTTON)
        assert other.modal is None
        assert "Your role in this dojo doesn't allow that." in it.whispered(other)
    it.joins(SEN, it.member("Ada <b> & *Co*").role)  # a participant too, but not of this question
    it.sen.click(it.ada.messages[0], BUTTON)
    assert it.sen.modal is None


def test_an_empty_answer_is_refused_in_the_form(it: Talking) -> None:
    it.asks_in_private()
    it.ada.click(it.ada.messages[0], BUTTON)
    errors = it.ada.submit({"articulation.text": "   "}).errors
    assert errors == {"text": "Please write something. “I don't know yet” is a good answer too."}
