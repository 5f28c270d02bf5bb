"""A sensei says in their digest that they've talked: the row is ticked, and the participant is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.articulation.conversations import ConversationState, TalkedWith
from bot.domain.pull_requests.records import AskedQuestion
from bot.ports.store import Tx
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import SEN, SOL, SOME_DAYS, Talking
from tests.workflows.articulation.test_handovers import left_in_private, left_in_public
from tests.workflows.articulation.test_taking_back import hears

WEEK = timedelta(days=7)
"""The digest of next week can still be sent, whatever day it is."""
TALKED = "articulation.talked:1"
SAYS = "says that you've talked about this question, so I've taken it off their list."


def digest(it: Talking, name: str = SEN) -> dict[str, Any]:
    """Send a sensei's digest; return it as it is shown."""
    sensei, person = it.member(name), it.people[name]
    with it.here.store.begin() as tx:
        rows = [f"handover:{it.capstone.id}"]
        made = tx.digests.add(sensei.cohort, sensei.person, "sensei", f"{now() + WEEK:%G-W%V}", rows, now())
    key = f"digest.sensei:{sensei.person}:{made.id}"
    it.run("message", {"key": key, "kind": "digest.sensei", "about": {"digest": made.id}})
    return person.messages[-1]


def waiting(it: Talking) -> list[int]:
    """The questions that wait for a sensei to talk about them."""
    with it.here.store.read() as tx:
        return [left.id for left in tx.standings.handovers([it.capstone.id])]


def test_talked_about_in_private_it_is_ticked_and_told_in_private(it: Talking) -> None:
    number = left_in_private(it)
    shown = digest(it)
    assert not it.sen.click(shown, TALKED).failed
    it.settle()
    assert it.talk(number).talked_with is TalkedWith.SENSEI
    assert "questions passed on to you: nothing left to do." in it.heard(it.sen)[-1]
    told = it.heard(it.ada)[-1]
    assert f"Your sensei {SAYS} To record what you decided, reply in this thread." in told
    assert "Why is the cache <unbounded> & who pays?" in told
    assert it.audited("questions.talked") == [(it.member(SEN).person, f"question:{number}", "sensei")]
    assert it.waiting("say") == []
    it.ada.says("We keep it small.", thread=it.ada.messages[-1]["ts"])
    it.settle()
    assert "We keep it small." in it.words_of(number)


def test_the_button_asks_about_as_many_questions_as_there_are(it: Talking) -> None:
    left_in_private(it)
    assert "Have you talked about this question?" in str(digest(it))
    left_in_public(it)
    asked = str(digest(it))
    assert "Have you talked about these questions?" in asked
    assert "I'll take them off your list and tell the participant that you've talked." in asked


def test_talked_about_in_public_it_is_told_in_its_thread(it: Talking) -> None:
    number = left_in_public(it)
    it.sen.click(digest(it), TALKED)
    it.here.handled()
    said = [argument for kind, argument in it.here.engine.jobs if kind == "say"]
    assert said == [{"question": number, "turn": it.talk(number).turn, "talked": True, "numbered": True}]
    assert not any(SAYS in text for text in it.heard(it.ada))


def test_a_deputy_is_named_as_one(it: Talking) -> None:
    it.goes_away(SEN, SOL)
    number = left_in_private(it)
    it.sol.click(digest(it, SOL), TALKED)
    it.settle()
    assert it.talk(number).talked_with is TalkedWith.DEPUTY
    assert f"Your sensei's deputy {SAYS}" in it.heard(it.ada)[-1]


def test_only_what_was_shown_is_ticked(it: Talking) -> None:
    first = left_in_private(it)
    shown = digest(it)
    later = left_in_public(it)
    it.sen.click(shown, TALKED)
    it.settle()
    assert it.talk(first).talked_with is TalkedWith.SENSEI
    assert it.talk(later).talked_with is None
    assert waiting(it) == [later]


def test_left_to_the_sensei_again_it_waits_for_them_again(it: Talking) -> None:
    number = left_in_private(it)
    it.settle(SOME_DAYS)
    before = len(it.sen.messages)
    it.sen.click(digest(it), TALKED)
    it.settle()
    assert waiting(it) == []
    it.ada.says("I'll ask my sensei again.", thread=it.ada.messages[-1]["ts"])
    it.settle()
    assert hears(it, number) == "leave"
    assert it.talk(number).talked_with is None
    assert waiting(it) == [number]
    it.settle(SOME_DAYS)
    assert any("1 question needs you." in text for text in it.heard(it.sen)[before:])


def test_an_answer_that_is_only_edited_leaves_it_to_nobody(it: Talking) -> None:
    number = it.asks_in_private()
    said = it.ada.says("I'll ask my sensei", thread=it.newest("articulation.answer")["ts"])
    it.settle()
    assert hears(it, number) == "leave"
    it.sen.click(digest(it), TALKED)
    it.settle()
    it.ada.edits(said, "I'll ask my sensei.")
    it.settle()
    assert hears(it, number) == "wait"
    assert it.talk(number).talked_with is TalkedWith.SENSEI


def goes_private(tx: Tx, question: AskedQuestion) -> None:
    assert question.pull_request
    tx.pull_requests.set_private(question.pull_request, True)


def goes_quiet(tx: Tx, question: AskedQuestion) -> None:
    assert question.pull_request
    tx.pull_requests.set_quiet(question.pull_request, True)


def sensei_writes(tx: Tx, question: AskedQuestion) -> None:
    tx.questions.note_sensei_message(question.id, now())


@pytest.mark.parametrize("silence", [goes_private, goes_quiet, sensei_writes])
def test_where_sensei_posts_nothing_it_says_in_private_how_to_record_what_was_decided(
    it: Talking, silence: Callable[[Tx, AskedQuestion], None]
) -> None:
    number = left_in_public(it)
    shown = digest(it)
    with it.here.store.begin() as tx:
        silence(tx, it.question(number))
    it.sen.click(shown, TALKED)
    it.here.handled()
    assert [kind for kind, _ in it.here.engine.jobs if kind == "say"] == []
    it.settle()
    assert (
        f"Your sensei {SAYS} To record what you decided, write it in a message of your own, open that "
        "message's menu and choose “Record as a decision”."
    ) in it.heard(it.ada)[-1]
    it.ada.says("We keep it small.", thread=it.ada.messages[-1]["ts"])
    it.settle()
    assert "We keep it small." not in it.words_of(number), "so it mustn't say that a reply counts"


def test_the_deputys_digest_is_ticked_when_the_sensei_says_so(it: Talking) -> None:
    left_in_private(it)
    shown = digest(it)
    it.goes_away(SEN, SOL)
    digest(it, SOL)
    assert not it.sen.click(shown, TALKED).failed
    it.settle()
    assert "questions passed on to you: nothing left to do." in it.heard(it.sol)[-1]


def test_who_is_not_their_sensei_can_not_tick_it(it: Talking) -> None:
    number = left_in_private(it)
    shown = digest(it)
    it.pairs_end(SEN)
    it.sen.click(shown, TALKED)
    it.settle()
    assert it.talk(number).talked_with is None
    assert not any(SAYS in text for text in it.heard(it.ada))


def test_what_was_talked_about_is_not_handed_over_any_more(it: Talking) -> None:
    number = left_in_private(it)
    talk = it.talk(number)
    assert talk.state is ConversationState.LEFT
    with it.here.store.begin() as tx:
        tx.conversations.save(replace(talk, talked_with=TalkedWith.SENSEI), now())
    it.settle(SOME_DAYS)
    assert not any("needs you" in text for text in it.heard(it.sen))
