"""The backlog of work, read with a few indexed queries that don't wait for writers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.database.connections import open_read_only
from bot.adapters.database.jobs.tables import JobRow
from bot.adapters.database.model_calls.calls import sum_spent_today
from bot.adapters.database.pull_requests.tables import DeliveryRow, RoundRow
from bot.domain.jobs.backlog import PERIODIC_WORKFLOWS, Backlog

# A reader must not delay the writers.
_STATEMENT_TIMEOUT_MS = 5_000
_GIVEN_UP_STATES = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


@contextmanager
def open_read_only_session(engine: sa.Engine) -> Iterator[Session]:
    """Open a read-only transaction outside the writers' turns. Its queries may take five seconds each.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    with open_read_only(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {_STATEMENT_TIMEOUT_MS}")
        with Session(connection) as session:
            yield session


def read_backlog(engine: sa.Engine, now: datetime) -> Backlog:
    """Return the backlog of work.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    with open_read_only_session(engine) as session:
        waiting, deferred, failed, oldest = _count_deliveries(session)
        overdue, due = session.exec(
            select(func.count(), func.min(JobRow.due_at)).where(
                col(JobRow.started_at).is_(None), JobRow.due_at <= now
            )
        ).one()
        unstartable = session.exec(
            select(func.count()).where(col(JobRow.started_at).is_(None), col(JobRow.error).is_not(None))
        ).one()
        rounds = session.exec(select(RoundRow.state, func.count()).group_by(col(RoundRow.state))).all()
        return Backlog(
            at=now,
            waiting=waiting,
            deferred=deferred,
            failed=failed,
            oldest_delivery=oldest,
            overdue=overdue,
            failed_jobs=unstartable,
            oldest_job=due,
            rounds=dict(rounds),
            dead_letters=len(list_given_up(session)),
            spent_today=sum_spent_today(session, now),
        )


def count_waiting_jobs(session: Session, kind: str, now: datetime) -> int:
    """Return how many jobs of a kind are due and have not started."""
    waiting = col(JobRow.started_at).is_(None), JobRow.kind == kind, JobRow.due_at <= now
    return session.exec(select(func.count()).where(*waiting)).one()


def _count_deliveries(session: Session) -> tuple[int, int, int, datetime | None]:
    free = col(DeliveryRow.waits_for).is_(None)
    query = (
        select(DeliveryRow.state, free, func.count(), func.min(DeliveryRow.received_at))
        .where(col(DeliveryRow.state).in_(("stored", "failed")))
        .group_by(col(DeliveryRow.state), free)
    )
    counts: dict[str, int] = {}
    oldest: datetime | None = None
    for state, waits_for_nothing, count, first in session.exec(query):
        kind = "failed" if state == "failed" else "waiting" if waits_for_nothing else "deferred"
        counts[kind] = counts.get(kind, 0) + count
        oldest = first if kind == "waiting" else oldest
    return counts.get("waiting", 0), counts.get("deferred", 0), counts.get("failed", 0), oldest


def list_given_up(session: Session) -> Sequence[str]:
    """List the ids of workflows that gave up and were not retried, oldest first."""
    connection = session.connection()
    schema = "dbos" if connection.dialect.name == "postgresql" else None
    if not sa.inspect(connection).has_table("workflow_status", schema=schema):
        return []  # no workflow has run yet
    names = ("workflow_uuid", "name", "status", "was_forked_from", "created_at")
    table = sa.table("workflow_status", *map(sa.column, names), schema=schema)
    query = (
        sa.select(table.c.workflow_uuid)
        .where(
            table.c.status.in_(_GIVEN_UP_STATES),
            table.c.was_forked_from.is_(sa.false()),
            table.c.name.not_in(PERIODIC_WORKFLOWS),
        )
        .order_by(table.c.created_at)
    )
    return [str(identity) for identity in connection.execute(query).scalars()]
