"""How a check-in ends: answered, or skipped. A skipped one can still be answered."""

from datetime import datetime

from bot.domain.check_ins.records import CheckIn, CheckInState
from bot.domain.pull_requests.records import QuestionState
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.articulation.question_contexts import find_capstone_duty, find_capstone_sensei
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.check_ins.askable import find_member


def note_answered(tx: Tx, question: int, at: datetime) -> None:
    """Store that a check-in was answered, if the question is one's. Call it when an answer is stored."""
    check_in = tx.check_ins.by_question(question)
    if check_in is not None and check_in.state in {CheckInState.ASKED, CheckInState.SKIPPED}:
        tx.check_ins.set_state(check_in.id, CheckInState.ANSWERED, at)
        show_change(tx, check_in, at)


def skip_check_in(tx: Tx, check_in: CheckIn, at: datetime, reason: str = "") -> None:
    """Let a check-in count as skipped. Its question no longer waits, but can still be answered."""
    tx.check_ins.set_state(check_in.id, CheckInState.SKIPPED, at, reason)
    if check_in.question is not None:
        question = tx.questions.get(check_in.question)
        if question is not None and question.state is QuestionState.ASKED:
            tx.questions.set_state(question.id, QuestionState.DEFERRED, at)
        refresh_talk(tx, check_in.question, at)
    show_change(tx, check_in, at)


def show_change(tx: Tx, check_in: CheckIn, at: datetime) -> None:
    """Refresh the App Homes of a check-in's participant and of their sensei, and the sensei's digest."""
    member = find_member(tx, check_in.enrolment)
    if member is None:
        return
    capstone = tx.capstones.get(check_in.capstone)
    duty = find_capstone_duty(tx, capstone, member.person, at)
    people = {member.person, find_capstone_sensei(tx, capstone, member.person), duty.person if duty else None}
    for person in sorted(person for person in people if person):
        refresh_home(tx, person, at)
