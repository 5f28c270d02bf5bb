"""Answers in private, from the form that a button opens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.chat.events import Acted, Submission
from bot.domain.pull_requests.records import QuestionState
from bot.domain.text.numbers import parse_number
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.articulation import slack_turns
from bot.rendering.articulation.slack_questions import MOST_OF_AN_ANSWER, TEXT, answer_form
from bot.workflows.articulation.hearing import hear_answer
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.articulation.question_contexts import QuestionContext, find_sensei, load_context
from bot.workflows.chat.actors import Actor, Clock, refusal
from bot.workflows.chat.home_refresh import refresh_home

OnAnswered = Callable[[Tx, int, datetime], None]
"""Called with a question, in the transaction that stores an answer to it in private."""
_ANSWERABLE = (QuestionState.ASKED, QuestionState.DEFERRED)


def open_answer(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    """Ask a participant for their answer."""
    context, conversation = require_own_talk(tx, actor, argument)
    _require_open(context)
    is_follow_up = conversation.state is ConversationState.PROBED
    return answer_form(
        context.question,
        conversation.probe if is_follow_up else "",
        has_sensei=find_sensei(tx, context) is not None,
    )


def check_text(_tx: Tx, _actor: Actor, sent: Submission, _clock: Clock) -> Mapping[str, str]:
    """Return an error for the field if it is empty or too long. What was typed stays in the form."""
    text = sent.text(TEXT)
    if not text:
        return {TEXT: "Please write something. “I don't know yet” is a good answer too."}
    if len(text) > MOST_OF_AN_ANSWER:
        return {TEXT: f"Please shorten this to {MOST_OF_AN_ANSWER:,} characters; it has {len(text):,}."}
    return {}


def check_answer(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Return an error for the field if the answer can't be saved."""
    context, _ = require_own_talk(tx, actor, sent.metadata)
    try:
        _require_open(context)
    except UserError as error:  # in place of the form, it would lose what was typed
        return {TEXT: f"{error.what} {error.remedy}".strip()}
    return check_text(tx, actor, sent, clock)


@dataclass(frozen=True)
class PrivateAnswers:
    """Stores answers from the form. ``on_answered`` tells another feature, if there is one."""

    on_answered: OnAnswered | None = None

    def save(self, tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
        """Store an answer from the form."""
        if not isinstance(acted, Submission):
            return
        context, conversation = require_own_talk(tx, actor, acted.metadata)
        _require_open(context)
        text, author = acted.text(TEXT)[:MOST_OF_AN_ANSWER], actor.person or ""
        if tx.conversations.add_private_message(conversation.id, author, text, acted.view, clock()):
            note_answer(tx, context, clock(), self.on_answered)


def require_own_talk(tx: Tx, actor: Actor, argument: str) -> tuple[QuestionContext, Conversation]:
    """Return the context of a participant's own private question.

    Raises:
        UserError: it isn't theirs, or isn't private. The error doesn't reveal which.
    """
    context = load_context(tx, parse_number(argument) or 0)
    if context is None or context.conversation is None or not context.conversation.private:
        raise refusal(actor)
    if actor.person is None or context.participant != actor.person:
        raise refusal(actor)
    return context, context.conversation


def _require_open(context: QuestionContext) -> None:
    if context.conversation is None or not context.is_over:
        return
    if context.conversation.state is ConversationState.RECORDED:
        raise UserError(
            "This decision is already recorded, so I haven't saved another answer.", slack_turns.NOT_REOPENED
        )
    raise UserError("This question is no longer open, so I haven't saved your answer.")


def note_answer(
    tx: Tx, context: QuestionContext, at: datetime, on_answered: OnAnswered | None = None
) -> None:
    """Let a stored answer be heard, and show that it was saved."""
    question = context.question
    if question.state in _ANSWERABLE:
        tx.questions.set_state(question.id, QuestionState.ANSWERED, at)
    if question.state is not QuestionState.DISPUTED:  # then it is heard once a sensei lets the question stand
        hear_answer(tx, question.id, at)
    if on_answered is not None:
        on_answered(tx, question.id, at)
    refresh_talk(tx, question.id, at)
    if context.participant:
        refresh_home(tx, context.participant, at)
