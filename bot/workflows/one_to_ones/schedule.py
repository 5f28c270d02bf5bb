"""Keeps the jobs of briefs and of the questions after one-to-ones right when times, hours and pairs change.

Each of the two has one job for the brief and one for the question. A one-to-one that moves gets other jobs;
the earlier ones find that it moved, and do nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.one_to_ones.records import OneToOne
from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.workflows.dojo.one_to_one_parties import find_attendee, note_attendee
from bot.workflows.one_to_ones.calendar_schedule import list_daily_jobs
from bot.workflows.one_to_ones.message_keys import AFTER, BRIEF
from bot.workflows.one_to_ones.readers import MeetingReader, list_readers

KIND = "one_to_one"
"""The workflow that sends the messages."""
_AHEAD = timedelta(days=10)
"""How far ahead jobs are added: a brief is sent at most a week before."""
_BEHIND = timedelta(days=8)


@dataclass(frozen=True)
class OneToOneSchedule:
    """Adds and moves jobs."""

    store: Store
    now: Callable[[], datetime]

    def keep(self) -> int:
        """Add the jobs that are missing and move those that are due at another time; return how many.

        Also note who met in the one-to-ones that have begun.
        """
        at = self.now()
        with self.store.read() as tx:
            wrong = [*_list_wrong_jobs(tx, at), *_list_unread(tx, at)]
            begun = [
                meeting
                for meeting in tx.one_to_ones.between(at - _BEHIND, at)
                if meeting.attendee is None and find_attendee(tx, meeting)
            ]
        if wrong or begun:
            with self.store.begin() as tx:
                for job in wrong:
                    tx.jobs.add(job)
                for meeting in begun:
                    note_attendee(tx, meeting, at)
        return len(wrong)


def _list_unread(tx: Tx, at: datetime) -> list[Job]:
    """List the jobs that read calendars today, without those that were added already."""
    wanted = list_daily_jobs(tx, at)
    known = tx.jobs.find_due_times([job.id for job in wanted]) if wanted else {}
    return [job for job in wanted if job.id not in known]


def _list_wrong_jobs(tx: Tx, at: datetime) -> list[Job]:
    meetings = tx.one_to_ones.between(at - _BEHIND, at + _AHEAD)
    wanted = {job.id: job for meeting in meetings for job in _plan_meeting(tx, meeting, at)}
    known = tx.jobs.find_due_times(list(wanted)) if wanted else {}
    return [job for job in wanted.values() if job.id not in known or _is_wrong(known[job.id], job.due_at, at)]


def _is_wrong(due: datetime | None, wanted: datetime, at: datetime) -> bool:
    """Return whether a job that is due at one time must be moved to another. None: it has begun."""
    is_starting = due is not None and due <= at and wanted <= at
    return due is not None and due != wanted and not is_starting


def _plan_meeting(tx: Tx, meeting: OneToOne, at: datetime) -> Iterator[Job]:
    for reader in list_readers(tx, meeting):
        for kind in (BRIEF, AFTER):
            if (due := reader.find_time(kind, at)) is not None:
                yield make_job(reader, kind, due)


def make_job(reader: MeetingReader, kind: str, due: datetime) -> Job:
    """Return the job that sends a message. Its id names the time of the one-to-one, which may move."""
    meeting, what = reader.meeting, kind.rpartition(".")[2]
    begins = int(meeting.at.timestamp())
    argument = {
        "one_to_one": meeting.id,
        "person": reader.person,
        "kind": kind,
        "at": meeting.at.isoformat(),
    }
    return Job(f"one_to_one:{meeting.id}:{reader.person}:{what}.{begins}", KIND, argument, due)
