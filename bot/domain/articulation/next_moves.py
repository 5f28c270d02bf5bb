"""Choosing what Sensei does after it has heard an answer. It follows up at most once about a question."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.articulation.conversations import Conversation, ConversationState, Stance
from bot.domain.articulation.slots import Slot, SlotTexts


class Move(StrEnum):
    """What Sensei does next.

    ``WAIT``: nothing. ``PROBE``: follow up. ``DRAFT``: draft the decision, or revise its draft. ``LEAVE``:
    leave the rest to the sensei. ``HOLD``: keep the earlier decision. ``CLOSE``: take back what was drafted.
    """

    WAIT = "wait"
    PROBE = "probe"
    DRAFT = "draft"
    LEAVE = "leave"
    HOLD = "hold"
    CLOSE = "close"


_ENDS = frozenset({Stance.DOES_NOT_KNOW, Stance.ASKS_SENSEI})


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known once an answer has been heard.

    ``messages`` are the ids of the messages with the participant's words. ``texts`` are the parts that they
    fill, and ``missing`` is the first one that is needed and not filled. ``changed`` says whether they fill
    other parts or words than before. ``silent``: Sensei may not speak here. ``is_drift``: the question is
    whether an earlier decision still holds. ``is_spoken``: they have written, and not only edited or deleted
    something, since Sensei last considered the messages.
    """

    conversation: Conversation
    messages: Collection[str]
    stance: Stance
    texts: SlotTexts
    missing: Slot | None
    changed: bool
    silent: bool
    is_drift: bool
    is_spoken: bool = True

    @property
    def has_followed_up(self) -> bool:
        """Whether Sensei has asked its one follow-up about this question."""
        return bool(self.conversation.probe)

    @property
    def is_left(self) -> bool:
        """Whether it is the sensei's already, and isn't left to them again after they've talked about it."""
        is_left_again = self.conversation.is_talked_over and self.is_spoken and self.stance in _ENDS
        return self.conversation.state is ConversationState.LEFT and not is_left_again

    @property
    def has_reply(self) -> bool:
        """Whether a message has arrived since the words that are stored, and not only an edit of them.

        If a quoted message is gone, another one isn't a reply: it may have been there from the beginning.
        """
        quoted = {found.message for found in self.conversation.quotes}
        if not quoted:
            return len(self.messages) > 1
        return quoted < set(self.messages)


def choose_move(now: Situation) -> Move:
    """Choose what Sensei does next."""
    state = now.conversation.state
    # An edit must neither bring a withdrawn draft back nor hand anything to a sensei.
    if state is ConversationState.RECORDED or (now.conversation.is_taken_back and not now.is_spoken):
        return Move.WAIT
    if not now.messages:
        return Move.WAIT if state is ConversationState.CLOSED else Move.CLOSE
    if now.is_drift and now.stance is Stance.HOLDS:
        return Move.HOLD
    if state is ConversationState.DRAFTED:
        # Even in silence: a draft must not keep words that its author has taken back.
        return Move.DRAFT if now.texts else Move.CLOSE
    if now.silent:
        return Move.WAIT if now.is_left else Move.LEAVE
    return _choose_by_words(now, state)


def _choose_by_words(now: Situation, state: ConversationState) -> Move:
    if now.stance is Stance.DOES_NOT_KNOW and state is ConversationState.PROBED and now.texts:
        return Move.DRAFT  # they can't say more, and what they did say is worth keeping
    if now.stance in _ENDS:
        return Move.WAIT if now.is_left else Move.LEAVE
    is_first = state in {ConversationState.WAITING, ConversationState.CLOSED} and not now.has_followed_up
    if is_first and not now.conversation.is_taken_back:
        return Move.PROBE if now.missing else Move.DRAFT
    if state is ConversationState.PROBED and not now.has_reply:
        # They corrected their first answer. It is a reply only if it now has what Sensei asked for.
        return Move.DRAFT if now.conversation.probe_slot in now.texts else Move.WAIT
    if state is ConversationState.LEFT:
        return Move.DRAFT if now.texts and now.changed else Move.WAIT
    return Move.DRAFT if now.texts else Move.LEAVE
