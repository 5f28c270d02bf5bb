"""Keeps the jobs of check-ins right when rhythms, hours, time zones, holidays and cohorts change.

Each participant who may be asked has one job that waits: their next check-in. A job whose time has come
stays, whatever changes: when it runs, it decides again. So what was due during an outage isn't lost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.check_ins.asking_times import PlannedCheckIn
from bot.domain.check_ins.due_times import DueTime, find_monday
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
_A_DAY, _A_WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True)
class CheckInSchedule:
    """Adds and moves the jobs of check-ins."""

    store: Store
    now: Callable[[], datetime]

    def keep(self) -> int:
        """Add the jobs that are missing and replace those that are due at another time; return how many."""
        with self.store.read() as tx:
            wrong = list_wrong_jobs(tx, self.now())
        for begin in range(0, len(wrong), _A_PAGE):
            with self.store.begin() as tx:
                _write(tx, wrong[begin : begin + _A_PAGE])
        return len(wrong)


@dataclass(frozen=True, slots=True)
class WrongJob:
    """A job as it should be, and the one that waits in its place, or None."""

    job: Job
    waiting: Job | None


def list_wrong_jobs(tx: Tx, at: datetime) -> list[WrongJob]:
    """List the next check-ins' jobs as they should be, without those that are so already.

    Whoever is paused has one too: when it is due, they may be back.
    """
    waiting = _read_waiting(tx, at)
    wrong = []
    for cohort in tx.cohorts.all():
        if not is_over(tx.cohorts.dates(cohort.id), at):
            wrong += _list_wrong(tx, list_participants(tx, cohort.id, at), waiting, at)
    return wrong


def plan_again(tx: Tx, one: Participant, at: datetime) -> None:
    """Plan a participant's next check-in at once, because they have changed when they want it."""
    _write(tx, _list_wrong(tx, [one], _read_waiting_of(tx, [one], at), at))


def find_planned(tx: Tx, participants: Sequence[Participant], at: datetime) -> Mapping[int, PlannedCheckIn]:
    """Return participants' next check-ins as they are planned, or will be at the next look, by enrolment."""
    jobs = _plan(tx, participants, _read_waiting_of(tx, participants, at), at)
    return {enrolment: read_planned(job) for enrolment, job in jobs.items()}


def read_planned(job: Job) -> PlannedCheckIn:
    """Return the check-in that a job is for."""
    argument = job.argument
    due = DueTime(date.fromisoformat(argument["day"]), job.due_at)
    return PlannedCheckIn(due, waited=argument["waited"])


def _list_wrong(
    tx: Tx, participants: Sequence[Participant], waiting: Mapping[int, Job], at: datetime
) -> list[WrongJob]:
    reachable = [one for one in participants if one.member.chat is not None]
    return [
        WrongJob(job, waiting.get(enrolment))
        for enrolment, job in _plan(tx, reachable, waiting, at).items()
        if enrolment not in waiting or read_planned(waiting[enrolment]) != read_planned(job)
    ]


def _write(tx: Tx, wrong: Sequence[WrongJob]) -> None:
    """Store jobs, but leave alone whoever's job has begun or has changed since it was read."""
    due = tx.jobs.find_due_times([it.waiting.id for it in wrong if it.waiting])
    for it in wrong:
        if it.waiting is None:
            tx.jobs.add(it.job)
        elif due.get(it.waiting.id) == it.waiting.due_at:
            # Only this one: another may have been put off within its week meanwhile.
            tx.jobs.replace(it.waiting.id, it.job)


def _plan(
    tx: Tx, participants: Sequence[Participant], waiting: Mapping[int, Job], at: datetime
) -> Mapping[int, Job]:
    """Return each participant's next job as it should be, by enrolment."""
    planned: dict[int, Job] = {}
    wanted = []
    for one in participants:
        enrolment = one.member.enrolment
        known = waiting.get(enrolment)
        if known is not None and _stays(known, at):
            planned[enrolment] = known
        elif (due := _find_due(one, known, at)) is None:
            continue
        elif known is not None and read_planned(known).due.day == due.day:
            planned[enrolment] = replace(known, due_at=due.at)
        else:
            wanted.append((one, due))
    for one, due in _put_off_begun(tx, wanted, at):
        planned[one.member.enrolment] = make_job(one, due)
    return planned


def _find_due(one: Participant, known: Job | None, at: datetime) -> DueTime | None:
    """Return when a participant's next check-in is due.

    If this week's is still to come, and today's time is past by their new rhythm or hours, it is due now.
    If it would have been due on an earlier day of this week, by a new rhythm or because their defence has
    moved, this week's stays on its day.
    """
    calendar = one.calendar
    today = calendar.day_of(at)
    if known is not None and find_monday(read_planned(known).due.day) == find_monday(today):
        due = calendar.find_next(at - _A_DAY)
        if due is not None and due.day == today:
            return due
        found = calendar.find_next(at), calendar.find_next(at, read_planned(known).due.day)
        return min((due for due in found if due is not None), key=lambda due: due.at, default=None)
    return calendar.find_next(at)


def _put_off_begun(
    tx: Tx, wanted: Sequence[tuple[Participant, DueTime]], at: datetime
) -> list[tuple[Participant, DueTime]]:
    """Plan for a later week what is due on a day whose check-in has begun already.

    The day is today's, or tomorrow's after a move to the west.
    """
    soon = [one_due for one_due in wanted if one_due[1].day <= one_due[0].calendar.day_of(at) + _A_DAY]
    known = tx.jobs.find_due_times({make_job(one, due).id for one, due in soon})
    begun = {job for job, due_at in known.items() if due_at is None}
    planned = []
    for one, due in wanted:
        is_done = make_job(one, due).id in begun
        later = one.calendar.find_next(at, find_monday(due.day) + _A_WEEK) if is_done else due
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


def _read_waiting(tx: Tx, at: datetime, prefix: str = "checkin:") -> Mapping[int, Job]:
    """Return the jobs that wait, by enrolment. Of several, the earliest counts."""
    waiting: dict[int, Job] = {}
    for job in tx.jobs.due_with_prefix(prefix, at + _AHEAD, _MOST_JOBS):
        waiting.setdefault(job.argument["enrolment"], job)
    return waiting


def _read_waiting_of(tx: Tx, participants: Sequence[Participant], at: datetime) -> Mapping[int, Job]:
    """Return the jobs that wait for some participants. For one, those of all others aren't read."""
    if len(participants) == 1:
        return _read_waiting(tx, at, make_prefix(participants[0].member.enrolment))
    return _read_waiting(tx, at)


def _stays(job: Job, at: datetime) -> bool:
    """Return whether a job isn't planned anew: its time has come, or it was put off within its week."""
    return job.due_at <= at or bool(job.argument["waited"])
