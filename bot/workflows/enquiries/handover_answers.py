"""What a person answers to an enquiry: from the form, or in the thread of the message that brought it."""

from collections.abc import Mapping
from datetime import datetime

from bot.domain.chat.events import Acted, ReplyChange, Submission, ThreadReply
from bot.domain.enquiries.records import Feedback, Handover, HandoverState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.enquiries import slack_forms as rendering
from bot.rendering.enquiries import slack_handovers
from bot.rendering.enquiries.slack_forms import MOST_OF_AN_ANSWER
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.features import AddressedMessage, Kept
from bot.workflows.chat.outbox import send_message
from bot.workflows.enquiries.handover_contexts import HandoverContext, load_handover
from bot.workflows.enquiries.handover_forms import refuse_button, require_own_handover
from bot.workflows.enquiries.handovers import (
    HANDOVER,
    may_answer,
    refresh_answer,
    refresh_messages,
    send_answer,
    to_milliseconds,
)

UNKEPT = "enquiries.unkept"
"""The kind of message that says what of a reply was not passed on."""
_MOST_REPLIES, _MOST_OF_THEM = 10, 6000
"""After so many replies, or characters of them, no more fit into a message."""
_FORM = "form"
"""How the references of answers from the form begin."""


def open_form(tx: Tx, actor: Actor, argument: str, clock: Clock) -> View:
    """Ask a person for their answer, below the summary."""
    context = _require_answerer(tx, actor, argument, clock())
    return rendering.answer_form(context.handover.id, context.asker.name, context.handover.summary)


