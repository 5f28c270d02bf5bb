"""When a participant is asked next, and why not sooner."""

from datetime import datetime

from bot.domain.check_ins.shown import NextCheckIn
from bot.domain.dojo.people import Member
from bot.ports.store import Tx
from bot.workflows.check_ins.askable import find_open
from bot.workflows.check_ins.participants import Participant, find_participant
from bot.workflows.check_ins.upcoming import find_upcoming


def load_participant(tx: Tx, member: Member, at: datetime) -> Participant | None:
    """Return a participant with their calendar, or None if they have left."""
    return find_participant(tx, member.cohort, member.person, member.enrolment, at)


def show_next(tx: Tx, one: Participant, at: datetime) -> NextCheckIn:
    """Return when a participant is asked next, and why not now."""
    member = one.member
    [upcoming] = find_upcoming(tx, member.cohort, [one], at)
    own = tx.rhythms.choices([member.enrolment])[member.enrolment].rhythm
    waits = find_open(tx, member.enrolment)
    until = waits.find_return_day(one.calendar.day_of(at)) if waits else None
    return NextCheckIn(
        upcoming.rhythm, own is not None, upcoming.due, upcoming.holds, waits is not None, until
    )
