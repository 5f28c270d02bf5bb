"""Writes what belongs to a check-in: what is added to its question, the reminder, and "nothing to ask"."""

from bot.domain.check_ins.records import CheckInState
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.articulation.slack_questions import Framing
from bot.rendering.check_ins import slack_questions, slack_rhythm
from bot.workflows.articulation.question_contexts import load_context
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.check_ins.askable import find_member, is_waiting


def find_framing(tx: Tx, question: int) -> Framing | None:
    """Return what a check-in adds to its question; None if the question is no check-in's."""
    check_in = tx.check_ins.by_question(question)
    if check_in is None:
        return None
    decision, asked = tx.decisions.drifted(question), tx.questions.get(question)
    below = slack_questions.earlier_code_blocks(decision, asked) if decision and asked else ()
    if is_waiting(tx, check_in):
        until = tx.rhythms.choices([check_in.enrolment])[check_in.enrolment].snoozed_until
        is_later = until is not None and until > check_in.day
        later = until if is_later else None
        return slack_questions.waiting_framing(check_in.id, check_in.topic, later, below)
    if check_in.state is CheckInState.SKIPPED:
        return slack_questions.skipped_framing(below)
    return slack_questions.answered_framing(below)


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
    own = tx.rhythms.choices([member.enrolment])[member.enrolment].rhythm
    rhythm = own or tx.rhythms.of_cohorts([member.cohort])[member.cohort]
    return AddressedMessage((member.person,), slack_rhythm.changed_message(rhythm))


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
