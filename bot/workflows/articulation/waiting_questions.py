"""The private questions that wait for a participant, for their App Home."""

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.articulation.waiting_questions import WaitingQuestion
from bot.domain.pull_requests.records import QuestionState
from bot.ports.store import Tx

_THEIR_TURN = (ConversationState.WAITING, ConversationState.PROBED, ConversationState.CLOSED)
_SETTLED = (
    QuestionState.DISPUTED,
    QuestionState.WITHDRAWN,
    QuestionState.RESOLVED,
    QuestionState.DEFERRED,  # they put it off, or skipped the check-in that asked it
)


def list_waiting_questions(tx: Tx, person: str) -> tuple[WaitingQuestion, ...]:
    """List the private questions to which a participant has not replied, the oldest first."""
    found = []
    for conversation in tx.conversations.private_of(person):
        question = tx.questions.get(conversation.question)
        if question is None or question.state in _SETTLED or not is_their_turn(tx, conversation):
            continue
        text = conversation.probe if conversation.state is ConversationState.PROBED else question.text
        found.append(WaitingQuestion(question.id, text or question.text))
    return tuple(found)


def is_their_turn(tx: Tx, conversation: Conversation) -> bool:
    """Return whether a private conversation waits for the participant, and not for Sensei to hear them."""
    return conversation.state in _THEIR_TURN and not has_unheard_words(tx, conversation)


def has_unheard_words(tx: Tx, conversation: Conversation, account: int = 0) -> bool:
    """Return whether a participant has written since Sensei last considered their messages.

    ``account`` is theirs at the host; without it, only what they wrote in private counts.
    """
    heard_at = conversation.heard_at
    return any(
        heard_at is None or message.at > heard_at
        for message in tx.conversations.messages(conversation.id, account)
    )
