"""Writes the messages of private conversations from rows: the question, the follow-up, the draft, the end."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.articulation.conversations import Conversation, ConversationState, Stance
from bot.domain.articulation.guide import ArticulationGuide
from bot.domain.decisions.records import DecisionState
from bot.domain.pull_requests.records import QuestionState
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.articulation import slack_turns
from bot.rendering.articulation.slack_questions import (
    PLAIN,
    Framing,
    QuestionStatus,
    ShownContext,
    question_message,
)
from bot.workflows.articulation.private_talks import QUESTION, TURN, turn_key
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    find_name,
    find_sensei,
    find_sensei_on_duty,
    load_context,
)
from bot.workflows.articulation.waiting_questions import is_their_turn
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Words

DISPUTABLE = (QuestionState.ASKED, QuestionState.ANSWERED, QuestionState.DEFERRED)
"""The states in which a participant can dispute a question, unless a sensei has ruled on it."""
_ENDS = {
    QuestionState.DISPUTED: QuestionStatus.DISPUTED,
    QuestionState.WITHDRAWN: QuestionStatus.WITHDRAWN,
    QuestionState.RESOLVED: QuestionStatus.OVER,
}


FindFraming = Callable[[Tx, int], Framing | None]
"""Returns what another feature adds to a question that it asks; None for any other question."""


def without_framing(_tx: Tx, _question: int) -> Framing | None:
    """Return nothing: a question without anything that another feature adds."""
    return None


@dataclass(frozen=True)
class PrivateMessages:
    """Writes private messages. ``web`` is the code host's web address."""

    web: str
    load_guide: Callable[[], ArticulationGuide]
    now: Clock
    find_framing: FindFraming = without_framing

    def words(self) -> dict[str, Words]:
        """Return the writers by kind of message."""
        return {QUESTION: self.write_question, TURN: self.write_turn}

    def write_question(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Ask the question, or show what came of it."""
        found = _load_private(tx, about["question"])
        if found is None:
            return None
        context, conversation, participant = found
        is_over = (
            conversation.state is ConversationState.CLOSED
            or context.question.state is QuestionState.WITHDRAWN
        )
        if is_over and not _is_posted(tx, conversation.question, 0):
            return None  # withdrawn, or the capstone got another participant, before this was sent
        has_sensei = find_sensei(tx, context) is not None
        shown = ShownContext(context.question, context.pull_request, context.capstone, self.web, has_sensei)
        is_follow_up = conversation.state is ConversationState.PROBED
        message = question_message(
            shown,
            _find_status(tx, context, conversation),
            conversation.probe if is_follow_up and not _is_spoken(tx, conversation) else "",
            disputable=can_dispute(context),
            framing=self.find_framing(tx, context.question.id) or PLAIN,
        )
        return AddressedMessage((participant,), message)

    def write_turn(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Say what the conversation's state says, unless Sensei has said something newer meanwhile."""
        found = _load_private(tx, about["question"])
        if found is None:
            return None
        context, conversation, participant = found
        turn: int = about["turn"]
        if turn == conversation.turn:
            message = self._write_current(tx, context, conversation)
        elif _is_posted(tx, conversation.question, turn):
            message = _write_past(tx, context, conversation, turn)
        else:
            return None
        return AddressedMessage((participant,), message) if message else None

    def _write_current(
        self, tx: Tx, context: QuestionContext, conversation: Conversation
    ) -> OutgoingMessage | None:
        asked = context.question.text
        if conversation.stance is Stance.HOLDS and context.question.state is QuestionState.RESOLVED:
            earlier = tx.decisions.drifted(conversation.question)
            words = slack_turns.holds_words(earlier.number if earlier else None)
            return slack_turns.ended_message(words, asked)
        match conversation.state:
            case ConversationState.PROBED:
                waits = is_their_turn(tx, conversation) and context.question.state not in _ENDS
                return slack_turns.probe_message(
                    conversation.question,
                    conversation.probe,
                    asked,
                    waits=waits,
                    disputable=can_dispute(context),
                    has_sensei=find_sensei(tx, context) is not None,
                )
            case ConversationState.DRAFTED | ConversationState.RECORDED:
                return self._write_decision(tx, context, conversation)
            case ConversationState.LEFT:
                sensei = find_sensei_on_duty(tx, context, self.now())
                words = slack_turns.left_words(find_name(tx, sensei.person) if sensei else None)
                return slack_turns.ended_message(words, asked)
            case ConversationState.CLOSED:
                return slack_turns.ended_message(_write_closed(tx, context, conversation), asked)
            case ConversationState.WAITING:
                return None

    def _write_decision(
        self, tx: Tx, context: QuestionContext, conversation: Conversation
    ) -> OutgoingMessage | None:
        decision = tx.decisions.find(conversation.decision) if conversation.decision else None
        if decision is None:
            return None
        if decision.state is DecisionState.DRAFT:
            title, has_sensei = self.load_guide().title, find_sensei(tx, context) is not None
            return slack_turns.draft_message(decision, title, context.question.text, has_sensei=has_sensei)
        words = slack_turns.CLOSED
        if decision.state is not DecisionState.WITHDRAWN:
            words = slack_turns.confirmed_words(decision.number)
        return slack_turns.ended_message(words, context.question.text)


def can_dispute(context: QuestionContext) -> bool:
    """Return whether a participant can still dispute a question."""
    return context.question.ruling is None and context.question.state in DISPUTABLE


def _load_private(tx: Tx, question: int) -> tuple[QuestionContext, Conversation, str] | None:
    context = load_context(tx, question)
    if context is None or context.participant is None or context.conversation is None:
        return None
    if not context.conversation.private:
        return None
    return context, context.conversation, context.participant


def _find_status(tx: Tx, context: QuestionContext, conversation: Conversation) -> QuestionStatus:
    if (ended := _ENDS.get(context.question.state)) is not None:
        return ended
    # Once all answers are deleted, Sensei's newest turn says so and has no buttons.
    is_closed = conversation.state is ConversationState.CLOSED
    if is_their_turn(tx, conversation) and (is_closed or not _is_spoken(tx, conversation)):
        return QuestionStatus.OPEN
    return QuestionStatus.ANSWERED


def _is_spoken(tx: Tx, conversation: Conversation) -> bool:
    """Return whether Sensei's newest turn has a message of its own, which has the buttons then."""
    key = turn_key(conversation.question, conversation.turn)
    return conversation.turn > 0 and tx.jobs.find_due_time(f"message:{key}") is not None


def _is_posted(tx: Tx, question: int, turn: int) -> bool:
    return tx.effects.find(f"message:{turn_key(question, turn)}")[1] is not None


def _write_closed(tx: Tx, context: QuestionContext, conversation: Conversation) -> str:
    if context.is_over:
        return slack_turns.CLOSED
    decision = tx.decisions.find(conversation.decision) if conversation.decision else None
    if decision is None or decision.state is not DecisionState.WITHDRAWN:
        return slack_turns.ANSWERS_DELETED
    has_sensei, was_recorded = find_sensei(tx, context) is not None, decision.confirmed_at is not None
    return slack_turns.withdrawn_words(was_recorded=was_recorded, has_sensei=has_sensei)


def _write_past(tx: Tx, context: QuestionContext, conversation: Conversation, turn: int) -> OutgoingMessage:
    """Rewrite an earlier turn: the follow-up is always the first, and whatever came after it was a draft."""
    if turn == 1 and conversation.probe:
        return slack_turns.probe_message(
            conversation.question, conversation.probe, context.question.text, waits=False
        )
    newest = tx.decisions.by_question(conversation.question)
    is_withdrawn = newest is not None and newest.state is DecisionState.WITHDRAWN
    words = slack_turns.DRAFT_WITHDRAWN if is_withdrawn else slack_turns.REPLACED
    return slack_turns.ended_message(words, context.question.text)
