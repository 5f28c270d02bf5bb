"""Asks a sensei to rule on a disputed question, in their working hours, and shows the ruling to both."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.articulation.conversations import ConversationState
from bot.domain.decisions.records import DecisionState
from bot.domain.dojo.working_moments import next_working_moment
from bot.domain.pull_requests.records import QuestionState
from bot.ports.engine import Json
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.rendering.articulation import slack_disputes
from bot.rendering.articulation.slack_questions import ShownContext
from bot.workflows.articulation.hearing import hear_unheard
from bot.workflows.articulation.private_talks import RULED, refresh_talk, ruled_key
from bot.workflows.articulation.question_contexts import (
    QuestionContext,
    find_hours,
    find_name,
    find_reachable_participant,
    find_sensei_on_duty,
    list_words,
    load_context,
)
from bot.workflows.chat.actors import Clock
from bot.workflows.chat.features import AddressedMessage, Words
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import rewrite_message, send_message

DISPUTE = "articulation.dispute"
"""The kind of message that asks a sensei to rule."""


def ask_sensei(tx: Tx, question: int, at: datetime) -> None:
    """Ask the sensei, or today's deputy, to rule on a disputed question, when they next work."""
    context = load_context(tx, question)
    sensei = find_sensei_on_duty(tx, context, at) if context else None
    if context is None or sensei is None:
        return
    due = next_working_moment(find_hours(tx, sensei.person, context.capstone.cohort), at)
    send_message(tx, _key(question), DISPUTE, {"question": question}, due)
    refresh_home(tx, sensei.person, at)


def show_ruling(tx: Tx, question: int, at: datetime) -> None:
    """Show a ruling in every Slack message about the question, and close a withdrawn question's talk."""
    context = load_context(tx, question)
    if context is None:
        return
    if context.question.state is QuestionState.WITHDRAWN:
        _close_conversation(tx, context, at)
    else:
        hear_unheard(tx, question, at)
    rewrite_message(tx, _key(question), DISPUTE, {"question": question}, at)
    refresh_talk(tx, question, at)
    sensei = find_sensei_on_duty(tx, context, at)
    for person in (context.participant, sensei.person if sensei else None):
        if person:
            refresh_home(tx, person, at)


def tell_participant(tx: Tx, question: int, at: datetime, *, by_deputy: bool) -> bool:
    """Tell a participant about a ruling in a direct message. Return False if I can't reach them."""
    context = load_context(tx, question)
    if context is None or find_reachable_participant(tx, context) is None:
        return False
    about = {"question": question, "deputy": by_deputy}
    send_message(tx, ruled_key(question, by_deputy=by_deputy), RULED, about, at)
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
    closed = replace(conversation, state=ConversationState.CLOSED)
    if has_draft and not conversation.private:  # its comment says that it was withdrawn
        closed = replace(closed, turn=closed.turn + 1)
        repository, number = context.capstone.repository, context.pull_request.number
        identity = f"say:{repository}#{number}:{conversation.question}.{closed.turn}"
        about = {"question": conversation.question, "turn": closed.turn}
        tx.jobs.add(Job(identity, "say", about, at))
    tx.conversations.save(closed, at)


def _key(question: int) -> str:
    return f"{DISPUTE}:{question}"


@dataclass(frozen=True)
class DisputeMessages:
    """Writes the messages about disputes. ``web`` is the code host's web address."""

    web: str
    now: Clock

    def words(self) -> dict[str, Words]:
        """Return the writers by kind of message."""
        return {DISPUTE: self.write_dispute, RULED: self.write_ruled}

    def write_dispute(self, tx: Tx, about: Json) -> AddressedMessage | None:
        """Ask the sensei on duty to rule, or show that nobody needs to any more."""
        context = load_context(tx, about["question"])
        sensei = find_sensei_on_duty(tx, context, self.now()) if context else None
        if context is None or sensei is None:
            return None
        question, name = context.question, find_name(tx, context.participant)
        if question.state is QuestionState.DISPUTED:
            message = slack_disputes.dispute_message(self._gather(tx, context, name))
        elif tx.effects.find(f"message:{_key(question.id)}")[1] is None:
            return None  # settled before it was sent
        else:
            message = slack_disputes.settled_message(self._show(context), name, question.ruling)
        return AddressedMessage((sensei.person,), message)

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
        role = "deputy" if about["deputy"] else "sensei"
        conversation = context.conversation
        waits = conversation is not None and conversation.private
        open_ = waits and context.question.state is QuestionState.ASKED
        message = slack_disputes.ruled_message(
            self._show(context), context.question.ruling, role, answerable=open_
        )
        return AddressedMessage((context.participant,), message)

    def _show(self, context: QuestionContext) -> ShownContext:
        return ShownContext(context.question, context.pull_request, context.capstone, self.web)
