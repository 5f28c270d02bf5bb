"""Jobs that are due, and effects outside the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.jobs.tables import EffectRow, JobRow
from bot.adapters.database.upserts import insert_or_update
from bot.ports.jobs import Job


@dataclass
class SqlEffects:
    """The ``effect`` table."""

    session: Session

    def begin(self, key: str, at: datetime) -> None:
        """Record that an effect is about to happen. Nothing changes if it is already recorded."""
        self.session.flush()
        statement = insert_or_update(self.session, EffectRow).values(key=key, started_at=at)
        self.session.connection().execute(statement.on_conflict_do_nothing())

    def finish(self, key: str, external_id: str, at: datetime) -> None:
        """Store the external id of an effect's result."""
        self.session.flush()
        changed = sa.update(EffectRow).where(col(EffectRow.key) == key)
        done = self.session.connection().execute(changed.values(external_id=external_id, done_at=at))
        if not done.rowcount:
            raise AssertionError("an effect is recorded before it happens")

    def find(self, key: str) -> tuple[bool, str | None]:
        """Return whether an effect has started, and the external id of its result if known."""
        row = self.session.get(EffectRow, key)
        return (True, row.external_id) if row else (False, None)

    def find_all(self, keys: Collection[str]) -> Mapping[str, str | None]:
        """Return the external ids of the effects that have started, by key; None if it isn't known."""
        query = select(EffectRow.key, EffectRow.external_id).where(col(EffectRow.key).in_(keys))
        rows = self.session.exec(query).all()
        return {row[0]: row[1] for row in rows}

    def find_key(self, prefix: str, external_id: str) -> str | None:
        """Return the key of the effect with this external id, among those that start with ``prefix``."""
        query = select(EffectRow.key).where(*_starts_with(prefix), EffectRow.external_id == external_id)
        return self.session.exec(query).first()

    def find_by_prefix(self, prefix: str) -> Mapping[str, str | None]:
        """Return the external ids of the effects whose keys start with ``prefix``, in the keys' order."""
        query = select(EffectRow.key, EffectRow.external_id).where(*_starts_with(prefix))
        return dict(self.session.exec(query.order_by(col(EffectRow.key))).all())


