"""Gives a sensei 24 hours of their own working time to turn a pair down, and reminds them once.

Their deadline is stored when a lead approves the pair, because messages name it. It can move later, if the
sensei enters a holiday or shortens their hours, but never earlier.
"""

from datetime import datetime, timedelta

from bot.domain.dojo.people import CohortRole, WorkingHours
from bot.domain.pairing.records import ANSWER_TIME, REMINDER_TIME, Pair
from bot.domain.pairing.states import PairState
from bot.domain.pairing.working_time import WorkingTime
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.pairing import notices
from bot.workflows.pairing.lookups import find_enrolment

_A_DAY = timedelta(days=1)


def start_waiting(tx: Tx, pair: Pair, at: datetime) -> None:
    """Store the deadline of a pair that was approved now, and add the jobs that remind and settle."""
    time = _find_working_time(tx, pair, at)
    until = time.add(at, ANSWER_TIME)
    tx.pairings.set_deadline(pair.id, until)
    tx.jobs.add(Job(f"pairing.settle:{pair.id}", "pairing.settle", {"pair": pair.id}, until))
    remind_at = time.next_moment(time.add(at, REMINDER_TIME))
    tx.jobs.add(Job(f"pairing.remind:{pair.id}", "pairing.remind", {"pair": pair.id}, remind_at))


def extend_deadline(tx: Tx, pair: Pair, at: datetime) -> Pair:
    """Move an approved pair's deadline if its sensei now works less than when they were asked.

    Return the pair as it is now. Pairs that an earlier version approved keep their 24 hours by the clock.
    """
    if pair.answer_by is None:
        return pair
    until = _find_working_time(tx, pair, pair.changed_at).add(pair.changed_at, ANSWER_TIME)
    if until <= pair.answer_by:
        return pair
    tx.pairings.set_deadline(pair.id, until)
    notices.refresh_pair(tx, pair, at)
    return tx.pairings.get(pair.id) or pair


def extend_deadlines_of(tx: Tx, sensei: str, cohort: int, at: datetime) -> None:
    """Move the deadlines of the pairs that wait for a sensei who has entered a holiday."""
    for pair in tx.pairings.ongoing(cohort):
        if pair.sensei == sensei and pair.state is PairState.APPROVED:
            extend_deadline(tx, pair, at)


def settle_later(tx: Tx, pair: Pair, at: datetime) -> None:
    """Settle a pair at its deadline, which has moved."""
    if pair.answer_by is not None:
        job = f"pairing.settle:{pair.id}:{_stamp(at)}"
        tx.jobs.add(Job(job, "pairing.settle", {"pair": pair.id}, pair.answer_by))


def remind(tx: Tx, number: int, at: datetime) -> str:
    """Remind a sensei of a pair that waits for them, and return the outcome.

    If they are not at work now, it is done when they next are, unless their deadline has passed by then.
    """
    pair = tx.pairings.get(number)
    if pair is None or pair.state is not PairState.APPROVED or pair.answer_by is None:
        return "not wanted"
    pair = extend_deadline(tx, pair, at)
    time = _find_working_time(tx, pair, pair.changed_at)
    due = time.next_moment(max(time.add(pair.changed_at, REMINDER_TIME), at))
    if due >= pair.deadline:
        return "too late"
    if due > at:
        job = f"pairing.remind:{pair.id}:{_stamp(at)}"
        tx.jobs.add(Job(job, "pairing.remind", {"pair": pair.id}, due))
        return "postponed"
    notices.remind_sensei(tx, pair, at)
    return "reminded"


def _find_working_time(tx: Tx, pair: Pair, since: datetime) -> WorkingTime:
    """Return the working time of a pair's sensei: Monday to Friday, 9 to 17 UTC if they have no profile."""
    member = find_enrolment(tx, pair.sensei, pair.cohort, CohortRole.SENSEI)
    hours = member.profile.hours if member and member.profile else WorkingHours("UTC")
    # No time zone is more than a day from UTC.
    absences = tx.absences.ending_since(pair.cohort, since.date() - _A_DAY)
    return WorkingTime(hours, tuple(absence for absence in absences if absence.sensei == pair.sensei))


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)
