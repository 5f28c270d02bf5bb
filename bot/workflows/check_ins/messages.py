"""Writes what belongs to a check-in: what is added to its question, the reminder, and "nothing to ask"."""

from bot.domain.check_ins.records import CheckInState
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.articulation.slack_questions import Framing
from bot.rendering.chat.days import say_day
from bot.rendering.check_ins import slack_questions, slack_rhythm
from bot.workflows.articulation.question_contexts import load_context
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.check_ins.askable import find_member, is_waiting


def find_framing(tx: Tx, question: int) -> Framing | None:
    """Return what a check-in adds to its question; None if the question is no check-in's."""
    check_in = tx.check_ins.by_question(question)
    if check_in is None:
        return None
    if is_waiting(tx, check_in):
        return slack_questions.waiting_framing(check_in.id, check_in.topic, check_in.put_off_until)
    if check_in.state is CheckInState.SKIPPED:
        return slack_questions.skipped_framing()
    return slack_questions.answered_framing()


def write_reminder(tx: Tx, about: Json) -> AddressedMessage | None:
    """Remind of a check-in that still waits."""
    context = load_context(tx, about["question"])
    check_in = tx.check_ins.by_question(about["question"])
    if context is None or context.participant is None or check_in is None or not is_waiting(tx, check_in):
        return None
    message = slack_questions.reminder_message(context.question.id, context.question.text)
    return AddressedMessage((context.participant,), message)


def write_choosing(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant that a check-in comes soon."""
    member = find_member(tx, about["enrolment"])
    return AddressedMessage((member.person,), slack_rhythm.choosing_message()) if member else None


def write_changed(tx: Tx, about: Json) -> AddressedMessage | None:
    """Confirm a participant's rhythm as it is now."""
    member = find_member(tx, about["enrolment"])
    if member is None:
        return None
    choice = tx.rhythms.choices([member.enrolment])[member.enrolment]
    rhythm = choice.rhythm or tx.rhythms.of_cohorts([member.cohort])[member.cohort]
    until = say_day(choice.snoozed_until) if choice.snoozed_until else ""
    return AddressedMessage((member.person,), slack_rhythm.changed_message(rhythm, until))


def write_cohort_changed(tx: Tx, about: Json) -> AddressedMessage | None:
    """Confirm a cohort's rhythm as it is now to the lead who changed it."""
    cohort = tx.cohorts.get(about["cohort"])
    rhythm = tx.rhythms.of_cohorts([cohort.id])[cohort.id]
    message = slack_rhythm.cohort_changed_message(cohort.name, rhythm)
    return AddressedMessage((about["lead"],), message)


def write_nothing(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant that there is nothing to ask."""
    member = find_member(tx, about["enrolment"])
    return AddressedMessage((member.person,), slack_questions.nothing_message()) if member else None


def write_failed(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant that no question could be chosen."""
    member = find_member(tx, about["enrolment"])
    return AddressedMessage((member.person,), slack_questions.failed_message()) if member else None
