"""Answers in private, from replies in the threads of Sensei's own messages, edited and deleted too."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.articulation.conversations import Conversation
from bot.domain.chat.events import ReplyChange, ThreadReply
from bot.domain.text.numbers import parse_number
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.articulation import slack_turns
from bot.rendering.articulation.slack_questions import MOST_OF_AN_ANSWER
from bot.workflows.articulation.hearing import hear_answer
from bot.workflows.articulation.private_answers import OnAnswered, note_answer
from bot.workflows.articulation.private_talks import KEYS, refresh_talk
from bot.workflows.articulation.question_contexts import QuestionContext, load_context
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Kept
from bot.workflows.chat.outbox import send_message

UNKEPT = "articulation.unkept"
"""The kind of message that says what of a reply was not kept."""
_BETWEEN_NOTICES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Talk:
    """The private conversation to which a reply belongs, and its author."""

    context: QuestionContext
    conversation: Conversation
    person: str


@dataclass(frozen=True)
class PrivateReplies:
    """Keeps replies to Sensei's own messages about a question, if their author is its participant.

    ``on_answered`` tells another feature of each answer, if there is one.
    """

    on_answered: OnAnswered | None = None

    def keep(self, tx: Tx, reply: ThreadReply) -> Kept:
        """Return what may be stored of a reply: its text only if it can still be an answer."""
        talk = _find_talk(tx, reply)
        if talk is None:
            return Kept.NOTHING
        is_answer = not talk.context.is_over and reply.change is not ReplyChange.DELETED
        return Kept.TEXT if is_answer else Kept.REFERENCE

    def hear(self, tx: Tx, reply: ThreadReply, clock: Clock) -> bool:
        """Store, change or delete an answer. Return False if the reply is about no question."""
        talk = _find_talk(tx, reply)
        if talk is None:
            return False
        if reply.change is ReplyChange.DELETED:
            _delete(tx, talk, reply, clock())
        elif talk.context.is_over:
            _say_unkept(tx, talk, talk.conversation.state, clock())
        elif text := reply.text.strip():
            _store(tx, talk, reply, text, clock(), self.on_answered)
        else:
            _say_unkept(tx, talk, "empty", clock())
        return True


def _find_talk(tx: Tx, reply: ThreadReply) -> _Talk | None:
    key = tx.effects.find_key(f"message:{KEYS}", f"{reply.channel} {reply.thread}")
    number = parse_number(key.split(":")[2]) if key else None
    context = load_context(tx, number) if number else None
    person = tx.members.by_chat(reply.team, reply.user)
    if context is None or person is None or context.participant != person:
        return None
    conversation = context.conversation
    return _Talk(context, conversation, person) if conversation and conversation.private else None


def _store(  # noqa: PLR0913, PLR0917 - what was said, when, and who is told
    tx: Tx, talk: _Talk, reply: ThreadReply, text: str, at: datetime, on_answered: OnAnswered | None
) -> None:
    """Store a reply. An edit may arrive before the message itself, and a message after its deletion."""
    kept = text[:MOST_OF_AN_ANSWER]
    edited = reply.change is ReplyChange.EDITED and (
        tx.conversations.edit_private_message(reply.reference, kept) is not None
    )
    if edited or tx.conversations.add_private_message(
        talk.conversation.id, talk.person, kept, reply.reference, at
    ):
        note_answer(tx, talk.context, at, on_answered)
        if kept != text:
            _say_unkept(tx, talk, "cut", at)


def _delete(tx: Tx, talk: _Talk, reply: ThreadReply, at: datetime) -> None:
    # A message that isn't known may still arrive, so a row without a text is stored for it.
    is_unknown = tx.conversations.add_private_message(
        talk.conversation.id, talk.person, "", reply.reference, at
    )
    deleted = tx.conversations.delete_private_message(reply.reference, at)
    if not is_unknown and deleted is not None and not talk.context.is_over:
        hear_answer(tx, talk.context.question.id, at)
        refresh_talk(tx, talk.context.question.id, at)


def _say_unkept(tx: Tx, talk: _Talk, why: str, at: datetime) -> None:
    """Say what was not kept. Of several replies in a row, only a cut one is worth a notice each time."""
    question = talk.context.question.id
    prefix = f"{UNKEPT}:{question}:{why}:"
    jobs = f"message:{prefix}"
    if why != "cut" and (
        tx.jobs.list_waiting(jobs) or tx.jobs.begin_times_since(jobs, at - _BETWEEN_NOTICES)
    ):
        return
    about = {"question": question, "why": why}
    send_message(tx, f"{prefix}{int(at.timestamp() * 1000)}", UNKEPT, about, at)


def write_unkept(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant what of their reply was not kept."""
    context = load_context(tx, about["question"])
    if context is None or context.participant is None:
        return None
    return AddressedMessage((context.participant,), slack_turns.unkept_message(about["why"]))
