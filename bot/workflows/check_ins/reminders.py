"""Reminding a participant once of a check-in, and letting it count as skipped after that.

Each job decides again when it runs. It waits for the participant's working hours, for the end of their pause
or absence, and for a day on which they get no other unprompted message. Days count from the moment at which
the message arrived: what somebody never got, they can't have skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.check_ins.records import CheckIn, CheckInState
from bot.domain.check_ins.reminder_times import WAIT_DAYS, after_working_days, begin_of_day
from bot.domain.dojo.people import EnrolmentState, Member
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.articulation.private_talks import refresh_talk
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.outbox import send_message
from bot.workflows.chat.unprompted import Feature, IsKept, send_unprompted
from bot.workflows.chat.working_hours import find_own_day
from bot.workflows.check_ins.askable import (
    find_member,
    find_today,
    find_working_time,
    has_arrived,
    is_waiting,
)
from bot.workflows.check_ins.endings import (
    drop_check_in,
    settle_check_in,
    skip_check_in,
    withdraw_check_in,
)
from bot.workflows.check_ins.participants import Participant, find_participant
from bot.workflows.check_ins.reminder_messages import (
    REMINDER,
    is_reminder_delivered,
    make_about,
    make_job_prefix,
    refresh_reminders,
    reminder_key,
)

JOB = "check_in_reminder"
"""The kind of the job, and the workflow's name."""
_LOST = timedelta(weeks=1)
"""After how long a message that hasn't arrived is no longer waited for."""
_A_DAY = timedelta(days=1)


def plan_reminder(tx: Tx, check_in: CheckIn, member: Member, at: datetime) -> None:
    """Add the job that reminds of a check-in or, if that has been done, lets it count as skipped."""
    _add_job(tx, check_in, _find_reminder_time(tx, member, at), at)


def plan_first_reminder(tx: Tx, check_in: CheckIn, member: Member, at: datetime) -> None:
    """Add the job that reminds of a check-in that was just added, so that no other job is about it."""
    tx.jobs.add(_make_job(check_in, _find_reminder_time(tx, member, at), at))


def _find_reminder_time(tx: Tx, member: Member, at: datetime) -> datetime:
    return after_working_days(find_working_time(tx, member, at), at, WAIT_DAYS)


def plan_return(tx: Tx, check_in: CheckIn, member: Member, day: date, at: datetime) -> date:
    """Add the job that comes back to a check-in on the day that its participant chose.

    Return the day on which it does: that one, or the next one on which they work.
    """
    due = begin_of_day(find_working_time(tx, member, at), day)
    _add_job(tx, check_in, due, at, chosen=True)
    return find_today(tx, member, due)


def store_return_day(tx: Tx, check_in: CheckIn, member: Member, day: date, at: datetime) -> None:
    """Store the day on which Sensei comes back to a check-in, and show it wherever another one is shown."""
    if check_in.question is None or check_in.put_off_until == day:
        return
    tx.check_ins.put_off(check_in.id, day)
    refresh_talk(tx, check_in.question, at)
    refresh_reminders(tx, check_in.question, at)
    refresh_home(tx, member.person, at)


def _add_job(tx: Tx, check_in: CheckIn, due: datetime, at: datetime, **marks: bool) -> None:
    """Add the job that decides again, in place of any other. ``marks`` are ``chosen`` and ``undelivered``."""
    tx.jobs.replace(make_job_prefix(check_in.id), _make_job(check_in, due, at, **marks))


def _make_job(check_in: CheckIn, due: datetime, at: datetime, **marks: bool) -> Job:
    known = {"check_in": check_in.id, "enrolment": check_in.enrolment, "chosen": False, "undelivered": False}
    return Job(f"{make_job_prefix(check_in.id)}{int(at.timestamp() * 1000)}", JOB, {**known, **marks}, due)


