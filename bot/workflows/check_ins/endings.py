"""How a check-in ends: answered, skipped, or withdrawn. A skipped one can still be answered.

One whose message isn't known to have arrived is dropped: it doesn't count as skipped, and its question stays,
since the message may be in the chat although no answer came, or may still be sent.
"""

from dataclasses import replace
from datetime import datetime

from bot.domain.articulation.conversations import ConversationState
from bot.domain.check_ins.records import CheckIn, CheckInState, Topic
from bot.domain.pull_requests.records import QuestionState
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.articulation.question_contexts import find_capstone_duty, find_capstone_sensei
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.check_ins.askable import find_member, is_waiting
from bot.workflows.check_ins.reminder_messages import refresh_reminders

_ANSWERED = (QuestionState.ANSWERED, QuestionState.RESOLVED, QuestionState.DISPUTED)


def note_answered(tx: Tx, question: int, at: datetime) -> None:
    """Store that a check-in was answered, if the question is one's. Call it when an answer is stored."""
    check_in = tx.check_ins.by_question(question)
    if check_in is not None and check_in.state is not CheckInState.ANSWERED:
        _end(tx, check_in, CheckInState.ANSWERED, at)


def skip_check_in(tx: Tx, check_in: CheckIn, at: datetime, reason: str = "") -> None:
    """Let a check-in count as skipped. Its question no longer waits, but can still be answered."""
    _close_question(tx, check_in, QuestionState.DEFERRED, at)
    _end(tx, check_in, CheckInState.SKIPPED, at, reason)


def drop_check_in(tx: Tx, check_in: CheckIn, at: datetime) -> None:
    """Let a check-in end without counting as skipped. Its question can still be answered."""
    _close_question(tx, check_in, QuestionState.DEFERRED, at)
    _end(tx, check_in, CheckInState.WITHDRAWN, at)


def withdraw_check_in(tx: Tx, check_in: CheckIn, at: datetime) -> None:
    """Withdraw a check-in and its question, because nobody can or should answer it any more.

    A question that was put off on a pull request is put off again.
    """
    is_own = check_in.topic is not Topic.OPEN_QUESTION
    _close_question(tx, check_in, QuestionState.WITHDRAWN if is_own else QuestionState.DEFERRED, at)
    talk = tx.conversations.by_question(check_in.question) if is_own and check_in.question else None
    if talk is not None and talk.state is ConversationState.WAITING:
        tx.conversations.save(replace(talk, state=ConversationState.CLOSED), at)
    _end(tx, check_in, CheckInState.WITHDRAWN, at)


def settle_check_in(tx: Tx, check_in: CheckIn, at: datetime) -> CheckInState:
    """Store how a check-in ended whose question was answered, disputed or withdrawn elsewhere."""
    question = tx.questions.get(check_in.question) if check_in.question is not None else None
    is_answered = question is not None and question.state in _ANSWERED
    state = CheckInState.ANSWERED if is_answered else CheckInState.WITHDRAWN
    _end(tx, check_in, state, at)
    return state


def settle_newest(tx: Tx, enrolment: int, at: datetime) -> None:
    """Settle a participant's newest check-in if it ended elsewhere, so that it holds back no other."""
    newest = tx.check_ins.newest([enrolment]).get(enrolment)
    if newest is None or newest.state is not CheckInState.ASKED or newest.question is None:
        return
    if not is_waiting(tx, newest):
        settle_check_in(tx, newest, at)


def _close_question(tx: Tx, check_in: CheckIn, state: QuestionState, at: datetime) -> None:
    question = tx.questions.get(check_in.question) if check_in.question is not None else None
    if question is not None and question.state is QuestionState.ASKED:
        tx.questions.set_state(question.id, state, at)


def _end(tx: Tx, check_in: CheckIn, state: CheckInState, at: datetime, reason: str = "") -> None:
    tx.check_ins.set_state(check_in.id, state, at, reason)
    if check_in.question is not None:
        refresh_talk(tx, check_in.question, at)
        refresh_reminders(tx, check_in.question, at)
    _show_change(tx, check_in, at)


def _show_change(tx: Tx, check_in: CheckIn, at: datetime) -> None:
    """Refresh the App Homes of a check-in's participant and of their sensei, and the sensei's digest."""
    member = find_member(tx, check_in.enrolment)
    if member is None:
        return
    capstone = tx.capstones.get(check_in.capstone)
    duty = find_capstone_duty(tx, capstone, member.person, at)
    people = {member.person, find_capstone_sensei(tx, capstone, member.person), duty.person if duty else None}
    for person in sorted(person for person in people if person):
        refresh_home(tx, person, at)
