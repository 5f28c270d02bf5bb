"""Handing questions over: together, once a day, in working hours, to whoever is on duty."""

from datetime import timedelta

from bot.domain.articulation.conversations import ConversationState
from bot.ports.jobs import Job
from bot.workflows.articulation.handovers import hand_over
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import SEN, SOL, SOME_DAYS, Talking

WORDS = "I don't know <yet> & why"


def leaves(it: Talking, number: int) -> None:
    """Let a question be left to the sensei, as Sensei's workflow would."""
    it.turns(number, state=ConversationState.LEFT)
    with it.here.store.begin() as tx:
        hand_over(tx, number, now())


def left_in_private(it: Talking) -> int:
    number = it.asks_in_private()
    it.answers(number, WORDS)
    leaves(it, number)
    return number


def left_in_public(it: Talking) -> int:
    number = it.asks()
    with it.here.store.begin() as tx:
        tx.questions.save_message(number, 800 + number, 1, WORDS, now())
    leaves(it, number)
    return number


def test_a_sensei_gets_the_question_the_code_and_the_words(it: Talking) -> None:
    left_in_private(it)
    it.settle()
    assert it.sen.messages == []
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "1 question needs you." in told
    assert "Why is the cache <unbounded> & who pays?" in told
    assert "def cache(key):" in told
    assert f"What they said about it {WORDS}" in told
    assert "They answered in private. Please don't repeat their words on GitHub." in told
    assert "discussion_r" not in str(it.sen.messages)


def test_a_public_question_has_a_link_to_its_thread(it: Talking) -> None:
    number = left_in_public(it)
    it.settle(SOME_DAYS)
    assert f"/ada/desk/pull/1#discussion_r{500 + number}" in str(it.sen.messages)
    assert "in private" not in it.heard(it.sen)[0]


def test_several_are_one_message(it: Talking) -> None:
    left_in_public(it)
    left_in_private(it)
    left_in_public(it)
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "3 questions need you." in told


def test_the_message_comes_in_working_hours_and_at_most_once_a_day(it: Talking) -> None:
    left_in_public(it)
    [first] = [job for job in it.waiting("message") if job.id.startswith("message:articulation.left:")]
    assert first.due_at >= now() + timedelta(minutes=59)
    local = first.due_at.astimezone(it.zone(SEN))
    assert local.weekday() < 5
    assert 9 <= local.hour < 17
    it.settle(SOME_DAYS)  # it begins now, so the next may come tomorrow
    left_in_public(it)
    [second] = [job for job in it.waiting("message") if job.id.startswith("message:articulation.left:")]
    assert second.due_at.astimezone(it.zone(SEN)).date() > now().astimezone(it.zone(SEN)).date()
    it.settle(SOME_DAYS)
    assert [("1 question" in told) for told in it.heard(it.sen)] == [True, True]


def test_a_question_that_was_answered_after_all_is_not_handed_over(it: Talking) -> None:
    number = left_in_private(it)
    it.turns(number, state=ConversationState.DRAFTED)
    it.settle(SOME_DAYS)
    assert it.sen.messages == []


def test_the_same_question_is_handed_over_once(it: Talking) -> None:
    number = left_in_public(it)
    with it.here.store.begin() as tx:
        hand_over(tx, number, now())
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "1 question needs you." in told


def test_a_deputy_gets_it_while_the_sensei_is_away_and_nobody_else(it: Talking) -> None:
    it.goes_away(SEN, SOL)
    left_in_private(it)
    it.settle(SOME_DAYS)
    assert len(it.sol.messages) == 1
    assert it.sen.messages == it.people["Lea"].messages == []


def test_if_the_sensei_is_back_before_it_is_sent_it_goes_to_them(it: Talking) -> None:
    it.goes_away(SEN, SOL)
    left_in_private(it)
    it.comes_back(SEN)
    it.settle(SOME_DAYS)
    assert len(it.sen.messages) == 1
    assert it.sol.messages == []


def test_without_a_sensei_nothing_is_sent(it: Talking) -> None:
    it.pairs_end(SEN)
    left_in_public(it)
    it.settle(SOME_DAYS)
    assert it.sen.messages == []


def test_of_two_messages_that_wait_neither_question_is_lost(it: Talking) -> None:
    """Slack is down while the first is being sent. It is put off later, and meanwhile a second is made."""
    bundles = "message:articulation.left:"
    left_in_public(it)
    [first] = [job for job in it.waiting("message") if job.id.startswith(bundles)]
    with it.here.store.begin() as tx:
        tx.jobs.mark_begun(first.id, now())
    left_in_public(it)
    put_off = {**first.argument, "first": now().isoformat()}
    with it.here.store.begin() as tx:
        tx.jobs.add(
            Job(f"{first.id}~{int(now().timestamp() * 1000)}", "message", put_off, now() + timedelta(days=1))
        )
    left_in_public(it)
    [job] = [job for job in it.waiting("message") if job.id.startswith(bundles)]
    assert job.argument["first"] == put_off["first"]
    it.settle(SOME_DAYS)
    [told] = it.heard(it.sen)
    assert "3 questions need you." in told