def check_form(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Return an error for the field if the answer can't be passed on. What was typed stays in the form."""
    try:
        _require_answerer(tx, actor, sent.metadata, clock())
    except UserError as error:
        return {rendering.TEXT: f"{error.what} {error.remedy}".strip()}
    if not any(character.isalnum() for character in sent.text(rendering.TEXT)):
        return {rendering.TEXT: "Please write an answer."}
    return {}


def save(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Pass an answer on."""
    if not isinstance(acted, Submission):
        return
    context = _require_answerer(tx, actor, acted.metadata, clock())
    text = acted.text(rendering.TEXT)[:MOST_OF_AN_ANSWER]
    _add_reply(tx, context, actor.person or "", f"{_FORM} {acted.view}", text, clock())


def rate_helped(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Store that an answer helped."""
    _rate(tx, actor, acted, Feedback.HELPFUL, clock)


def rate_not_helped(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Store that an answer hasn't helped yet."""
    _rate(tx, actor, acted, Feedback.NOT_HELPFUL, clock)


def _rate(tx: Tx, actor: Actor, acted: Acted, feedback: Feedback, clock: Clock) -> None:
    context = require_own_handover(tx, actor, acted)
    if context.handover.state is not HandoverState.ANSWERED:
        raise UserError("This answer was deleted, so I haven't saved what you said about it.")
    tx.handovers.rate(context.handover.id, feedback)
    refresh_messages(tx, context.handover.id, clock())


def _require_answerer(tx: Tx, actor: Actor, argument: str, at: datetime) -> HandoverContext:
    """Return a hand-over that the actor may answer.

    Raises:
        UserError: they may not, or it no longer waits for an answer.
    """
    context = load_handover(tx, parse_number(argument) or 0)
    if context is None or actor.person is None:
        raise refuse_button(actor)
    if not _may_reply(tx, context, actor.person, at):
        if not may_answer(tx, context, actor.person, at):
            raise refuse_button(actor)
        if context.handover.state is HandoverState.WITHDRAWN:
            raise UserError("This question no longer needs an answer, so I haven't passed anything on.")
        raise UserError(
            "This question has been answered already, so I haven't passed anything on.",
            "Please write to the person directly.",
        )
    return context


def _may_reply(tx: Tx, context: HandoverContext, person: str, at: datetime) -> bool:
    """Return whether a person may answer, or add to their own answer."""
    handover = context.handover
    if not may_answer(tx, context, person, at):
        return False
    if handover.state is HandoverState.ANSWERED:
        return handover.answered_by == person and not _is_full(handover)
    return handover.state is HandoverState.WAITING


def _is_full(handover: Handover) -> bool:
    return len(handover.replies) >= _MOST_REPLIES or len(handover.answer) >= _MOST_OF_THEM


def _add_reply(  # noqa: PLR0913, PLR0917 - a reply, and where it belongs
    tx: Tx, context: HandoverContext, person: str, reference: str, text: str, at: datetime
) -> None:
    """Pass a reply on: in a message of its own, or added to the answer that the asker has already."""
    is_first = context.handover.state is HandoverState.WAITING
    tx.handovers.add_reply(context.handover.id, person, reference, text, at)
    if is_first:
        send_answer(tx, context.handover.id, at)
    else:
        refresh_messages(tx, context.handover.id, at)


class HandoverReplies:
    """Keeps a person's replies in the thread of the message that brought them a question."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def keep(self, tx: Tx, reply: ThreadReply) -> Kept:
        """Return what may be stored of a reply: its text only if it can be passed on."""
        found = _find_thread(tx, reply)
        if found is None:
            return Kept.NOTHING
        context, person = found
        if context is None or reply.change is ReplyChange.DELETED:
            return Kept.REFERENCE
        is_known = _is_known(context, reply)
        may = is_known or _may_reply(tx, context, person, self._clock())
        return Kept.TEXT if may else Kept.REFERENCE

    def hear(self, tx: Tx, reply: ThreadReply, clock: Clock) -> bool:
        """Pass a reply on, change it, or delete it. Return False if it isn't in such a thread."""
        found = _find_thread(tx, reply)
        if found is None:
            return False
        context, person = found
        if context is not None:
            _hear(tx, context, person, reply, clock())
        return True


def _hear(tx: Tx, context: HandoverContext, person: str, reply: ThreadReply, at: datetime) -> None:
    text, is_deleted = reply.text.strip(), reply.change is ReplyChange.DELETED
    if is_deleted or (reply.change is ReplyChange.EDITED and _is_known(context, reply)):
        _change(tx, context, reply, "" if is_deleted else text[:MOST_OF_AN_ANSWER], at)
    elif _is_known(context, reply):
        return  # an edit of it, or its deletion, came first
    elif not _may_reply(tx, context, person, at):
        is_full = context.handover.answered_by == person and _is_full(context.handover)
        _say_unkept(tx, context, person, "many" if is_full else "over", at)
    elif not text:
        _say_unkept(tx, context, person, "empty", at)
    else:
        _add_reply(tx, context, person, reply.reference, text[:MOST_OF_AN_ANSWER], at)
    if len(text) > MOST_OF_AN_ANSWER and not is_deleted:
        _say_unkept(tx, context, person, "cut", at)


def _change(tx: Tx, context: HandoverContext, reply: ThreadReply, text: str, at: datetime) -> None:
    """Change or delete what was passed on. A reply that isn't known may still arrive, and is deleted then."""
    handover = context.handover
    tx.handovers.change_reply(handover.id, reply.reference, text)
    if handover.answered_at is not None:
        refresh_answer(tx, context, handover.answered_at, at)
    refresh_messages(tx, handover.id, at)


def _is_known(context: HandoverContext, reply: ThreadReply) -> bool:
    return any(known.reference == reply.reference for known in context.handover.replies)


def _find_thread(tx: Tx, reply: ThreadReply) -> tuple[HandoverContext | None, str] | None:
    """Return the hand-over in whose message's thread a reply is, if its author is whom that is for.

    The hand-over is None if it was deleted since.
    """
    prefix = f"message:{HANDOVER}:"
    key = tx.effects.find_key(prefix, f"{reply.channel} {reply.thread}")
    if key is None:
        return None
    _, handover, reader, _ = key.removeprefix(prefix).split(":")
    person = tx.members.by_chat(reply.team, reply.user)
    return (load_handover(tx, int(handover)), reader) if person == reader else None


def _say_unkept(tx: Tx, context: HandoverContext, person: str, why: str, at: datetime) -> None:
    enrolment, handover = context.asker.enrolment, context.handover.id
    about = {"enrolment": enrolment, "handover": handover, "reader": person, "why": why}
    key = f"{UNKEPT}:{enrolment}:{handover}:{why}:{to_milliseconds(at)}"
    send_message(tx, key, UNKEPT, about, at)


def write_unkept(_tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell somebody what of their reply was not passed on."""
    return AddressedMessage((about["reader"],), slack_handovers.unkept_message(about["why"]))
