"""Keeps the jobs of weekly digests right when hours, time zones, holidays and roles change.

Each person who gets a digest has one job a week. It waits until the moment at which the digest is sent or, if
there is none that week, until the week's end, in case that changes. After an outage, jobs and messages that
were due meanwhile are moved to the next moment at which the person works, or are not sent once the week is
over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.ports.jobs import Job
from bot.ports.store import Store, Tx
from bot.ports.triage import StoredDigest
from bot.workflows.chat.digest_refresh import FRESH, SENSEI_DIGEST, make_digest_key
from bot.workflows.digest.recipients import Recipient, find_recipient, list_recipients

_MOST_MESSAGES = 1000
"""Maximum late messages that are moved at once. The next turn moves the others."""


@dataclass(frozen=True)
class DigestSchedule:
    """Adds and moves jobs. ``kinds`` are the kinds of messages that are digests."""

    store: Store
    now: Callable[[], datetime]
    kinds: Sequence[str] = (SENSEI_DIGEST,)

    def keep(self) -> int:
        """Add the jobs that are missing and move those that are due at another time; return how many."""
        with self.store.read() as tx:
            wrong = [*list_wrong_jobs(tx, self.now()), *self._list_late_messages(tx)]
        if wrong:
            with self.store.begin() as tx:
                for job in wrong:
                    tx.jobs.add(job)
        return len(wrong)

    def _list_late_messages(self, tx: Tx) -> list[Job]:
        """List digests that wait to be sent although they are due, moved into their readers' hours."""
        late, at = [], self.now()
        for kind in self.kinds:
            for job in tx.jobs.due_with_prefix(f"message:{kind}:", at, _MOST_MESSAGES):
                due = find_message_time(tx, job.argument["about"]["digest"], at)
                if due is not None and due > at:
                    late.append(replace(job, due_at=due))
        return late


def list_wrong_jobs(tx: Tx, at: datetime) -> list[Job]:
    """List the jobs of this week's digests as they should be, without those that are so already."""
    wanted = {
        job.id: job
        for cohort in tx.cohorts.all()
        for job in _plan_cohort(tx, list_recipients(tx, cohort.id, at), cohort.id, at)
    }
    known = tx.jobs.find_due_times(list(wanted)) if wanted else {}
    return [job for job in wanted.values() if job.id not in known or _is_wrong(known[job.id], job.due_at, at)]


def _is_wrong(due: datetime | None, wanted: datetime, at: datetime) -> bool:
    """Return whether a job that is due at one time must be moved to another. None: it has begun."""
    is_starting = due is not None and due <= at == wanted
    return due is not None and due != wanted and not is_starting


def find_message_time(tx: Tx, digest: int, at: datetime) -> datetime | None:
    """Return when a digest can be sent, from ``at`` on: in its own week, when its reader works.

    Return None if there is no such moment any more, or if the person gets no digests in this role now.
    """
    made = tx.digests.find(digest)
    reader = find_recipient(tx, made.cohort, made.person, made.role, at) if made else None
    return reader.find_delivery(made.week, at) if made and reader else None


def is_over(tx: Tx, digest: StoredDigest, kind: str, at: datetime) -> bool:
    """Return whether a digest's message is no longer written: it is a week old, or was not sent in time."""
    if at - digest.at >= FRESH:
        return True
    _, sent = tx.effects.find(f"message:{make_digest_key(kind, digest.person, digest.id)}")
    return sent is None and find_message_time(tx, digest.id, at) is None


def _plan_cohort(tx: Tx, recipients: Sequence[Recipient], cohort: int, at: datetime) -> list[Job]:
    weeks = {recipient.find_week(at) for recipient in recipients}
    made = tx.digests.made_for(cohort, weeks) if weeks else ()
    return [
        plan_job(recipient, at)
        for recipient in recipients
        if (recipient.person, recipient.role, recipient.find_week(at)) not in made
    ]


def plan_job(recipient: Recipient, at: datetime) -> Job:
    """Return the job of a recipient's digest this week."""
    week = recipient.find_week(at)
    argument = {
        "cohort": recipient.cohort,
        "person": recipient.person,
        "role": recipient.role,
        "week": week,
    }
    due = recipient.find_delivery(week, at) or recipient.find_week_end(at)
    return Job(recipient.make_id(week), "digest", argument, due)
