"""Ending what was talked about in private with the former participant of a capstone."""

from dataclasses import replace
from datetime import datetime

from bot.domain.articulation.conversations import Conversation, ConversationState
from bot.domain.check_ins.records import CheckInState
from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import refresh_talk

_WAITING = (QuestionState.ASKED, QuestionState.DEFERRED, QuestionState.DISPUTED)
_OVER = (ConversationState.RECORDED, ConversationState.CLOSED)


def end_private_talks(tx: Tx, capstone: int, participant: str, at: datetime) -> None:
    """End the private talks about a capstone that another participant has been given.

    ``participant`` is the new one. Without this, they would see what the former one was asked. Questions that
    were only ever asked in private are withdrawn; those on pull requests stay as they are there.
    """
    for conversation in tx.conversations.private_of(participant):
        _end_talk(tx, capstone, conversation, at)
    tx.check_ins.drop_code(capstone)
    for check_in in tx.check_ins.about(capstone):
        if check_in.state is CheckInState.ASKED:
            tx.check_ins.set_state(check_in.id, CheckInState.WITHDRAWN, at)
        talk = tx.conversations.by_question(check_in.question) if check_in.question is not None else None
        if talk is not None and talk.private:
            _end_talk(tx, capstone, talk, at)


def _end_talk(tx: Tx, capstone: int, conversation: Conversation, at: datetime) -> None:
    question = tx.questions.get(conversation.question)
    if question is None or question.capstone != capstone:
        return
    if question.state in _WAITING and _is_only_private(tx, question):
        tx.questions.set_state(question.id, QuestionState.WITHDRAWN, at)
    if conversation.state not in _OVER:
        tx.conversations.save(replace(conversation, state=ConversationState.CLOSED, decision=None), at)
    if conversation.state is not ConversationState.LEFT:  # then nothing in the former one's messages waits
        refresh_talk(tx, question.id, at)


def _is_only_private(tx: Tx, question: AskedQuestion) -> bool:
    """Return whether a question was never posted: a check-in's, or one about a private decision."""
    if question.pull_request is None:
        return True
    return question.comment is None and tx.decisions.drifted(question.id) is not None
