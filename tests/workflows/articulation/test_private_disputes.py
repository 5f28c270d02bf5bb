"""Disputing a question in private: the reason is kept, and is no answer."""

from collections.abc import Callable

import pytest

from bot.domain.pull_requests.records import QuestionState, Ruling
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import SOME_DAYS, Talking

BUTTON, REASON = "articulation.dispute", "It's <a> fixture & *not* code"


def test_a_reason_is_stored_apart_from_the_answers_and_the_message_says_so(it: Talking) -> None:
    number = it.asks_in_private()
    it.disputes(REASON)
    assert it.question(number).state is QuestionState.DISPUTED
    with it.here.store.read() as tx:
        assert tx.conversations.dispute_reason(it.talk(number).id) == REASON
    assert it.words_of(number) == []
    assert it.waiting("hear") == []
    assert (
        "You've said that this question is wrong. Your sensei will read your reason" in (it.heard(it.ada)[0])
    )
    it.settle(SOME_DAYS)
    assert len(it.sen.messages) == 1


def test_a_dispute_without_a_reason_is_refused_in_the_form(it: Talking) -> None:
    number = it.asks_in_private()
    it.ada.click(it.ada.messages[0], BUTTON)
    assert "Please write something." in it.ada.submit({"articulation.text": " "}).errors["text"]
    assert it.question(number).state is QuestionState.ASKED


def ruled(it: Talking, number: int) -> None:
    with it.here.store.begin() as tx:
        tx.questions.record_ruling(number, Ruling.STANDS, now())


def settled(it: Talking, number: int) -> None:
    with it.here.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.RESOLVED, now())


def disputed(it: Talking, number: int) -> None:
    with it.here.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.DISPUTED, now())


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (ruled, "A sensei has already ruled on this question, so I haven't changed anything."),
        (settled, "This question is settled, so I haven't changed anything."),
        (disputed, "You've already disputed this question, so I haven't changed anything."),
    ],
)
def test_what_was_typed_stays_in_the_form_if_it_is_too_late(
    it: Talking, spoil: Callable[[Talking, int], None], said: str
) -> None:
    number = it.asks_in_private()
    it.ada.click(it.ada.messages[0], BUTTON)
    spoil(it, number)
    assert said in it.ada.submit({"articulation.text": REASON}).errors["text"]
    with it.here.store.read() as tx:
        assert tx.conversations.dispute_reason(it.talk(number).id) == ""
