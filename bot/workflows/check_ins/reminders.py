"""Reminding a participant once of a check-in, and letting it count as skipped after that.

Each job decides again when it runs. It waits for the participant's working hours, for the end of their pause
or absence, and for a day on which they get no other unprompted message.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.check_ins.records import CheckIn, CheckInState
from bot.domain.check_ins.reminder_times import WAIT_DAYS, after_working_days, begin_of_day
from bot.domain.dojo.people import Member
from bot.domain.pull_requests.records import QuestionState
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.chat.outbox import send_message
from bot.workflows.chat.unprompted import Feature, send_unprompted
from bot.workflows.chat.working_hours import find_own_day
from bot.workflows.check_ins.askable import (
    find_askable,
    find_member,
    find_today,
    find_working_time,
    is_waiting,
)
from bot.workflows.check_ins.endings import show_change, skip_check_in

JOB = "check_in_reminder"
"""The kind of the job, and the workflow's name."""
REMINDER = "check_ins.reminder"
"""The kind of the message."""
_ANSWERED = (QuestionState.ANSWERED, QuestionState.RESOLVED, QuestionState.DISPUTED)


def plan_reminder(tx: Tx, check_in: CheckIn, member: Member, at: datetime) -> None:
    """Add the job that reminds of a check-in or, if that has been done, lets it count as skipped."""
    _add_job(tx, check_in, after_working_days(find_working_time(tx, member, at), at, WAIT_DAYS), at)


def plan_return(tx: Tx, check_in: CheckIn, member: Member, day: date, at: datetime) -> None:
    """Add the job that comes back to a check-in on the day that its participant chose."""
    _add_job(tx, check_in, begin_of_day(find_working_time(tx, member, at), day), at, chosen=True)


def reminder_key(question: int, day: date) -> str:
    """Return the key of a reminder. A reply in its thread is an answer to the question."""
    return f"articulation:{question}:reminder:{day.isoformat()}"


def _add_job(tx: Tx, check_in: CheckIn, due: datetime, at: datetime, *, chosen: bool = False) -> None:
    prefix = f"check_in_reminder:{check_in.id}:"
    argument = {"check_in": check_in.id, "enrolment": check_in.enrolment, "chosen": chosen}
    tx.jobs.replace(prefix, Job(f"{prefix}{int(at.timestamp() * 1000)}", JOB, argument, due))


@dataclass(frozen=True)
class CheckInReminders:
    """The workflow ``check_in_reminder``."""

    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Remind, skip, wait, or do nothing if the check-in is over."""
        return steps.tx("remind", lambda tx: {"outcome": self._decide(tx, argument)})

    def _decide(self, tx: Tx, argument: Json) -> str:
        check_in, at = tx.check_ins.get(argument["check_in"]), self.now()
        if check_in is None or check_in.state is not CheckInState.ASKED:
            return "over"
        member = find_member(tx, check_in.enrolment)
        if not is_waiting(tx, check_in) or member is None:
            return _settle(tx, check_in, at)
        chosen: bool = argument["chosen"]
        if (later := self._find_later(tx, check_in, member, chosen=chosen)) is not None:
            _add_job(tx, check_in, later, at, chosen=chosen)
            return "later"
        if chosen or check_in.reminded_at is None:
            self._remind(tx, check_in, member, chosen=chosen)
            return "reminded"
        skip_check_in(tx, check_in, at)
        return "skipped"

    def _find_later(self, tx: Tx, check_in: CheckIn, member: Member, *, chosen: bool) -> datetime | None:
        """Return when to decide again if now isn't the time, or None if it is."""
        at = self.now()
        working, today = find_working_time(tx, member, at), find_today(tx, member, at)
        tomorrow = after_working_days(working, at, 1)
        if isinstance(find_askable(tx, member.enrolment), str):
            return tomorrow
        until = tx.rhythms.choices([member.enrolment])[member.enrolment].snoozed_until
        if until is not None and today < until:
            return begin_of_day(working, until)
        if (moment := working.next_moment(at)) > at:
            return moment
        # What they asked for themselves, and what sends no message, needs no room.
        needs_room = not chosen and check_in.reminded_at is None
        return tomorrow if needs_room and not self._has_room(tx, member) else None

    def _has_room(self, tx: Tx, member: Member) -> bool:
        """Return whether a participant has had no unprompted message today."""
        return tx.unprompted.taken(member.person, find_own_day(tx, member.person, self.now())) is None

    def _remind(self, tx: Tx, check_in: CheckIn, member: Member, *, chosen: bool) -> None:
        """Send the reminder. On a day that they chose, it isn't an unprompted message."""
        at, today = self.now(), find_today(tx, member, self.now())
        if check_in.question is None:
            raise AssertionError("a check-in that waits has a question")
        key, about = reminder_key(check_in.question, today), {"question": check_in.question}
        tx.check_ins.note_reminded(check_in.id, at)
        if chosen:
            tx.check_ins.put_off(check_in.id, None)
            refresh_talk(tx, check_in.question, at)
            send_message(tx, key, REMINDER, about, at)
        else:
            send_unprompted(tx, Feature.REMINDER, key, REMINDER, about, at)
        plan_reminder(tx, check_in, member, at)


def _settle(tx: Tx, check_in: CheckIn, at: datetime) -> str:
    """Store how a check-in ended whose question was answered, disputed or withdrawn elsewhere."""
    question = tx.questions.get(check_in.question) if check_in.question is not None else None
    is_answered = question is not None and question.state in _ANSWERED
    state = CheckInState.ANSWERED if is_answered else CheckInState.WITHDRAWN
    tx.check_ins.set_state(check_in.id, state, at)
    show_change(tx, check_in, at)
    return state.value
