"""Cards about waiting questions: one for a pull request, in working hours, to whoever is on duty."""

from datetime import timedelta

from bot.domain.pull_requests.records import QuestionState
from bot.domain.pull_requests.rulings import OPERATOR_RULES
from bot.workflows.pull_requests.question_decisions import keep_questions, withdraw_questions
from bot.workflows.triage import question_cards
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import SEN, SOL, SOME_DAYS
from tests.workflows.triage.holding_back import HoldingBack, holding_back

WORLD = holding_back

FIRST, SECOND = "Why <this> & *that*?", "Who pays, @here?"


def due_cards(it: HoldingBack) -> list[timedelta]:
    """When the cards that wait are due, from now."""
    return [job.due_at - now() for job in it.waiting("message") if job.argument["kind"] == "triage.question"]


def test_the_questions_of_a_round_are_one_card_in_working_hours(it: HoldingBack) -> None:
    first, second = it.proposes(FIRST, SECOND)
    [job] = [job for job in it.waiting("message") if job.argument["kind"] == question_cards.QUESTION]
    local = job.due_at.astimezone(it.zone(SEN))
    assert local.weekday() < 5
    assert 9 <= local.hour < 17
    assert "Why" not in str(job.argument)
    it.settle(SOME_DAYS)
    [card] = it.heard(it.sen)
    assert (
        "2 questions wait for your decision, on ada/desk#1. Ada <b> & ∗Co∗ sees only the questions that you "
        "keep." in card
    )
    assert card.count("Keep ] [ Reword… ] [ Withdraw ]") == 2
    assert "Why <this> & ∗that∗?" in card
    assert f"Q{first} · about speed.1" in card
    assert f"Q{second} · about speed.1" in card
    assert it.ada.messages == it.sol.messages == it.people["Lea"].messages == []


def test_what_comes_before_a_card_is_sent_is_on_it_and_what_comes_after_waits_an_hour(
    it: HoldingBack,
) -> None:
    it.proposes(FIRST)
    it.proposes(SECOND)
    assert len(due_cards(it)) == 1
    it.settle(SOME_DAYS)
    assert "2 questions wait" in it.heard(it.sen)[0]
    it.proposes("Why now?")
    [wait] = due_cards(it)
    assert wait > timedelta(minutes=59)
    it.settle(SOME_DAYS)
    assert "1 question waits" in it.heard(it.sen)[1]


def test_more_than_fit_on_a_card_come_with_the_next(it: HoldingBack) -> None:
    it.proposes(*(f"Why {number}?" for number in range(8)))
    assert len(due_cards(it)) == 2
    it.settle(SOME_DAYS)
    assert ["6 questions" in card or "2 questions" in card for card in it.heard(it.sen)] == [True, True]


def test_a_question_is_brought_once(it: HoldingBack) -> None:
    it.proposes(FIRST)
    with it.here.store.begin() as tx:
        question_cards.bring_questions(tx, it.pull_request, now())
    it.settle(SOME_DAYS)
    with it.here.store.begin() as tx:
        question_cards.bring_questions(tx, it.pull_request, now())
    it.settle(SOME_DAYS)
    assert len(it.sen.messages) == 1


def test_a_decision_in_a_shell_shows_on_the_card(it: HoldingBack) -> None:
    first, second = it.proposes(FIRST, SECOND)
    it.settle(SOME_DAYS)
    with it.here.store.begin() as tx:
        keep_questions(tx, [first], OPERATOR_RULES, now())
    it.settle()
    [card] = it.heard(it.sen)
    assert f"Q{first} was kept" in card
    assert card.count("Keep ]") == 1
    with it.here.store.begin() as tx:
        withdraw_questions(tx, [second], OPERATOR_RULES, now())
    it.settle()
    [card] = it.heard(it.sen)
    assert "There's nothing left for you to decide here." in card
    assert f"Q{second} was withdrawn" in card
    assert "[" not in card


def test_a_question_that_could_not_be_posted_is_offered_again_and_the_card_says_so(it: HoldingBack) -> None:
    [number] = it.proposes(FIRST)
    it.settle(SOME_DAYS)
    with it.here.store.begin() as tx:
        keep_questions(tx, [number], OPERATOR_RULES, now())
    it.settle()
    assert "Keep ]" not in it.heard(it.sen)[0]
    with it.here.store.begin() as tx:
        tx.questions.set_state(number, QuestionState.PROPOSED, now())
        question_cards.note_unposted(tx, number, now())
        question_cards.rewrite_cards(tx, it.pull_request, now())
    it.settle()
    [card] = it.heard(it.sen)
    assert "You kept this question, but I couldn't post it, so it's waiting for your decision again." in card
    assert "Keep ]" in card


def test_a_closed_pull_request_and_forgotten_questions_leave_nothing_to_click(it: HoldingBack) -> None:
    it.proposes(FIRST)
    it.settle(SOME_DAYS)
    it.closes()
    with it.here.store.begin() as tx:
        question_cards.rewrite_cards(tx, it.pull_request, now())
    it.settle()
    [card] = it.heard(it.sen)
    assert "The pull request is closed, so there's nothing for you to decide here at the moment." in card
    assert "Why" not in card
    with it.here.store.begin() as tx:
        [asked] = tx.questions.of(it.pull_request)
        tx.questions.forget(asked.require_round())
        question_cards.rewrite_cards(tx, it.pull_request, now())
    it.settle()
    assert "The questions that were here no longer exist" in it.heard(it.sen)[0]


def test_what_was_decided_before_the_card_was_due_is_not_brought(it: HoldingBack) -> None:
    [number] = it.proposes(FIRST)
    it.sets_question(number, QuestionState.WITHDRAWN)
    it.settle(SOME_DAYS)
    assert it.sen.messages == []


def test_while_the_sensei_is_away_the_deputy_gets_it_unless_they_must_not_be_paired(it: HoldingBack) -> None:
    it.goes_away(SEN, SOL)
    it.proposes(FIRST)
    it.settle(SOME_DAYS)
    assert (len(it.sen.messages), len(it.sol.messages)) == (0, 1)
    it.never_with(SOL)
    it.proposes(SECOND)
    it.settle(SOME_DAYS)
    assert (len(it.sen.messages), len(it.sol.messages)) == (1, 1)


def test_while_a_capstone_is_on_hold_nothing_is_brought(it: HoldingBack) -> None:
    with it.here.store.begin() as tx:
        tx.capstones.set_publishing(it.capstone.id, held=True)
    it.proposes(FIRST)
    it.settle(SOME_DAYS)
    assert it.sen.messages == []
