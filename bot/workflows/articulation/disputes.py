"""Asks a sensei to rule on a disputed question, in their working hours, and shows the ruling to both.

Each person who is on duty while the question waits gets one message about it. Once somebody else is on duty,
it says who decides now.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.articulation.conversations import ConversationState
from bot.domain.decisions.records import DecisionState
from bot.domain.dojo.working_moments import next_working_moment
from bot.domain.pull_requests.records import QuestionState
from bot.domain.pull_requests.rulings import DeciderRole, name_role, role_in
from bot.ports.chat import OutgoingMessage
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.articulation import slack_disputes
from bot.rendering.articulation.slack_questions import ShownContext
from bot.workflows.articulation.hearing import hear_unheard
from bot.workflows.articulation.private_talks import RULED, refresh_talk, ruled_key
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    SenseiOnDuty,
    find_name,
    find_reachable_participant,
    find_sensei,
    find_sensei_on_duty,
    list_words,
    load_context,
    name_place,
)
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import is_on_its_way, rewrite_message, send_message
from bot.workflows.chat.working_hours import find_hours

DISPUTE = "articulation.dispute"
"""The kind of message that asks a sensei to rule."""


def ask_sensei(tx: Tx, question: int, at: datetime) -> None:
    """Ask the sensei, or today's deputy, to rule on a disputed question, when they next work.

    Whoever has been asked already, or can't be reached in the chat, is not asked.
    """
    reader = find_unasked(tx, question, at)
    context = load_context(tx, question)
    if reader is None or context is None:
        return
    due = next_working_moment(find_hours(tx, reader, context.capstone.cohort), at)
    stamp = int(at.timestamp() * 1000)
    about = {"question": question, "reader": reader, "stamp": stamp}
    send_message(tx, f"{_keys(question)}{reader}:{stamp}", DISPUTE, about, due)
    rewrite_cards(tx, question, at)
    refresh_home(tx, reader, at)


def find_unasked(tx: Tx, question: int, at: datetime) -> str | None:
    """Return who must be asked to rule on a question: whoever is on duty, unless they have been."""
    context = load_context(tx, question)
    if context is None or context.question.state is not QuestionState.DISPUTED:
        return None
    on_duty = find_sensei_on_duty(tx, context, at)
    if on_duty is None or chat_address(tx, on_duty.person) is None:
        return None
    return None if is_on_its_way(tx, f"{_keys(question)}{on_duty.person}:", at) else on_duty.person


def rewrite_cards(tx: Tx, question: int, at: datetime) -> None:
    """Write every message again that asks, or once asked, somebody to rule on a question."""
    prefix = f"message:{_keys(question)}"
    for effect in tx.effects.find_by_prefix(prefix):
        reader, _, stamp = effect.removeprefix(prefix).partition(":")
        about = {"question": question, "reader": reader, "stamp": int(stamp)}
        rewrite_message(tx, effect.removeprefix("message:"), DISPUTE, about, at)


def show_ruling(tx: Tx, question: int, at: datetime) -> None:
    """Show a ruling in every Slack message about the question, and close a withdrawn question's talk."""
    context = load_context(tx, question)
    if context is None:
        return
    if context.question.state is QuestionState.WITHDRAWN:
        _close_conversation(tx, context, at)
    else:
        hear_unheard(tx, question, at)
    rewrite_cards(tx, question, at)
    refresh_talk(tx, question, at)
    on_duty = find_sensei_on_duty(tx, context, at)
    shown_to = (context.participant, find_sensei(tx, context), on_duty.person if on_duty else None)
    for person in dict.fromkeys(shown_to):
        if person:
            refresh_home(tx, person, at)


def tell_participant(tx: Tx, question: int, at: datetime, role: DeciderRole) -> bool:
    """Tell a participant about a ruling in a direct message. Return False if I can't reach them."""
    context = load_context(tx, question)
    if context is None or find_reachable_participant(tx, context) is None:
        return False
    about = {"question": question, **name_role(role)}
    send_message(tx, ruled_key(question, role), RULED, about, at)
    return True