@dataclass(frozen=True)
class CheckInReminders:
    """The workflow ``check_in_reminder``. ``is_kept`` says which days are kept for digests."""

    now: Callable[[], datetime]
    is_kept: IsKept = lambda _tx, _person, _day: False

    def run(self, steps: Steps, argument: Json) -> Json:
        """Remind, skip, wait, or do nothing if the check-in is over."""
        return steps.tx("remind", lambda tx: {"outcome": self._decide(tx, argument)})

    def _decide(self, tx: Tx, argument: Json) -> str:
        check_in, at = tx.check_ins.get(argument["check_in"]), self.now()
        if check_in is None or check_in.state is not CheckInState.ASKED:
            return "over"
        one, chosen = _find_asked(tx, check_in, at), bool(argument["chosen"])
        is_off = one is not None and not chosen and one.calendar.rhythm.every_weeks < 1
        if one is None or is_off or not is_waiting(tx, check_in):
            return _end_early(tx, check_in, one, at)
        if not chosen and (argument.get("undelivered", False) or not _is_delivered(tx, check_in)):
            return _await_delivery(tx, check_in, one.member, at)
        return self._go_on(tx, check_in, one.member, chosen=chosen)

    def _go_on(self, tx: Tx, check_in: CheckIn, member: Member, *, chosen: bool) -> str:
        if (later := self._find_later(tx, check_in, member, chosen=chosen)) is not None:
            _add_job(tx, check_in, later, self.now(), chosen=chosen)
            if chosen and _can_come_back(tx, check_in, member):
                store_return_day(tx, check_in, member, find_today(tx, member, later), self.now())
            return "later"
        if chosen or check_in.reminded_at is None:
            self._remind(tx, check_in, member, chosen=chosen)
            return "reminded"
        skip_check_in(tx, check_in, self.now())
        return "skipped"

    def _find_later(self, tx: Tx, check_in: CheckIn, member: Member, *, chosen: bool) -> datetime | None:
        """Return when to decide again if now isn't the time, or None if it is."""
        at = self.now()
        working, today = find_working_time(tx, member, at), find_today(tx, member, at)
        tomorrow = begin_of_day(working, today + _A_DAY)
        if not _can_come_back(tx, check_in, member):
            return tomorrow
        until = tx.rhythms.choices([member.enrolment])[member.enrolment].snoozed_until
        if not chosen and until is not None and today < until:  # a day that they chose for it comes first
            return begin_of_day(working, until)
        if (moment := working.next_moment(at)) > at:
            return moment
        # What they asked for themselves, and what sends no message, needs no room.
        needs_room = not chosen and check_in.reminded_at is None
        return tomorrow if needs_room and not self._has_room(tx, member) else None

    def _has_room(self, tx: Tx, member: Member) -> bool:
        """Return whether a participant has had no unprompted message today, and waits for no digest."""
        today = find_own_day(tx, member.person, self.now())
        is_taken = tx.unprompted.taken(member.person, today) is not None
        return not is_taken and not self.is_kept(tx, member.person, today)

    def _remind(self, tx: Tx, check_in: CheckIn, member: Member, *, chosen: bool) -> None:
        """Send the reminder. On a day that they chose, it isn't an unprompted message."""
        at, today = self.now(), find_today(tx, member, self.now())
        if check_in.question is None:
            raise AssertionError("a check-in that waits has a question")
        key, about = (
            reminder_key(check_in.question, today, chosen=chosen),
            make_about(check_in.question, today, chosen=chosen),
        )
        tx.check_ins.note_reminded(check_in.id, at)
        if chosen:
            tx.check_ins.put_off(check_in.id, None)
            refresh_talk(tx, check_in.question, at)
            refresh_reminders(tx, check_in.question, at)
            send_message(tx, key, REMINDER, about, at)
        else:  # it takes the day at once, so that no other message can
            tx.unprompted.take(member.person, find_own_day(tx, member.person, at), Feature.REMINDER, key)
            send_unprompted(tx, Feature.REMINDER, key, REMINDER, about, at)
        plan_reminder(tx, check_in, member, at)


def _can_come_back(tx: Tx, check_in: CheckIn, member: Member) -> bool:
    """Return whether nothing but the time keeps Sensei from coming back to a check-in.

    While a participant is paused, say, it isn't known when it can, so that no day is worth showing.
    """
    capstone = tx.capstones.get(check_in.capstone)
    is_linked = member.chat is not None and member.code is not None
    is_open = capstone.speaks and capstone.installation is not None
    return member.state is EnrolmentState.ACTIVE and is_linked and is_open


def _end_early(tx: Tx, check_in: CheckIn, one: Participant | None, at: datetime) -> str:
    """End a check-in that was answered elsewhere, asks nobody, or whose participant wants none; say how."""
    if not is_waiting(tx, check_in):
        return settle_check_in(tx, check_in, at).value
    if one is None:
        withdraw_check_in(tx, check_in, at)
        return "withdrawn"
    drop_check_in(tx, check_in, at)
    return "dropped"


def _find_asked(tx: Tx, check_in: CheckIn, at: datetime) -> Participant | None:
    """Return whom a check-in asks; None if they have left, or the capstone isn't theirs now."""
    member, capstone = find_member(tx, check_in.enrolment), tx.capstones.get(check_in.capstone)
    owner = tx.members.by_host_account(capstone.participant.id)
    if member is None or capstone.ended or owner != member.person:
        return None
    one = find_participant(tx, member.cohort, member.person, member.enrolment, at)
    last_day = one.calendar.last_day if one else None
    return None if one and last_day and one.calendar.day_of(at) > last_day else one


def _is_delivered(tx: Tx, check_in: CheckIn) -> bool:
    """Return whether the newest message about a check-in, its question or its reminder, is in the chat."""
    question = check_in.question or 0
    if check_in.reminded_at is not None:
        return is_reminder_delivered(tx, question)
    return has_arrived(tx, question)


def _await_delivery(tx: Tx, check_in: CheckIn, member: Member, at: datetime) -> str:
    """Wait another day for a message, or begin to count the days once it has arrived."""
    if _is_delivered(tx, check_in):
        plan_reminder(tx, check_in, member, at)
        return "later"
    if at - (check_in.reminded_at or check_in.asked_at) > _LOST:
        # Not withdrawn: the message may be in the chat all the same, and then its answer must not be lost.
        drop_check_in(tx, check_in, at)
        return "undelivered"
    working = find_working_time(tx, member, at)
    due = begin_of_day(working, find_today(tx, member, at) + _A_DAY)
    _add_job(tx, check_in, due, at, undelivered=True)
    return "later"
