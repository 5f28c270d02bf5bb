"""How the work stands, read beside whoever writes: a few queries that an index answers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.database.connections import READING
from bot.adapters.database.model_calls.tables import ModelCallRow
from bot.adapters.database.pull_requests.tables import DeliveryRow, JobRow, RoundRow
from bot.domain.jobs.backlog import Backlog

# Whoever looks must not be what everything waits for.
_MOST_MS = 5_000
_DEAD = ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


@contextmanager
def reading_only(engine: sa.Engine) -> Iterator[Session]:
    """Open a transaction that only reads, and takes no writer's turn; each of its queries has five seconds.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    with engine.connect().execution_options(**{READING: True}) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {_MOST_MS}")
        with Session(connection) as session:
            yield session


def read_backlog(engine: sa.Engine, now: datetime) -> Backlog:
    """Return how the work stands.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database does not answer.
    """
    with reading_only(engine) as session:
        waiting, deferred, failed, oldest = _deliveries(session)
        overdue, due = session.exec(
            select(func.count(), func.min(JobRow.due_at)).where(
                col(JobRow.started_at).is_(None), JobRow.due_at <= now
            )
        ).one()
        rounds = session.exec(select(RoundRow.state, func.count()).group_by(col(RoundRow.state))).all()
        return Backlog(
            at=now,
            waiting=waiting,
            deferred=deferred,
            failed=failed,
            oldest_delivery=oldest,
            overdue=overdue,
            oldest_job=due,
            rounds=dict(rounds),
            dead_letters=len(count_given_up(session)),
            spent_today=spent_today(session, now),
        )


def _deliveries(session: Session) -> tuple[int, int, int, datetime | None]:
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


def spent_today(session: Session, now: datetime) -> float:
    """Return the USD of all calls since midnight UTC, those in flight at the most they may cost."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.coalesce(func.sum(ModelCallRow.usd), 0.0)).where(
        col(ModelCallRow.started_at) >= midnight
    )
    return float(session.exec(query).one() or 0.0)


def count_given_up(session: Session) -> Sequence[str]:
    """List the ids of the engine's workflows that gave up and were not set going again, the oldest first."""
    connection = session.connection()
    schema = "dbos" if connection.dialect.name == "postgresql" else None
    if not sa.inspect(connection).has_table("workflow_status", schema=schema):
        return []  # none has ever run
    names = ("workflow_uuid", "status", "was_forked_from", "created_at")
    table = sa.table("workflow_status", *map(sa.column, names), schema=schema)
    query = (
        sa.select(table.c.workflow_uuid)
        .where(table.c.status.in_(_DEAD), table.c.was_forked_from.is_(sa.false()))
        .order_by(table.c.created_at)
    )
    return [str(identity) for identity in connection.execute(query).scalars()]