@dataclass
class SqlJobs:
    """The ``job`` table."""

    session: Session

    def add(self, job: Job) -> None:
        """Add a job. If a job with the same id has not started yet, move it to the new time."""
        self.session.flush()
        changed = {"due_at": job.due_at, "argument": job.argument, "error": None}
        statement = insert_or_update(self.session, JobRow).values(id=job.id, kind=job.kind, **changed)
        self.session.connection().execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_=changed, where=col(JobRow.started_at).is_(None)
            )
        )

    def replace(self, prefix: str, job: Job, *, keep_place: bool = False) -> None:
        """Add a job, and delete all unstarted others whose ids start with ``prefix``."""
        due = job.due_at
        for row in self.session.exec(select(JobRow).where(*_is_waiting(prefix))):
            due = min(due, row.due_at) if keep_place else due
            self.session.delete(row)
        self.session.flush()
        self.add(replace(job, due_at=due))

    def list_waiting(self, prefix: str) -> Sequence[str]:
        """List the ids of unstarted jobs whose ids start with ``prefix``."""
        return self.session.exec(select(JobRow.id).where(*_is_waiting(prefix))).all()

    def due(
        self, at: datetime, most: int, *, without: Collection[str] = (), without_prefix: str = ""
    ) -> Sequence[Job]:
        """List at most ``most`` unstarted jobs that are due, the longest due first, without some."""
        wanted: list[sa.ColumnElement[bool]] = [col(JobRow.kind).not_in(without)]
        if without_prefix:
            wanted.append(~col(JobRow.id).startswith(without_prefix, autoescape=True))
        return self._list_due(at, most, *wanted)

    def due_with_prefix(self, prefix: str, at: datetime, most: int) -> Sequence[Job]:
        """List at most ``most`` unstarted jobs that are due and whose ids start with ``prefix``."""
        return self._list_due(at, most, col(JobRow.id).startswith(prefix, autoescape=True))

    def _list_due(self, at: datetime, most: int, *wanted: sa.ColumnElement[bool]) -> Sequence[Job]:
        query = (
            select(JobRow)
            .where(*_is_due(at), *wanted)
            .order_by(col(JobRow.due_at), col(JobRow.id))
            .limit(most)
        )
        return [_as_job(row) for row in self.session.exec(query)]

    def due_of_kind(self, kind: str, at: datetime, most: int, *, first: str) -> Sequence[Job]:
        """List unstarted jobs of a kind that are due: those with a value ``first``, then the longest due."""
        lacks_it = col(JobRow.argument)[first].as_string().is_(None)
        query = (
            select(JobRow)
            .where(*_is_due(at), JobRow.kind == kind)
            .order_by(lacks_it, col(JobRow.due_at), col(JobRow.id))
            .limit(most)
        )
        return [_as_job(row) for row in self.session.exec(query)]

    def find_due_time(self, job: str) -> datetime | None:
        """Return when a job is or was due, or None if there is no such job."""
        row = self.session.get(JobRow, job)
        return row.due_at if row else None

    def find_due_times(self, jobs: Collection[str]) -> Mapping[str, datetime | None]:
        """Return when jobs are due, by id: None if one has started. Those that don't exist are left out."""
        query = select(JobRow.id, JobRow.due_at, JobRow.started_at).where(col(JobRow.id).in_(jobs))
        return {job: None if started else due for job, due, started in self.session.exec(query)}

    def mark_begun(self, job: str, at: datetime) -> None:
        """Store when a job started, unless another job has replaced it meanwhile."""
        self.session.flush()
        begun = sa.update(JobRow).where(col(JobRow.id) == job).values(started_at=at, error=None)
        self.session.connection().execute(begun)

    def postpone(self, job: str, until: datetime, error: str) -> None:
        """Store why a job could not be started, and when it is due again."""
        row = self.session.get(JobRow, job)
        if row is not None and row.started_at is None:
            row.due_at, row.error = until, error

    def list_failed(self) -> Sequence[tuple[str, str]]:
        """List the ids and errors of jobs that could not be started, the longest due first."""
        query = (
            select(JobRow.id, JobRow.error)
            .where(col(JobRow.started_at).is_(None), col(JobRow.error).is_not(None))
            .order_by(col(JobRow.due_at), col(JobRow.id))
        )
        return [(job, error or "") for job, error in self.session.exec(query)]

    def retry(self, job: str, at: datetime) -> bool:
        """Make a job that could not be started due; return False if no such job has this id."""
        row = self.session.get(JobRow, job)
        if row is None or row.started_at is not None or row.error is None:
            return False
        row.due_at, row.error = at, None
        return True

    def retry_all(self, at: datetime) -> None:
        """Make all jobs that could not be started due. Their errors stay until they start."""
        waiting = col(JobRow.started_at).is_(None), col(JobRow.error).is_not(None)
        self.session.connection().execute(sa.update(JobRow).where(*waiting).values(due_at=at))

    def begin_times_since(self, prefix: str, moment: datetime) -> Sequence[datetime]:
        """List the start times after a given time of jobs whose ids start with ``prefix``, earliest first."""
        query = (
            select(JobRow.started_at)
            .where(col(JobRow.id).startswith(prefix, autoescape=True), col(JobRow.started_at) > moment)
            .order_by(col(JobRow.started_at))
        )
        return [at for at in self.session.exec(query) if at is not None]

    def list_begun_since(self, prefix: str, moment: datetime) -> Sequence[str]:
        """List the ids of jobs that started after a given time and whose ids start with ``prefix``."""
        starts = col(JobRow.id).startswith(prefix, autoescape=True)
        return self.session.exec(select(JobRow.id).where(starts, col(JobRow.started_at) > moment)).all()

    def forget(self, kinds: Sequence[str], before: datetime) -> int:
        """Delete the jobs of the given kinds that started before a given time; return how many."""
        old = sa.delete(JobRow).where(col(JobRow.kind).in_(kinds), col(JobRow.started_at) < before)
        return self.session.connection().execute(old).rowcount


def _starts_with(prefix: str) -> tuple[sa.ColumnElement[bool], ...]:
    starts = col(EffectRow.key).startswith(prefix, autoescape=True)
    # The range lets SQLite use the key's index, which it doesn't for LIKE.
    return col(EffectRow.key) >= prefix, col(EffectRow.key) < f"{prefix}\U0010ffff", starts


def _is_waiting(prefix: str) -> tuple[sa.ColumnElement[bool], ...]:
    return col(JobRow.started_at).is_(None), col(JobRow.id).startswith(prefix, autoescape=True)


def _is_due(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return col(JobRow.started_at).is_(None), col(JobRow.due_at) <= at


def _as_job(row: JobRow) -> Job:
    return Job(row.id, row.kind, dict(row.argument), row.due_at)
