"""Whoever comes on duty gets what waits, once; whoever was asked before reads who decides now."""

from datetime import timedelta

import pytest

from bot.domain.articulation.conversations import ConversationState
from bot.workflows.articulation.handovers import hand_over
from bot.workflows.triage.deliveries import OverlookedDeliveries, deliver_again
from tests.entrypoints.webhooks import now
from tests.workflows.articulation.talking import ADA, SEN, SOL, SOME_DAYS
from tests.workflows.articulation.test_disputes import disputes_in_public
from tests.workflows.triage.holding_back import HoldingBack, holding_back

WORLD = holding_back


def looks(it: HoldingBack) -> None:
    """Let the periodic look find what nobody was told."""
    OverlookedDeliveries(it.here.store, now).look()
    it.settle(SOME_DAYS)


def leaves(it: HoldingBack) -> int:
    """Let a question be left to the sensei."""
    number = it.asks()
    with it.here.store.begin() as tx:
        tx.questions.save_message(number, 800 + number, 1, "I don't know.", now())
    it.turns(number, state=ConversationState.LEFT)
    with it.here.store.begin() as tx:
        hand_over(tx, number, now())
    return number


def test_what_waited_without_a_sensei_comes_to_the_first_one(it: HoldingBack) -> None:
    it.ends_pair()
    it.proposes("Why wait?")
    disputes_in_public(it, "Moot.")
    leaves(it)
    it.settle(SOME_DAYS)
    before = len(it.sol.messages)
    it.begins_pair(SOL)
    it.settle(SOME_DAYS)
    said = " ".join(it.heard(it.sol)[before:])
    for words in (
        "1 question waits for your decision",
        "says that this question is wrong",
        "1 question needs you",
    ):
        assert said.count(words) == 1
    count = len(it.sol.messages)
    looks(it)
    assert len(it.sol.messages) == count


def test_a_new_sensei_gets_it_and_the_old_ones_cards_say_who_decides(it: HoldingBack) -> None:
    it.proposes("Why wait?")
    disputes_in_public(it, "Moot.")
    it.settle(SOME_DAYS)
    assert len(it.sen.messages) == 2
    it.ends_pair()
    it.settle()
    assert sum("currently has no sensei" in said for said in it.heard(it.sen)) == 2
    it.begins_pair(SOL)
    it.settle(SOME_DAYS)
    old = [
        said
        for said in it.heard(it.sen)
        if "You were asked about ada/desk#1. Sol will decide instead." in said
    ]
    assert len(old) == 2
    assert all("[" not in said and "Why" not in said for said in old)
    new = " ".join(it.heard(it.sol))
    assert "Keep ]" in new
    assert "[ The question stands ]" in new


@pytest.mark.contract
def test_a_deputys_turn_begins_and_ends_with_one_message_for_each(it: HoldingBack) -> None:
    it.proposes("Why wait?")
    disputes_in_public(it, "Moot.")
    it.settle(SOME_DAYS)
    it.goes_away(SEN, SOL)
    looks(it)
    assert len(it.sol.messages) == 2
    own = it.heard(it.sen)
    assert all("While you're away, Sol can decide too. The first decision counts." in said for said in own)
    it.comes_back(SEN)
    with it.here.store.begin() as tx:
        deliver_again(tx, it.capstone.cohort, [it.member(ADA).person], now())
    it.settle(SOME_DAYS)
    assert all("will decide instead" in said for said in it.heard(it.sol))
    assert [len(it.heard(person)) for person in (it.sen, it.sol)] == [2, 2]
    assert all("While you're away" not in said and "[" in said for said in it.heard(it.sen))


def test_what_came_to_the_deputy_alone_comes_to_the_sensei_once_they_are_back(it: HoldingBack) -> None:
    it.goes_away(SEN, SOL)
    it.proposes("Why wait?")
    disputes_in_public(it, "Moot.")
    it.settle(SOME_DAYS)
    assert (len(it.sen.messages), len(it.sol.messages)) == (0, 2)
    it.comes_back(SEN)
    looks(it)
    looks(it)
    assert (len(it.sen.messages), len(it.sol.messages)) == (2, 2)


def test_a_card_that_was_not_sent_in_time_is_not_sent_to_a_former_sensei(it: HoldingBack) -> None:
    it.proposes("Why wait?")
    disputes_in_public(it, "Moot.")
    it.ends_pair()
    it.settle(SOME_DAYS)
    assert [said for said in it.heard(it.sen) if "wait" in said or "wrong" in said] == []


def test_a_hand_over_that_reached_the_deputy_is_not_repeated(it: HoldingBack) -> None:
    it.goes_away(SEN, SOL)
    leaves(it)
    it.settle(SOME_DAYS)
    it.comes_back(SEN)
    looks(it)
    assert (len(it.sen.messages), len(it.sol.messages)) == (0, 1)


def test_a_look_writes_nothing_while_nothing_is_overlooked(it: HoldingBack) -> None:
    it.proposes("Why wait?")
    assert OverlookedDeliveries(it.here.store, lambda: now() + timedelta(minutes=10)).look() == 0
