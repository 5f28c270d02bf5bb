"""Conversations that go on in direct messages: how they begin, and keeping their messages up to date."""

from dataclasses import replace
from datetime import datetime

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.decisions.records import DecisionState
from bot.domain.pull_requests.rulings import DeciderRole, name_role
from bot.ports.store import Tx
from bot.workflows.articulation.question_contexts import find_reachable_participant, load_context
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import rewrite_message, send_message
from bot.workflows.chat.unprompted import Feature, send_unprompted

QUESTION, TURN, RULED = "articulation.question", "articulation.turn", "articulation.ruled"
"""Kinds of messages: the question itself, what Sensei says about its answer, and a ruling on a dispute."""
KEYS = "articulation:"
"""How the keys of the messages begin to which a participant can reply. The question's number follows."""


def question_key(question: int) -> str:
    """Return the key of the message that asks a question in private."""
    return f"{KEYS}{question}:0"


def turn_key(question: int, turn: int) -> str:
    """Return the key of a message about an answer; turns count from 1."""
    return f"{KEYS}{question}:{turn}"


def ruled_key(question: int, role: DeciderRole) -> str:
    """Return the key of the message that tells a participant about a ruling."""
    return f"{KEYS}{question}:{role}"


def go_private(tx: Tx, question: int, at: datetime, feature: Feature | None = None) -> bool:
    """Go on with a question in direct messages.

    Return False if the participant's Slack account isn't linked to their GitHub account. Then nothing
    changes. With a ``feature``, the question is its unprompted message; without one, they have asked for it.
    """
    context = load_context(tx, question)
    person = find_reachable_participant(tx, context) if context else None
    if context is None or person is None:
        return False
    if context.is_private:
        return True
    conversation = context.conversation
    if conversation is None:
        conversation = tx.conversations.open(question, at, private=True)
    else:
        state = conversation.state
        if state is ConversationState.CLOSED and not context.is_over:
            state = ConversationState.WAITING  # they deleted all their answers, and it is asked again
        tx.conversations.save(replace(conversation, private=True, state=state), at)
    tx.questions.mark_asked(question, at, inline=context.question.inline)
    if feature is None:
        send_message(tx, question_key(question), QUESTION, {"question": question}, at)
    else:
        send_unprompted(tx, feature, question_key(question), QUESTION, {"question": question}, at)
    _hide_draft(tx, conversation, at)
    refresh_home(tx, person, at)
    return True


def _hide_draft(tx: Tx, conversation: Conversation, at: datetime) -> None:
    """Go on in private with a draft that was already shown in a thread."""
    draft = tx.decisions.find(conversation.decision) if conversation.decision else None
    if draft is not None and draft.state is DecisionState.DRAFT:
        tx.decisions.hide(draft.id, at)
        about = {"question": conversation.question, "turn": conversation.turn}
        send_message(tx, turn_key(conversation.question, conversation.turn), TURN, about, at)


def refresh_talk(tx: Tx, question: int, at: datetime) -> None:
    """Rewrite the private messages about a question, because what they show or offer has changed."""
    conversation = tx.conversations.by_question(question)
    if conversation is None or not conversation.private:
        return
    messages = [
        (question_key(question), QUESTION, {"question": question}),
        *(
            (turn_key(question, turn), TURN, {"question": question, "turn": turn})
            for turn in range(1, conversation.turn + 1)
        ),
        *(
            (ruled_key(question, role), RULED, {"question": question, **name_role(role)})
            for role in DeciderRole
        ),
    ]
    for key, kind, about in messages:
        if tx.effects.find(f"message:{key}")[0]:  # one that isn't sent yet will show the rows as they are
            rewrite_message(tx, key, kind, about, at)
