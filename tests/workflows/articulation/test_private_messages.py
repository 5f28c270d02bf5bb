"""What Sensei says in private about an answer, and what becomes of its messages afterwards."""

from dataclasses import replace

import pytest

from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.conversations import ConversationState, Stance
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.private_talks import TURN, turn_key
from bot.workflows.chat.outbox import send_message
from bot.workflows.decisions.records import confirm_decision, withdraw_decision
from tests.entrypoints.webhooks import now
from tests.fakes.slack.people import CannotDo
from tests.workflows.articulation.talking import ADA, SEN, Talking

RULES = ArticulationRules(load_guide(), {})


def test_a_follow_up_shows_what_was_asked_and_can_be_answered_once(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, "Because.")
    it.probes(number)
    probe = it.heard(it.ada)[1]
    assert "Thanks, I've saved your answer. Was there <another> way?" in probe
    assert "[● Answer ]" in probe
    assert "The question was: “Why is the cache <unbounded> & who pays?”" in probe
    it.answers(number, "No.")
    assert it.words_of(number) == ["Because.", "No."]
    for message in it.ada.messages:
        with pytest.raises(CannotDo):
            it.ada.click(message, "articulation.answer")


def test_a_draft_shows_every_part_in_its_authors_words_with_its_buttons(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, "Because.")
    it.turns(number, state=ConversationState.DRAFTED)
    draft = it.heard(it.ada)[1]
    assert "Decided We keep it <all> Against An LRU & ∗stars∗" in draft
    assert "[● Confirm ] [ Edit ] [ Withdraw ]" in draft
    assert "It counts once you confirm it, and then your sensei can read it" in draft
    decision = str(it.talk(number).decision)
    values = {
        element["value"]
        for block in it.ada.messages[1]["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }
    assert values == {decision}


def test_a_confirmed_draft_loses_its_buttons(it: Talking) -> None:
    number = it.asks_in_private()
    it.turns(number, state=ConversationState.DRAFTED)
    with it.here.store.begin() as tx:
        draft = tx.decisions.by_question(number)
        assert draft
        confirm_decision(tx, draft, RULES, now())
    it.settle()
    asked, draft_message = it.heard(it.ada)
    assert "You confirmed this as decision 1. To change the record, use /dojo decisions." in draft_message
    assert "This question is settled." in asked


def test_a_withdrawn_draft_is_no_longer_offered(it: Talking) -> None:
    number = it.asks_in_private()
    it.turns(number, state=ConversationState.DRAFTED)
    with it.here.store.begin() as tx:
        draft = tx.decisions.by_question(number)
        assert draft
        withdraw_decision(tx, draft, now())
    it.settle()
    assert "Confirm" not in it.heard(it.ada)[1]
    assert "You've withdrawn this draft. Nobody else sees it" in it.heard(it.ada)[1]


def test_whoever_deleted_their_answers_is_told_that_the_draft_went_and_the_question_did_not(
    it: Talking,
) -> None:
    number = it.asks_in_private()
    it.turns(number, state=ConversationState.DRAFTED)
    it.turns(number, state=ConversationState.CLOSED)
    asked, _, closed = it.heard(it.ada)
    assert "Answer ]" in asked
    assert "You can answer the question again" in closed


def test_an_earlier_draft_points_to_the_newer_one(it: Talking) -> None:
    number = it.asks_in_private()
    it.turns(number, state=ConversationState.DRAFTED)
    it.turns(number, state=ConversationState.DRAFTED)
    it.ada.says("One more thing.", thread=it.ada.messages[0]["ts"])
    it.settle()
    _, first, second = it.heard(it.ada)
    assert "I've replaced this draft with a newer one, further down." in first
    assert "[● Confirm ]" in second


def test_who_does_not_know_is_thanked_and_told_who_reads_it_next(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, "I don't know yet.")
    it.turns(number, state=ConversationState.LEFT, stance=Stance.DOES_NOT_KNOW)
    assert "Thanks. I've saved your answer, and Sen & ˋSonsˋ will read it next" in (it.heard(it.ada)[1])


def test_the_follow_up_is_the_only_one_and_can_be_left(it: Talking) -> None:
    number = it.asks_in_private()
    it.probes(number)
    said = it.heard(it.ada)[-1]
    assert (
        "This is my only follow-up. If you stop here, I keep your answer but don't draft a decision." in said
    )
    assert "If there isn't enough for that, I'll pass the question on to your sensei." in said
    assert "To pass the question on now, reply “I'll ask my sensei”." in said


def test_without_a_sensei_the_follow_up_promises_none_and_the_draft_names_none(it: Talking) -> None:
    number = it.asks_in_private()
    it.pairs_end(SEN)
    it.probes(number)
    it.turns(number, state=ConversationState.DRAFTED)
    _, probe, draft = it.heard(it.ada)
    assert "I'll keep the question and pass it on once you have a sensei." in probe
    assert "I'll ask my sensei" not in probe
    assert "sensei" not in draft
    assert "It counts once you confirm it. You can change" in draft


def test_who_has_no_sensei_is_told_so(it: Talking) -> None:
    number = it.asks_in_private()
    it.pairs_end(SEN)
    it.turns(number, state=ConversationState.LEFT)
    told = it.heard(it.ada)[1]
    assert "You don't have a sensei yet" in told
    assert "Once you have one, I'll pass the question on to them with your words." in told


def test_a_decision_that_still_holds_gets_one_sentence(it: Talking) -> None:
    number = it.asks_in_private()
    with it.here.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.RESOLVED, now())
    it.turns(number, state=ConversationState.RECORDED, stance=Stance.HOLDS)
    assert "Thanks. I've noted that the decision still holds. I haven't changed it" in it.heard(it.ada)[1]


def test_a_turn_that_was_overtaken_before_it_was_sent_is_never_sent(it: Talking) -> None:
    number = it.asks_in_private()
    with it.here.store.begin() as tx:
        talk = tx.conversations.open(number, now())
        tx.conversations.save(replace(talk, turn=2, state=ConversationState.LEFT), now())
        for turn in (1, 2):
            about = {"question": number, "turn": turn}
            send_message(tx, turn_key(number, turn), TURN, about, now())
    it.settle()
    assert len(it.ada.messages) == 2
    assert "Thanks. I" in it.heard(it.ada)[1]


def test_nobody_but_the_participant_hears_of_it(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, "Because.")
    it.probes(number)
    it.answers(number, "No.")
    it.turns(number, state=ConversationState.DRAFTED)
    assert all(it.people[name].messages == [] for name in it.people if name != ADA)
