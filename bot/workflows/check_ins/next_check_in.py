"""When a participant is asked next, and why not sooner."""

from datetime import date, datetime

from bot.domain.check_ins.holds import find_holds
from bot.domain.check_ins.shown import NextCheckIn
from bot.domain.dojo.people import Member
from bot.ports.store import Tx
from bot.workflows.check_ins.askable import find_open
from bot.workflows.check_ins.participants import Participant, find_participant
from bot.workflows.check_ins.standings import gather_facts


def load_participant(tx: Tx, member: Member, at: datetime) -> Participant | None:
    """Return a participant with their calendar, or None if they have left."""
    return find_participant(tx, member.cohort, member.person, member.enrolment, at)


def show_next(tx: Tx, one: Participant, at: datetime) -> NextCheckIn:
    """Return when a participant is asked next, and why not now."""
    enrolment = one.member.enrolment
    facts = gather_facts(tx, one.member.cohort, [one], at)[enrolment]
    holds = find_holds(facts, one.calendar)
    earliest = max((hold.until for hold in holds if hold.until), default=date.min)
    choice = tx.rhythms.choices([enrolment])[enrolment]
    return NextCheckIn(
        one.calendar.rhythm,
        choice.rhythm is not None,
        one.calendar.find_next(at, earliest),
        holds,
        find_open(tx, enrolment),
        next(iter(tx.check_ins.of(enrolment)), None),
    )
