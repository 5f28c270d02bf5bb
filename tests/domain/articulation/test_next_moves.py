"""What Sensei does next, in each state of a conversation."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.articulation.conversations import Conversation, ConversationState, Stance, TalkedWith
from bot.domain.articulation.next_moves import Move, Situation, choose_move
from bot.domain.articulation.slots import Slot, SlotQuote

NOW = datetime(2026, 11, 28, tzinfo=UTC)
NEW = Conversation(1, 2, False, ConversationState.WAITING, 0, None, None, "", "", (), None, None, NOW, NOW)
QUOTE = SlotQuote(Slot.DECIDED, "thread:1", "It's 50.")
PROBED = replace(
    NEW, state=ConversationState.PROBED, probe="Was it?", probe_slot=Slot.AGAINST, quotes=(QUOTE,)
)
PLAIN = Situation(
    NEW,
    ["thread:1"],
    Stance.ARGUES,
    {Slot.DECIDED: "It's 50."},
    Slot.AGAINST,
    changed=True,
    silent=False,
    is_drift=False,
)
TAKEN_BACK = replace(PLAIN, conversation=replace(NEW, state=ConversationState.CLOSED, decision=7))
"""Its participant has withdrawn the draft."""
TALKED = replace(
    PLAIN, conversation=replace(NEW, state=ConversationState.LEFT, talked_with=TalkedWith.SENSEI), texts={}
)
"""It was left to the sensei, who has said that they've talked about it."""
STATES = st.sampled_from(ConversationState)


def talk(state: ConversationState, probe: str = "") -> Conversation:
    return replace(NEW, state=state, probe=probe, quotes=(QUOTE,))


@pytest.mark.parametrize(
    ("situation", "move"),
    [
        (PLAIN, Move.PROBE),
        (replace(PLAIN, missing=None), Move.DRAFT),
        (replace(PLAIN, stance=Stance.DOES_NOT_KNOW), Move.LEAVE),
        (replace(PLAIN, stance=Stance.ASKS_SENSEI), Move.LEAVE),
        (replace(PLAIN, stance=Stance.UNSURE, texts={}), Move.PROBE),
        (replace(PLAIN, stance=Stance.HOLDS), Move.PROBE),
        (replace(PLAIN, stance=Stance.HOLDS, is_drift=True), Move.HOLD),
        (replace(PLAIN, silent=True), Move.LEAVE),
        (replace(PLAIN, messages=[]), Move.CLOSE),
        (replace(PLAIN, conversation=PROBED), Move.WAIT),
        (replace(PLAIN, conversation=PROBED, messages=["thread:1", "thread:2"]), Move.DRAFT),
        (replace(PLAIN, conversation=PROBED, messages=["thread:1", "thread:2"], texts={}), Move.LEAVE),
        # The quoted message was deleted; the one that is left may have been written before it.
        (replace(PLAIN, conversation=PROBED, messages=["thread:2"]), Move.WAIT),
        (replace(PLAIN, conversation=PROBED, texts={Slot.AGAINST: "Paging."}), Move.DRAFT),
        (replace(PLAIN, conversation=talk(ConversationState.DRAFTED)), Move.DRAFT),
        (replace(PLAIN, conversation=talk(ConversationState.DRAFTED), texts={}), Move.CLOSE),
        (replace(PLAIN, conversation=talk(ConversationState.DRAFTED), silent=True), Move.DRAFT),
        (replace(PLAIN, conversation=talk(ConversationState.LEFT)), Move.DRAFT),
        (replace(PLAIN, conversation=talk(ConversationState.LEFT), changed=False), Move.WAIT),
        (replace(PLAIN, conversation=talk(ConversationState.LEFT), texts={}), Move.WAIT),
        (replace(PLAIN, conversation=talk(ConversationState.CLOSED)), Move.PROBE),
        (replace(PLAIN, conversation=talk(ConversationState.CLOSED, "Was it?")), Move.DRAFT),
        (replace(PLAIN, conversation=talk(ConversationState.CLOSED), messages=[]), Move.WAIT),
        (TAKEN_BACK, Move.DRAFT),
        (replace(TAKEN_BACK, texts={}), Move.LEAVE),
        (replace(TAKEN_BACK, stance=Stance.ASKS_SENSEI), Move.LEAVE),
        (replace(TAKEN_BACK, is_spoken=False), Move.WAIT),
        (replace(TAKEN_BACK, is_spoken=False, stance=Stance.DOES_NOT_KNOW), Move.WAIT),
        (replace(TAKEN_BACK, is_spoken=False, silent=True), Move.WAIT),
        (replace(TAKEN_BACK, is_spoken=False, stance=Stance.HOLDS, is_drift=True), Move.WAIT),
        (replace(TAKEN_BACK, messages=[]), Move.WAIT),
        (TALKED, Move.WAIT),
        (replace(TALKED, texts=PLAIN.texts), Move.DRAFT),
        (replace(TALKED, stance=Stance.ASKS_SENSEI), Move.LEAVE),
        (replace(TALKED, stance=Stance.DOES_NOT_KNOW, texts=PLAIN.texts), Move.LEAVE),
        (replace(TALKED, stance=Stance.ASKS_SENSEI, silent=True), Move.LEAVE),
        (replace(TALKED, silent=True), Move.WAIT),
        (replace(TALKED, stance=Stance.ASKS_SENSEI, is_spoken=False), Move.WAIT),
        (replace(PLAIN, conversation=talk(ConversationState.LEFT), stance=Stance.ASKS_SENSEI), Move.WAIT),
        (replace(PLAIN, conversation=talk(ConversationState.LEFT), silent=True), Move.WAIT),
        (replace(PLAIN, conversation=talk(ConversationState.RECORDED)), Move.WAIT),
        (replace(PLAIN, conversation=talk(ConversationState.RECORDED), messages=[]), Move.WAIT),
    ],
)
def test_the_next_move(situation: Situation, move: Move) -> None:
    assert choose_move(situation) is move


situations = st.builds(
    Situation,
    st.builds(talk, STATES, st.sampled_from(["", "Was it?"])),
    st.lists(st.sampled_from(["thread:1", "thread:2"]), unique=True),
    st.sampled_from(Stance),
    st.dictionaries(st.sampled_from(Slot), st.just("Words."), max_size=3),
    st.none() | st.sampled_from(Slot),
    changed=st.booleans(),
    silent=st.booleans(),
    is_drift=st.booleans(),
)


@given(situations)
def test_nobody_is_asked_twice_or_after_the_record_or_where_sensei_is_silent(now: Situation) -> None:
    move = choose_move(now)
    if now.conversation.probe or now.silent:
        assert move is not Move.PROBE
    if now.silent:
        assert move in {Move.WAIT, Move.LEAVE, Move.CLOSE, Move.HOLD, Move.DRAFT}
    if now.conversation.state is ConversationState.RECORDED:
        assert move is Move.WAIT


@given(situations)
def test_nothing_is_drafted_of_nothing(now: Situation) -> None:
    if choose_move(now) is Move.DRAFT:
        assert now.messages
        assert now.texts or now.missing is None


@pytest.mark.parametrize("state", ConversationState)
def test_only_what_is_left_to_the_sensei_has_been_talked_about(state: ConversationState) -> None:
    moved = replace(TALKED.conversation, state=state)
    assert moved.is_talked_over == (state is ConversationState.LEFT)
    assert replace(moved, state=ConversationState.LEFT).waits_for_sensei == (
        state is not ConversationState.LEFT
    )
