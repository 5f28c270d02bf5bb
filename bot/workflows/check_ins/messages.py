"""Writes what belongs to a check-in: what is added to its question, the reminder, and "nothing to ask"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.domain.check_ins.records import CheckIn, CheckInState, Topic
from bot.domain.rubrics.rubric import find_title
from bot.ports.engine import Json
from bot.ports.store import Tx
from bot.rendering.articulation.slack_questions import Framing
from bot.rendering.chat.days import say_day
from bot.rendering.check_ins import slack_questions, slack_rhythm
from bot.workflows.articulation.question_contexts import find_sensei, load_context
from bot.workflows.chat.features import AddressedMessage
from bot.workflows.check_ins.askable import (
    count_left_out,
    find_member,
    find_rhythm,
    is_waiting,
    never_fits,
)
from bot.workflows.check_ins.reminder_messages import find_end, reminder_key
from bot.workflows.triage.capstone_ledgers import LedgerLoader

_ABOUT_DECISIONS = (Topic.DRIFT, Topic.OPEN_QUESTION)
"""What may ask whether a decision still holds: a question that was put off may have asked that too."""


@dataclass(frozen=True)
class FramingFinder:
    """Finds what a check-in adds to its question. ``load_ledgers`` loads the rubric on its first call."""

    load_ledgers: Callable[[], LedgerLoader]

    def __call__(self, tx: Tx, question: int) -> Framing | None:
        """Return what a check-in adds to its question; None if the question is no check-in's."""
        check_in = tx.check_ins.by_question(question)
        if check_in is None:
            return None
        decision = tx.decisions.drifted(question) if check_in.topic in _ABOUT_DECISIONS else None
        asked = tx.questions.get(question)
        below = slack_questions.earlier_code_blocks(decision, asked) if decision and asked else ()
        if is_waiting(tx, check_in):
            check = asked.check if asked else None
            return slack_questions.waiting_framing(
                check_in,
                find_title(self.load_ledgers().library, check) if check else "",
                below,
                offers_fortnight=check_in.offers_fortnight and _is_asked_weekly(tx, check_in),
            )
        if check_in.state is CheckInState.SKIPPED:
            return slack_questions.skipped_framing(below)
        return slack_questions.answered_framing(below)


def _is_asked_weekly(tx: Tx, check_in: CheckIn) -> bool:
    member = find_member(tx, check_in.enrolment)
    return member is not None and find_rhythm(tx, member).every_weeks == 1


def write_reminder(tx: Tx, about: Json) -> AddressedMessage | None:
    """Remind of a check-in that still waits, or show in a reminder how it ended."""
    context = load_context(tx, about["question"])
    check_in = tx.check_ins.by_question(about["question"])
    member = find_member(tx, check_in.enrolment) if check_in else None
    if context is None or check_in is None or member is None or member.person != context.participant:
        return None  # the capstone may be another participant's by now
    question = context.question
    if is_waiting(tx, check_in):
        message = slack_questions.reminder_message(
            question.id,
            check_in,
            question.text,
            find_end(tx, check_in),
            chosen=about["chosen"],
            has_sensei=find_sensei(tx, context) is not None,
        )
    elif _is_posted(tx, question.id, about):
        message = slack_questions.ended_reminder_message(question.id, question.text, check_in.state)
    else:
        return None
    return AddressedMessage((member.person,), message)


def _is_posted(tx: Tx, question: int, about: Json) -> bool:
    key = reminder_key(question, date.fromisoformat(about["day"]), chosen=about["chosen"])
    return tx.effects.find(f"message:{key}")[1] is not None


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
    until = say_day(choice.snoozed_until) if choice.snoozed_until else ""
    rhythm = find_rhythm(tx, member)
    message = slack_rhythm.changed_message(rhythm, until, never_fits=never_fits(tx, member, rhythm))
    return AddressedMessage((member.person,), message)


def write_put_off(tx: Tx, about: Json) -> AddressedMessage | None:
    """Confirm to which day a check-in was put off, if it still is."""
    check_in = tx.check_ins.get(about["check_in"])
    member = find_member(tx, check_in.enrolment) if check_in else None
    if check_in is None or member is None or check_in.put_off_until is None or not is_waiting(tx, check_in):
        return None
    return AddressedMessage((member.person,), slack_questions.put_off_message(check_in.put_off_until))


def write_cohort_changed(tx: Tx, about: Json) -> AddressedMessage | None:
    """Confirm a cohort's rhythm as it is now to the lead who changed it."""
    cohort = tx.cohorts.get(about["cohort"])
    rhythm = tx.rhythms.of_cohorts([cohort.id])[cohort.id]
    message = slack_rhythm.cohort_changed_message(cohort.name, rhythm, count_left_out(tx, cohort.id))
    return AddressedMessage((about["lead"],), message)


def write_nothing(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant that there is nothing to ask."""
    member = find_member(tx, about["enrolment"])
    return AddressedMessage((member.person,), slack_questions.nothing_message()) if member else None


def write_unread(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant that Sensei hasn't read their capstone yet."""
    member = find_member(tx, about["enrolment"])
    return AddressedMessage((member.person,), slack_questions.unread_message()) if member else None


def write_failed(tx: Tx, about: Json) -> AddressedMessage | None:
    """Tell a participant that no question could be chosen."""
    member = find_member(tx, about["enrolment"])
    return AddressedMessage((member.person,), slack_questions.failed_message()) if member else None