def _close_conversation(tx: Tx, context: QuestionContext, at: datetime) -> None:
    """Close the conversation about a withdrawn question, with its draft and what it says in the ledger."""
    conversation = context.conversation
    if conversation is None or conversation.state in {ConversationState.RECORDED, ConversationState.CLOSED}:
        return
    tx.statements.withdraw("thread", conversation.question)
    draft = tx.decisions.find(conversation.decision) if conversation.decision else None
    has_draft = draft is not None and draft.state is DecisionState.DRAFT
    if draft is not None and has_draft:
        tx.decisions.set_state(draft.id, DecisionState.WITHDRAWN, at)
    # The ruling withdrew the draft; the participant didn't.
    closed = replace(conversation, state=ConversationState.CLOSED, decision=None)
    if has_draft and not conversation.private:  # its comment says that it was withdrawn
        closed = replace(closed, turn=closed.turn + 1)
        place = name_place(context.capstone, context.pull_request)
        identity = f"say:{place}:{conversation.question}.{closed.turn}"
        about = {"question": conversation.question, "turn": closed.turn}
        tx.jobs.add(Job(identity, "say", about, at))
    tx.conversations.save(closed, at)


def _keys(question: int) -> str:
    """Return how the keys of the messages about a question begin; the reader and the time follow."""
    return f"{DISPUTE}:{question}:"


@dataclass(frozen=True)
class DisputeMessages:
    """Writes the messages about disputes. ``web`` is the code host's web address."""

    web: str
    now: Clock

    def words(self) -> dict[str, Words]:
        """Return the writers by kind of message."""
        return {DISPUTE: self.write_dispute, RULED: self.write_ruled}

    def write_dispute(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Ask the reader to rule while they are on duty, or show who does, or that nobody needs to."""
        context, reader = load_context(tx, about["question"]), about["reader"]
        if context is None:
            return None
        question, name = context.question, find_name(tx, context.participant)
        on_duty = find_sensei_on_duty(tx, context, self.now())
        is_on_duty = on_duty is not None and on_duty.person == reader
        key = f"message:{_keys(question.id)}{reader}:{about['stamp']}"
        if question.state is QuestionState.DISPUTED and is_on_duty:
            message = slack_disputes.dispute_message(self._gather(tx, context, name))
        elif tx.effects.find(key)[1] is None:
            return None  # settled, or somebody else's, before it was sent
        elif is_on_duty or reader == find_sensei(tx, context):
            message = self._show_to_sensei(tx, context, name, on_duty)
        else:
            decider = find_name(tx, on_duty.person) if on_duty else None
            message = slack_disputes.moved_message(self._show(context), decider)
        return AddressedMessage((reader,), message)

    def _show_to_sensei(
        self, tx: Tx, context: QuestionContext, name: str, on_duty: SenseiOnDuty | None
    ) -> OutgoingMessage:
        """Show a sensei who isn't on duty the ruling, or that their deputy can decide as they can."""
        if context.question.state is not QuestionState.DISPUTED:
            return slack_disputes.settled_message(self._show(context), name, context.question.ruling)
        deputy = find_name(tx, on_duty.person) if on_duty else ""
        return slack_disputes.dispute_message(self._gather(tx, context, name), deputy)

    def _gather(self, tx: Tx, context: QuestionContext, name: str) -> slack_disputes.ShownDispute:
        question = context.question.id
        if context.conversation is not None and context.conversation.private:
            reason, words = tx.conversations.dispute_reason(context.conversation.id), list_words(tx, context)
        else:
            reasons = (reason for *_, asked, reason in tx.questions.list_disputed() if asked.id == question)
            reason, words = next(reasons, ""), []
        return slack_disputes.ShownDispute(
            self._show(context), name, reason, words, private=context.is_private
        )

    def write_ruled(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Tell the participant what was decided."""
        context = load_context(tx, about["question"])
        if context is None or context.participant is None or context.question.ruling is None:
            return None
        role, conversation = role_in(about), context.conversation
        waits = conversation is not None and conversation.private
        open_ = waits and context.question.state is QuestionState.ASKED
        message = slack_disputes.ruled_message(
            self._show(context), context.question.ruling, role, answerable=open_
        )
        return AddressedMessage((context.participant,), message)

    def _show(self, context: QuestionContext) -> ShownContext:
        return ShownContext(context.question, context.pull_request, context.capstone, self.web)
