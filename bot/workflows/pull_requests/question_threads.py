"""Question threads on a pull request: replies that answer questions, and threads resolved or reopened."""

from datetime import datetime, timedelta

from bot.domain.articulation.conversations import ConversationState
from bot.domain.pull_requests.permissions import HostAction, is_allowed, is_person
from bot.domain.pull_requests.records import AskedQuestion, Capstone, QuestionState, ThreadMessage
from bot.domain.pull_requests.webhook_events import CommentChanged, ThreadResolved
from bot.ports.store import Tx
from bot.workflows.articulation.hearing import hear_answer, hear_unheard
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.pull_requests import comment_commands
from bot.workflows.pull_requests.account_roles import role_on
from bot.workflows.pull_requests.question_commands import hear_stored_answer

_THE_SENSEIS = (QuestionState.DISPUTED, QuestionState.WITHDRAWN)

# Sensei retries posting for about three hours.
LONGEST_PLACING = timedelta(hours=4)


def find_awaited_pull_request(tx: Tx, event: CommentChanged | ThreadResolved, moment: datetime) -> int | None:
    """Return the id of the pull request that a thread event must wait for; None if it needn't wait.

    People may answer a question before Sensei knows the id of its comment; later events must not overtake
    that answer. A command that isn't about a question never waits, since it may be meant to stop the next
    post.
    """
    if isinstance(event, CommentChanged) and comment_commands.is_about_no_question(event):
        return None
    thread = event.comments if isinstance(event, ThreadResolved) else (event.thread,)
    comments = [comment for comment in thread if comment is not None]
    names_one = isinstance(event, CommentChanged) and comment_commands.names_unpublished_question(tx, event)
    capstone = tx.capstones.by_repository(event.repository.id) if comments or names_one else None
    pull_request = tx.pull_requests.find(capstone.id, event.number) if capstone else None
    if pull_request is None:
        return None
    if pull_request.id in tx.deliveries.deferred_pull_requests():
        return pull_request.id
    known = not names_one and any(tx.questions.by_comment(comment) for comment in comments)
    placing = not known and tx.questions.has_unplaced(pull_request.id, moment - LONGEST_PLACING)
    return pull_request.id if placing else None


def handle_comment(
    tx: Tx,
    capstone: Capstone,
    event: CommentChanged,
    effects: comment_commands.CommandEffects,
    moment: datetime,
) -> None:
    """Carry out the command of a comment, or store it as an answer to the question of its thread."""
    if event.author.is_bot:
        return  # Sensei is a bot too, and must not answer itself
    question = tx.questions.by_comment(event.thread) if event.thread else None
    if event.action == "deleted":
        comment_commands.forget_comment(tx, capstone, event, moment)
        if question:
            tx.questions.delete_message(question.id, event.comment, event.author.id, moment)
            _hear_deletion(tx, capstone, event, question, moment)
        return
    if event.forged or not is_person(event.author):
        return  # neither a command nor an answer: the author's stored text stays the same
    if question and _is_stale(event, tx.questions.get_message(event.comment)):
        return
    if comment_commands.hear_comment(tx, capstone, event, effects, moment) or question is None:
        return
    tx.questions.save_message(question.id, event.comment, event.author.id, event.body, event.at)
    role = role_on(tx, capstone, event.author, event.at)
    if is_allowed(HostAction.GUIDANCE, role):
        tx.questions.note_sensei_message(question.id, moment)
    elif is_allowed(HostAction.ANSWER, role):
        hear_stored_answer(tx, question.id, moment)


def handle_resolution(tx: Tx, capstone: Capstone, event: ThreadResolved, moment: datetime) -> None:
    """Record that a thread was resolved or reopened, unless its question is disputed or withdrawn.

    GitHub lets anyone with write access resolve threads. That must not settle the participant's questions or
    end a dispute before the sensei rules.
    """
    if event.by is None or not is_allowed(HostAction.SETTLEMENT, role_on(tx, capstone, event.by, moment)):
        return
    for comment in event.comments:
        question = tx.questions.by_comment(comment)
        if question is None or question.state in _THE_SENSEIS:
            continue
        if event.resolved:
            tx.questions.set_state(question.id, QuestionState.RESOLVED, moment)
        elif question.state is QuestionState.RESOLVED:
            _reopen(tx, question.id, moment)
        refresh_talk(tx, question.id, moment)


def _reopen(tx: Tx, question: int, at: datetime) -> None:
    """Let a question wait for an answer again, unless its decision is recorded; hear what was said since."""
    conversation = tx.conversations.by_question(question)
    is_recorded = conversation is not None and conversation.state is ConversationState.RECORDED
    tx.questions.set_state(question, QuestionState.ANSWERED if is_recorded else QuestionState.ASKED, at)
    if not is_recorded:
        hear_unheard(tx, question, at)


def _hear_deletion(
    tx: Tx, capstone: Capstone, event: CommentChanged, question: AskedQuestion, moment: datetime
) -> None:
    """Consider a conversation again because the participant has deleted words of theirs in it."""
    role = role_on(tx, capstone, event.author, event.at)
    if is_allowed(HostAction.ANSWER, role) and tx.conversations.by_question(question.id) is not None:
        hear_answer(tx, question.id, moment)


def _is_stale(event: CommentChanged, known: ThreadMessage | None) -> bool:
    """Return whether Sensei already has newer data about a comment; a deletion always counts as newest."""
    return known is not None and (known.deleted or not event.newer_than(known.at))
