"""Going on with a question in private: who is asked, and what stays out of the thread."""

from bot.domain.articulation.conversations import ConversationState
from bot.domain.dojo.people import EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.workflows.articulation.private_talks import go_private
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import ADA, SEN, Talking


def goes_private(it: Talking, question: int) -> bool:
    with it.here.store.begin() as tx:
        return go_private(tx, question, now())


def test_the_participant_is_asked_once_with_the_code_and_who_will_see_the_answer(it: Talking) -> None:
    number = it.asks_in_private()
    assert goes_private(it, number)
    it.settle()
    [asked] = it.heard(it.ada)
    assert "A question about ada/desk#1, just for you" in asked
    assert "Why is the cache <unbounded> & who pays?" in asked
    assert "desk.py, lines 3 to 4" in asked
    assert "def cache(key): return {**store, key: ˋxˋ}" in asked
    assert "Your sensei (or, while they're away, their deputy) sees your answer only if I pass it on" in asked
    assert "Once you confirm a decision, they can read it." in asked
    assert "[● Answer ] [ This question is wrong ]" in asked
    assert it.talk(number).private


def test_who_has_no_sensei_reads_that_nobody_else_sees_the_answer_yet(it: Talking) -> None:
    it.pairs_end(SEN)
    number = it.asks_in_private()
    [asked] = it.heard(it.ada)
    assert "You don't have a sensei yet, so for now only you see your answer." in asked
    assert "your sensei" not in asked
    it.ada.click(it.newest("articulation.answer"), "articulation.answer")
    assert "You don't have a sensei yet, so for now only you see your answer." in str(it.ada.modal)
    it.ada.click(it.newest("articulation.dispute"), "articulation.dispute")
    assert "Once you have one, they'll read your reason" in str(it.ada.modal)
    assert not it.ada.submit({"articulation.text": "It isn't my code."}).errors
    it.settle()
    assert "Once you have one, they'll read your reason and decide" in it.heard(it.ada)[0]
    assert it.question(number).state is QuestionState.DISPUTED


def test_without_a_proven_account_nothing_changes(it: Talking) -> None:
    number = it.asks()
    with it.here.store.begin() as tx:
        tx.members.disprove(it.member(ADA).person, now())
    assert not goes_private(it, number)
    it.settle()
    assert it.ada.messages == []
    with it.here.store.read() as tx:
        assert tx.conversations.by_question(number) is None


def test_whoever_has_left_is_not_asked(it: Talking) -> None:
    number = it.asks()
    it.sets(ADA, EnrolmentState.LEFT)
    assert not goes_private(it, number)


def test_a_question_that_only_waited_counts_as_asked(it: Talking) -> None:
    number = it.asks(QuestionState.PROPOSED, in_thread=False)
    assert goes_private(it, number)
    assert it.question(number).state is QuestionState.ASKED


def test_a_follow_up_that_was_asked_in_the_thread_goes_along(it: Talking) -> None:
    number = it.asks()
    it.probes(number)
    assert goes_private(it, number)
    it.settle()
    [asked] = it.heard(it.ada)
    assert "I've also asked: Was there <another> way?" in asked


def test_a_draft_that_was_shown_in_the_thread_becomes_private(it: Talking) -> None:
    number = it.asks(QuestionState.ANSWERED)
    it.turns(number, state=ConversationState.DRAFTED)
    assert goes_private(it, number)
    it.settle()
    asked, draft = it.heard(it.ada)
    assert "Answer ]" not in asked
    assert "Here's the decision as I understood it, in your words" in draft
    with it.here.store.read() as tx:
        decision = tx.decisions.by_question(number)
    assert decision
    assert decision.private


def test_whoever_deleted_their_answers_in_the_thread_is_asked_again_in_private(it: Talking) -> None:
    number = it.asks()
    it.probes(number)
    it.turns(number, state=ConversationState.CLOSED)
    assert goes_private(it, number)
    it.settle()
    [asked] = it.heard(it.ada)
    assert "Why is the cache <unbounded> & who pays?" in asked
    assert "[● Answer ]" in asked
    it.answers(number, "Because.")
    assert it.words_of(number) == ["Because."]
