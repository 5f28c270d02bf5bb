"""Writes the messages about hand-overs from current rows."""

from dataclasses import dataclass

from bot.domain.enquiries.records import Addressee, Enquiry, Handover, HandoverState, Place
from bot.ports.chat import OutgoingMessage, PostedMessage
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.enquiries import slack_handovers as rendering
from bot.rendering.enquiries.slack_handovers import ShownHandover
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.enquiries.handover_contexts import (
    HandoverContext,
    Reader,
    find_own_sensei,
    find_reader,
    load_handover,
)
from bot.workflows.enquiries.handovers import (
    ANSWERED,
    HANDOVER,
    NOBODY,
    NOTE,
    card_key,
    may_answer,
    to_milliseconds,
)


@dataclass(frozen=True)
class HandoverMessages:
    """Writes the message to the person asked, and those to the asker."""

    now: Clock

    def words(self) -> dict[str, Words]:
        """Return the writers by kind of message."""
        return {
            HANDOVER: self.write_card,
            NOTE: self.write_note,
            ANSWERED: write_answer,
            NOBODY: self.write_nobody,
        }

    def write_card(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Bring the question to its reader while they may answer, or show what became of it."""
        context, reader = load_handover(tx, about["handover"]), about["reader"]
        was_sent = tx.effects.find(f"message:{card_key(about)}")[1] is not None
        if context is None:
            return AddressedMessage((reader,), rendering.forgotten_card()) if was_sent else None
        on_duty = find_reader(tx, context, self.now())
        is_waiting = context.handover.state is HandoverState.WAITING
        if not was_sent and not (is_waiting and on_duty is not None and on_duty.person == reader):
            return None
        return AddressedMessage((reader,), self._show_card(tx, context, reader, on_duty))

    def _show_card(
        self, tx: Tx, context: HandoverContext, reader: str, on_duty: Reader | None
    ) -> OutgoingMessage:
        handover, asker = context.handover, context.asker.name
        if handover.state is HandoverState.WITHDRAWN:
            return rendering.withdrawn_card(asker)
        if handover.state is HandoverState.ANSWERED:
            if handover.answered_by != reader:
                return rendering.settled_card(asker, find_name(tx, handover.answered_by or None))
            return rendering.handover_card(_show(context))
        if not may_answer(tx, context, reader, self.now()):
            return rendering.moved_card(asker, find_name(tx, on_duty.person) if on_duty else None)
        if on_duty is not None and on_duty.person != reader:
            return rendering.handover_card(_show(context, deputy=find_name(tx, on_duty.person)))
        sensei = find_own_sensei(tx, context.asker)
        stands_in = on_duty is not None and on_duty.is_deputy and sensei is not None
        return rendering.handover_card(
            _show(context, standing_in_for=find_name(tx, sensei) if stands_in else "")
        )

    def write_note(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Show the asker who has their question, or what became of it."""
        context = load_handover(tx, about["handover"])
        if context is None:
            return None
        handover = context.handover
        if handover.state is HandoverState.WITHDRAWN:
            message = rendering.withdrawn_note()
        elif handover.state is HandoverState.ANSWERED:
            message = rendering.answered_note(find_name(tx, handover.answered_by or None))
        elif (reader := find_reader(tx, context, self.now())) is None:
            message = rendering.unread_note(handover.id, is_chosen=_is_chosen(handover))
        else:
            message = rendering.waiting_note(handover.id, find_name(tx, reader.person))
        return tell_asker(context, message)

    def write_nobody(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell the asker that nobody can answer, unless somebody can by now."""
        context = load_handover(tx, about["handover"])
        if context is None or context.handover.state is not HandoverState.WAITING:
            return None
        if find_reader(tx, context, self.now()) is not None:
            return None
        was = find_name(tx, about["was"]) if about["was"] else ""
        return tell_asker(context, rendering.nobody_message(was, is_chosen=_is_chosen(context.handover)))


def write_answer(tx: Tx, about: Json) -> AddressedMessage | None:
    """Show the asker what a person answered, or that they deleted it."""
    context = load_handover(tx, about["handover"])
    if context is None:
        return None
    handover = context.handover
    is_current = handover.answered_at is not None and to_milliseconds(handover.answered_at) == about["stamp"]
    answerer = find_name(tx, handover.answered_by) if handover.answered_by else ""
    paragraphs = [words for words in handover.paragraphs if words]
    if not is_current or not paragraphs:
        return tell_asker(context, rendering.retracted_message(answerer if is_current else ""))
    message = rendering.answer_message(
        handover.id,
        answerer or "Someone",
        paragraphs,
        handover.feedback,
        is_in_thread=context.enquiry.place is not Place.CHANNEL,
    )
    return tell_asker(context, message)


def tell_asker(context: HandoverContext, message: OutgoingMessage) -> AddressedMessage:
    """Return a message to the asker of a hand-over."""
    return tell_in_thread(context.enquiry, context.asker.person, message)


def tell_in_thread(enquiry: Enquiry, asker: str, message: OutgoingMessage) -> AddressedMessage:
    """Return a message to an asker: in their thread or, if others can read that, in their direct messages."""
    is_private = enquiry.place is not Place.CHANNEL
    thread = PostedMessage(enquiry.channel, enquiry.thread) if is_private else None
    return AddressedMessage((asker,), message, thread=thread)


def _is_chosen(handover: Handover) -> bool:
    return handover.addressee is Addressee.PERSON


def _show(context: HandoverContext, deputy: str = "", standing_in_for: str = "") -> ShownHandover:
    handover = context.handover
    return ShownHandover(
        handover.id,
        context.asker.name,
        handover.summary,
        deputy,
        standing_in_for,
        [words for words in handover.paragraphs if words],
        handover.feedback,
    )
