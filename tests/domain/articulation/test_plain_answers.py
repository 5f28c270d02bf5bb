"""Answers without a model: word for word, and a few sentences that mean one thing."""

import pytest

from bot.domain.articulation.conversations import Stance
from bot.domain.articulation.own_words import HeardMessage
from bot.domain.articulation.plain_answers import asks_for_sensei, quote_verbatim, tell_stance
from bot.domain.articulation.slots import Slot, SlotQuote


def said(*texts: str) -> tuple[HeardMessage, ...]:
    return tuple(HeardMessage(f"thread:{n}", text) for n, text in enumerate(texts, 1))


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("I don't know yet.", Stance.DOES_NOT_KNOW),
        ("Honestly, I don’t know", Stance.DOES_NOT_KNOW),
        ("no idea", Stance.DOES_NOT_KNOW),
        ("Not sure yet!", Stance.DOES_NOT_KNOW),
        ("I'll ask my sensei", Stance.ASKS_SENSEI),
        ("Good question, let me check with my sensei first", Stance.ASKS_SENSEI),
        ("I'd like to discuss this with my sensei on Thursday.", Stance.ASKS_SENSEI),
        ("Yes, it still holds.", Stance.HOLDS),
        ("still stands", Stance.HOLDS),
        ("Nothing changed", Stance.HOLDS),
        ("It no longer holds.", Stance.ARGUES),
        ("It doesn't hold any more.", Stance.ARGUES),
        ("We don't know the load, so we cap at 50.", Stance.ARGUES),
        ("I don't know your name, bot, but 50 is the supplier's limit and that is why.", Stance.ARGUES),
        ("My sensei said 50.", Stance.ARGUES),
        ("The supplier.", Stance.ARGUES),
    ],
)
def test_only_a_short_plain_sentence_is_understood(text: str, stance: Stance) -> None:
    assert tell_stance(said(text)) is stance
    assert asks_for_sensei(text) == (stance is Stance.ASKS_SENSEI)


def test_the_newest_message_counts() -> None:
    assert tell_stance(said("It's 50.", "I don't know yet.")) is Stance.DOES_NOT_KNOW
    assert tell_stance(said("I don't know yet.", "It's 50.")) is Stance.ARGUES
    assert tell_stance(()) is Stance.UNSURE


def test_the_first_answers_are_what_was_decided_and_the_reply_is_about_the_follow_up() -> None:
    first = quote_verbatim(said("It's 50.", "For now."), (), None)
    assert [found.slot for found in first] == [Slot.DECIDED, Slot.DECIDED]
    later = quote_verbatim(said("It's 50.", "For now.", "Paging."), first, Slot.AGAINST)
    assert later == (*first, SlotQuote(Slot.AGAINST, "thread:3", "Paging."))


def test_an_edited_message_keeps_its_part_and_a_deleted_one_is_gone() -> None:
    known = (
        SlotQuote(Slot.DECIDED, "thread:1", "It's 50."),
        SlotQuote(Slot.AGAINST, "thread:2", "Paging."),
    )
    edited = quote_verbatim(said("It's 20.", "Paging."), known, Slot.AGAINST)
    assert edited == (SlotQuote(Slot.DECIDED, "thread:1", "It's 20."), known[1])
    assert quote_verbatim(said("It's 50."), known, Slot.AGAINST) == known[:1]


def test_a_sentence_that_only_says_that_they_do_not_know_fills_nothing() -> None:
    assert quote_verbatim(said("I don't know yet.", "It's 50."), (), None) == (
        SlotQuote(Slot.DECIDED, "thread:2", "It's 50."),
    )
