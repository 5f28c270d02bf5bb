"""Asking a sensei to rule: both sides, in working hours, and only to whoever is on duty."""

from datetime import timedelta

from bot.domain.articulation.conversations import ConversationState
from bot.domain.decisions.records import DecisionState
from bot.domain.pull_requests.comment_command_rules import CommandOutcome, ParsedCommand, Verb
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation import disputes
from bot.workflows.pull_requests.dispute_rulings import settle_question
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import SEN, SOL, SOME_DAYS, Talking

SECRET = "In confidence <b> & so on"


def disputes_in_public(it: Talking, reason: str) -> int:
    """Let Ada dispute a question in its thread."""
    number = it.asks()
    with it.here.store.begin() as tx:
        question = tx.questions.get(number)
        assert question
        pull_request = tx.rounds.get(question.require_round()).pull_request
        tx.commands.add(
            ParsedCommand(Verb.DISPUTE, reason=reason),
            CommandOutcome.DONE,
            pull_request=pull_request,
            comment=900 + number,
            inline=True,
            thread=question.comment,
            author=1,
            about="",
            question=number,
            at=now(),
        )
        tx.questions.save_message(number, 900 + number, 1, reason, now())
        tx.questions.set_state(number, QuestionState.DISPUTED, now())
        disputes.ask_sensei(tx, number, now())
    return number


def test_a_public_dispute_shows_the_question_its_code_and_the_reason(it: Talking) -> None:
    number = disputes_in_public(it, "Moot <b> & so")
    it.settle(SOME_DAYS)
    [card] = it.heard(it.sen)
    assert "Ada <b> & ∗Co∗ says that this question is wrong. Please decide: ada/desk#1" in card
    assert "Why is the cache <unbounded> & who pays?" in card
    assert "def cache(key):" in card
    assert "Their reason Moot <b> & so" in card
    assert "[ The question stands ] [ Withdraw the question ]" in card
    assert "I'll post your decision in the question's thread" in card
    assert f"/ada/desk/pull/1#discussion_r{500 + number}" in str(it.sen.messages)


def test_a_private_dispute_shows_what_they_said_as_well(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, SECRET)
    it.probes(number)
    it.disputes("Moot.")
    it.settle(SOME_DAYS)
    [card] = it.heard(it.sen)
    assert "Their reason Moot." in card
    assert f"What they said about it {SECRET}" in card
    assert "I'll tell them in Slack what you decide, and post nothing on GitHub" in card
    assert it.sol.messages == it.people["Lea"].messages == []


def test_a_sensei_is_asked_within_their_working_hours(it: Talking) -> None:
    number = disputes_in_public(it, "Moot.")
    [job] = [job for job in it.waiting("message") if job.argument["about"].get("question") == number]
    local = job.due_at.astimezone(it.zone(SEN))
    assert local.weekday() < 5
    assert 9 <= local.hour < 17
    assert job.due_at - now() < timedelta(days=4)


def test_while_the_sensei_is_away_their_deputy_is_asked(it: Talking) -> None:
    it.goes_away(SEN, SOL)
    disputes_in_public(it, "Moot.")
    it.settle(SOME_DAYS)
    assert it.sen.messages == []
    assert len(it.sol.messages) == 1


def test_a_deputy_who_must_not_be_paired_with_the_participant_is_not_asked(it: Talking) -> None:
    it.goes_away(SEN, SOL)
    it.never_with(SOL)
    disputes_in_public(it, "Moot.")
    it.settle(SOME_DAYS)
    assert it.sol.messages == []
    assert len(it.sen.messages) == 1


def test_a_dispute_that_is_over_before_it_was_told_is_not_told(it: Talking) -> None:
    number = disputes_in_public(it, "Moot.")
    with it.here.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.RESOLVED, now())
    it.settle(SOME_DAYS)
    assert it.sen.messages == []


def test_after_a_ruling_the_card_repeats_nothing_that_was_said(it: Talking) -> None:
    number = it.asks_in_private()
    it.answers(number, SECRET)
    it.probes(number)
    it.disputes("My reason")
    it.settle(SOME_DAYS)
    with it.here.store.begin() as tx:
        settle_question(tx, number, stands=False, withdrawn=True, at=now())
    it.settle()
    [card] = it.heard(it.sen)
    assert "The question was withdrawn." in card
    assert SECRET not in card
    assert "My reason" not in card
    assert "[" not in card


def test_a_withdrawn_question_closes_its_conversation_its_draft_and_its_statement(it: Talking) -> None:
    number = it.asks_in_private()
    it.turns(number, state=ConversationState.DRAFTED)
    with it.here.store.begin() as tx:
        tx.statements.enter(
            it.capstone.id,
            source="thread",
            reference=number,
            check="speed.1",
            partial=True,
            missing="",
            quote="x",
            pull_request=None,
            pending=False,
            at=now(),
        )
        tx.questions.set_state(number, QuestionState.DISPUTED, now())
    with it.here.store.begin() as tx:
        settle_question(tx, number, stands=False, withdrawn=True, at=now())
        decision = tx.decisions.by_question(number)
        assert decision
        assert decision.state is DecisionState.WITHDRAWN
        assert list(tx.statements.of(it.capstone.id)) == []
    assert it.talk(number).state is ConversationState.CLOSED
    assert not it.talk(number).is_taken_back, "the participant has withdrawn nothing"
    it.settle()
    assert all("Confirm" not in said and "Answer ]" not in said for said in it.heard(it.ada))


def test_a_public_drafts_comment_will_say_that_it_was_withdrawn(it: Talking) -> None:
    number = it.asks()
    it.turns(number, state=ConversationState.DRAFTED)
    with it.here.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.DISPUTED, now())
        settle_question(tx, number, stands=False, withdrawn=True, at=now())
    [job] = it.waiting("say")
    assert job.argument == {"question": number, "turn": 2}
    assert it.talk(number).turn == 2
