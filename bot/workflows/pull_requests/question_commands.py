"""Commands about one question: which question it is, recording its decision, and going on in the chat."""

from dataclasses import replace
from datetime import datetime

from bot.domain.articulation.conversations import ConversationState
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.articulation.labelled_parts import parse_parts
from bot.domain.articulation.slots import SlotTexts
from bot.domain.decisions.records import MOST_OF_A_PART, Decision, DecisionState, RevisedBy
from bot.domain.decisions.shown import is_author
from bot.domain.pull_requests.comment_command_rules import DECISIONS, CommandOutcome, ParsedCommand
from bot.domain.pull_requests.records import (
    AskedQuestion,
    Capstone,
    PublishPolicy,
    PullRequest,
    QuestionState,
)
from bot.domain.pull_requests.webhook_events import CommentChanged
from bot.ports.store import Tx
from bot.workflows.articulation.hearing import hear_answer
from bot.workflows.articulation.private_talks import go_private
from bot.workflows.decisions.records import confirm_decision, draft_decision, edit_decision
from bot.workflows.pull_requests.question_places import talks_in_private
from bot.workflows.pull_requests.review_posting import may_be_asked
from bot.workflows.pull_requests.visible_questions import is_private

_ANSWERABLE = (QuestionState.ASKED, QuestionState.DEFERRED, QuestionState.ANSWERED)
_NOT_SHOWN = (QuestionState.PROPOSED, QuestionState.KEPT)
_ALIVE = (DecisionState.DRAFT, DecisionState.CONFIRMED)
_GOING_ON = (ConversationState.WAITING, ConversationState.PROBED, ConversationState.DRAFTED)


def message_key(comment: int, *, inline: bool) -> int:
    """Return the number under which a comment is stored as a message about a question.

    Comments on diffs and in conversations are numbered separately, so the latter have negative numbers.
    """
    return comment if inline else -comment


def find_question(
    tx: Tx, pull_request: PullRequest, event: CommentChanged, parsed: ParsedCommand
) -> AskedQuestion | None:
    """Return the question that a command names, or else that of its thread; None if there is none.

    A question that isn't published yet counts only in its own thread, or for a command that decides about it;
    one about a private decision has none.
    """
    if parsed.question is None:
        return tx.questions.by_comment(event.thread) if event.thread else None
    named = tx.questions.get(parsed.question)
    if named is None or is_private(tx, named):
        return None
    if named.state in _NOT_SHOWN and parsed.verb not in DECISIONS:
        return None
    return named if named.pull_request == pull_request.id else None


def hear_stored_answer(tx: Tx, question: int, at: datetime) -> None:
    """Count a stored message of the participant as an answer, and consider it after a pause.

    A disputed question waits for a ruling, regardless of replies; a settled one waits for nothing.
    """
    asked = tx.questions.get(question)
    if asked is None or asked.state not in _ANSWERABLE:
        return
    tx.questions.set_state(question, QuestionState.ANSWERED, at)
    hear_answer(tx, question, at)


def record_decision(
    tx: Tx, question: AskedQuestion, words: str, rules: ArticulationRules, at: datetime
) -> CommandOutcome:
    """Record the decision about a question: its draft, with the parts that the participant has labelled.

    Without a draft, the labelled parts are the decision. Return what to tell them.
    """
    parts = parse_parts(words, rules.guide)
    if parts.has_unknown:
        return CommandOutcome.NO_LABEL
    if any(len(text) > MOST_OF_A_PART for text in parts.texts.values()):
        return CommandOutcome.TOO_LONG
    known = tx.decisions.by_question(question.id)
    if known is not None and known.state is DecisionState.SUPERSEDED:
        return CommandOutcome.SUPERSEDED
    person = tx.members.by_host_account(_find_participant(tx, question))
    is_own = known is not None and (person is None or is_author(known, person))
    alive = known if known is not None and is_own and known.state in _ALIVE else None
    if alive is None and not parts.texts:
        return CommandOutcome.NO_DRAFT
    decision = _take_words(tx, question, alive, parts.texts, at)
    was_confirmed = decision.state is DecisionState.CONFIRMED
    confirm_decision(tx, decision, rules, at)
    return CommandOutcome.RECORDED if was_confirmed else CommandOutcome.DONE


def move_to_chat(tx: Tx, pull_request: PullRequest, capstone: Capstone, at: datetime) -> None:
    """Ask a private pull request's open questions in the chat.

    Questions that a sensei approves first, or whose participant can't be reached, wait for the sensei.
    """
    if not capstone.speaks:
        return
    for question in tx.questions.of(pull_request.id):
        if talks_in_private(tx, question.id):
            continue  # it is asked in the chat already
        if question.state is QuestionState.PROPOSED:
            asks = capstone.publish is PublishPolicy.AUTOMATIC and may_be_asked(tx, question)
            if asks and go_private(tx, question.id, at):
                tx.questions.mark_asked(question.id, at, inline=False)
        elif _waits_for_participant(tx, question):
            go_private(tx, question.id, at)


def _take_words(
    tx: Tx, question: AskedQuestion, decision: Decision | None, texts: SlotTexts, at: datetime
) -> Decision:
    """Return the decision with the participant's own words, drafted if there is none yet."""
    if decision is not None:
        if not texts:
            return decision
        return edit_decision(tx, decision, "", {**decision.texts, **texts}, at)
    drifted = tx.decisions.drifted(question.id)
    if drifted is not None:
        texts = {**drifted.texts, **texts}
    conversation = tx.conversations.open(question.id, at)
    drafted = draft_decision(tx, conversation, texts, RevisedBy.PARTICIPANT, at)
    tx.conversations.save(replace(conversation, decision=drafted.id), at)
    return drafted


def _find_participant(tx: Tx, question: AskedQuestion) -> int:
    """Return the account of a question's participant at the host."""
    return tx.capstones.get(question.capstone).participant.id


def _waits_for_participant(tx: Tx, question: AskedQuestion) -> bool:
    if question.state is not QuestionState.ANSWERED:
        return question.state is QuestionState.ASKED
    conversation = tx.conversations.by_question(question.id)
    return conversation is not None and conversation.state in _GOING_ON
