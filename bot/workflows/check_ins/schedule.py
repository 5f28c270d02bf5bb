"""Keeps the jobs of check-ins right when rhythms, hours, time zones, holidays and cohorts change.

Each participant who may be asked has one job that waits: their next check-in. A job whose time has come
stays, whatever changes: when it runs, it decides again. So what was due during an outage isn't lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.check_ins.due_times import DueTime
from bot.domain.dojo.people import EnrolmentState
from bot.ports.engine import RETRY_SEPARATOR
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.workflows.check_ins.participants import Participant, is_over, list_participants

CHECK_IN = "check_in"
"""The kind of jobs that ask participants."""
_MOST_JOBS = 200_000
_A_PAGE = 200
"""How many jobs are written in one transaction, so that others can write meanwhile."""
_AHEAD = timedelta(days=3660)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class CheckInSchedule:
    """Adds and moves the jobs of check-ins."""

    store: Store
    now: Callable[[], datetime]

    def keep(self) -> int:
        """Add the jobs that are missing and replace those that are due at another time; return how many."""
        with self.store.read() as tx:
            known = _read_waiting(tx, self.now())
            wrong = [
                (job, job.argument["enrolment"] in known) for job in list_wrong_jobs(tx, self.now(), known)
            ]
        for begin in range(0, len(wrong), _A_PAGE):
            with self.store.begin() as tx:
                for job, is_known in wrong[begin : begin + _A_PAGE]:
                    if is_known:
                        tx.jobs.replace(make_prefix(job.argument["enrolment"]), job)
                    else:
                        tx.jobs.add(job)
        return len(wrong)


def list_wrong_jobs(tx: Tx, at: datetime, waiting: Mapping[int, Job]) -> list[Job]:
    """List the next check-ins' jobs as they should be, without those that are so already.

    ``waiting`` are the jobs that wait, by enrolment.
    """
    wanted = []
    for cohort in tx.cohorts.all():
        if is_over(tx.cohorts.dates(cohort.id), at):
            continue
        for one in list_participants(tx, cohort.id, at):
            known = waiting.get(one.member.enrolment)
            if one.member.state is EnrolmentState.ACTIVE and not (known and _stays(known, at)):
                due = one.calendar.find_next(at)
                if due is not None and (known is None or not _is_at(known, one, due)):
                    wanted.append((one, due))
    return [make_job(one, due) for one, due in _put_off_begun(tx, wanted, at)]


def _is_at(job: Job, one: Participant, due: DueTime) -> bool:
    return (job.id, job.due_at) == (f"{make_prefix(one.member.enrolment)}{due.day}", due.at)


def _put_off_begun(
    tx: Tx, wanted: Sequence[tuple[Participant, DueTime]], at: datetime
) -> list[tuple[Participant, DueTime]]:
    """Plan for a later day what is due today for those whose check-in of today has begun already."""
    today = {make_job(one, due).id for one, due in wanted if due.day == one.calendar.day_of(at)}
    begun = {job for job, due_at in tx.jobs.find_due_times(today).items() if due_at is None}
    planned = []
    for one, due in wanted:
        is_done = make_job(one, due).id in begun
        later = one.calendar.find_next(at, due.day + _A_DAY) if is_done else due
        if later is not None:
            planned.append((one, later))
    return planned


def make_job(one: Participant, due: DueTime, *, waited: bool = False, again: datetime | None = None) -> Job:
    """Return the job of a check-in.

    ``waited``: it was put off within its week, so it isn't planned anew. ``again`` is when it was put back,
    if an earlier one of the same day has begun, since each id runs only once.
    """
    member = one.member
    argument = {
        "enrolment": member.enrolment,
        "cohort": member.cohort,
        "person": member.person,
        "day": due.day.isoformat(),
        "asked_for": False,
        "waited": waited,
    }
    suffix = f"{RETRY_SEPARATOR}{int(again.timestamp() * 1000)}" if again else ""
    return Job(f"{make_prefix(member.enrolment)}{due.day}{suffix}", CHECK_IN, argument, due.at)


def make_prefix(enrolment: int) -> str:
    """Return how the ids of a participant's jobs begin. A day follows."""
    return f"checkin:{enrolment}:"


def ask_now(tx: Tx, one: Participant, at: datetime) -> None:
    """Ask a participant soon, because they want it. Their next planned check-in stays."""
    member = one.member
    day = one.calendar.day_of(at)
    argument = {
        "enrolment": member.enrolment,
        "cohort": member.cohort,
        "person": member.person,
        "day": day.isoformat(),
        "asked_for": True,
        "waited": False,
    }
    stamp = int(at.timestamp() * 1000)
    tx.jobs.add(Job(f"checkin_now:{member.enrolment}:{day}:{stamp}", CHECK_IN, argument, at))


def _read_waiting(tx: Tx, at: datetime) -> Mapping[int, Job]:
    """Return the jobs that wait, by enrolment. Of several, the earliest counts."""
    waiting: dict[int, Job] = {}
    for job in tx.jobs.due_with_prefix("checkin:", at + _AHEAD, _MOST_JOBS):
        waiting.setdefault(job.argument["enrolment"], job)
    return waiting


def _stays(job: Job, at: datetime) -> bool:
    """Return whether a job isn't planned anew: its time has come, or it was put off within its week."""
    return job.due_at <= at or bool(job.argument["waited"])
