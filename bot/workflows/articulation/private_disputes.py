"""Disputes in private: a participant says that a question is wrong, from the button below it."""

from collections.abc import Mapping

from bot.domain.articulation.conversations import DISPUTE, Conversation
from bot.domain.chat.events import Acted, Submission
from bot.domain.pull_requests.records import QuestionState
from bot.errors import UserError
from bot.ports.chat import View
from bot.ports.store import Tx
from bot.rendering.articulation.slack_questions import MOST_OF_AN_ANSWER, TEXT, dispute_form
from bot.workflows.articulation.disputes import ask_sensei
from bot.workflows.articulation.private_answers import check_text, require_own_talk
from bot.workflows.articulation.private_messages import can_dispute
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.articulation.question_contexts import QuestionContext, find_sensei
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.chat.home_refresh import refresh_home


def open_dispute(tx: Tx, actor: Actor, argument: str, _clock: Clock) -> View:
    """Ask a participant what is wrong with a question."""
    context, _ = _require_disputable(tx, actor, argument)
    return dispute_form(context.question, has_sensei=find_sensei(tx, context) is not None)


def check_dispute(tx: Tx, actor: Actor, sent: Submission, clock: Clock) -> Mapping[str, str]:
    """Return an error for the field if the dispute can't be saved. What was typed stays in the form."""
    try:
        _require_disputable(tx, actor, sent.metadata)
    except UserError as error:
        return {TEXT: f"{error.what} {error.remedy}".strip()}
    return check_text(tx, actor, sent, clock)


def save_dispute(tx: Tx, actor: Actor, acted: Acted, clock: Clock) -> None:
    """Store a dispute with its reason, and ask the sensei to rule."""
    if not isinstance(acted, Submission):
        return
    context, conversation = _require_disputable(tx, actor, acted.metadata)
    question, reason = context.question.id, acted.text(TEXT)[:MOST_OF_AN_ANSWER]
    tx.conversations.add_private_message(
        conversation.id, actor.person or "", reason, f"{DISPUTE}{acted.view}", clock()
    )
    tx.questions.set_state(question, QuestionState.DISPUTED, clock())
    ask_sensei(tx, question, clock())
    refresh_talk(tx, question, clock())
    if context.participant:
        refresh_home(tx, context.participant, clock())


def _require_disputable(tx: Tx, actor: Actor, argument: str) -> tuple[QuestionContext, Conversation]:
    """Return a participant's own private question, if they can still dispute it.

    Raises:
        UserError: it isn't theirs, it is disputed already, a sensei has ruled on it, or it is settled.
    """
    context, conversation = require_own_talk(tx, actor, argument)
    if context.question.ruling is not None:
        raise UserError(
            "A sensei has already ruled on this question, so I haven't changed anything.",
            "Please talk it over with your sensei.",
        )
    if context.question.state is QuestionState.DISPUTED:
        raise UserError(
            "You've already disputed this question, so I haven't changed anything.",
            "A sensei will decide, and I'll tell you here.",
        )
    if not can_dispute(context):
        raise UserError("This question is settled, so I haven't changed anything.")
    return context, conversation
