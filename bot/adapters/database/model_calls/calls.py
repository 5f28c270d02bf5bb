"""Calls to a model. A row is written before the call and completed after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from bot.adapters.database.connections import open_read_only
from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState

# An advisory lock: any number that no other lock in the database uses.
_DAY_BUDGET_LOCK = 5_367_364


class AttemptTakenError(Exception):
    """Another process has started this attempt."""


@dataclass
class DailyBudgetError(Exception):
    """This call would exceed the day's budget. ``spent`` is the cost in USD so far, without this call."""

    spent: float


def _utc() -> datetime:
    return datetime.now(UTC)


class SqlModelCalls:
    """The ``model_call`` table. Each method is one transaction."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime] = _utc) -> None:
        self._engine = engine
        self.now = now

    def by_key(self, key: str) -> Sequence[ModelCallRow]:
        """List the calls for a key in order of their attempts."""
        with open_read_only(self._engine) as connection, Session(connection) as session:
            query = select(ModelCallRow).where(ModelCallRow.key == key).order_by(col(ModelCallRow.attempt))
            return session.exec(query).all()

    def begin(self, call: ModelCallRow, day_budget: float | None) -> int:
        """Store an intent and return its id. The call may be made once this returns.

        ``day_budget`` is in USD since midnight UTC. Intents count with their highest possible cost.

        Raises:
            AttemptTakenError: another process has started this attempt. DailyBudgetError: the call would
                exceed the budget. In both cases nothing was stored.
        """
        with Session(self._engine, expire_on_commit=False) as session:
            if day_budget is not None:
                self._hold_budget(session)
                spent = sum_spent_today(session, self.now())
                if spent + (call.usd or 0.0) > day_budget:
                    raise DailyBudgetError(spent)
            session.add(call)
            try:
                session.commit()
            except IntegrityError:
                raise AttemptTakenError from None
        if call.id is None:
            raise AssertionError("a committed row has an id")
        return call.id

    def seen(self, identity: int) -> None:
        """Record that the caller is still waiting for the answer."""
        self._update(identity, seen_at=self.now())

    def complete(self, identity: int, state: ModelCallState, **values: object) -> None:
        """Store how a call ended, in one transaction."""
        self._update(identity, state=state, finished_at=self.now(), **values)

    def spent_today(self) -> float:
        """Return the cost in USD of calls since midnight UTC, assuming the maximum for unfinished ones."""
        with open_read_only(self._engine) as connection, Session(connection) as session:
            return sum_spent_today(session, self.now())

    def _hold_budget(self, session: Session) -> None:
        """Let only one process at a time check the budget and write. SQLite's transactions always do so."""
        if self._engine.dialect.name == "postgresql":
            session.connection().execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": _DAY_BUDGET_LOCK})

    def _update(self, identity: int, **values: object) -> None:
        with Session(self._engine) as session:
            session.connection().execute(
                sa.update(ModelCallRow).where(col(ModelCallRow.id) == identity).values(**values)
            )
            session.commit()


def sum_spent_today(session: Session, now: datetime) -> float:
    """Return the cost in USD of all calls since midnight UTC, assuming the maximum for unfinished ones."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    query = select(func.coalesce(func.sum(ModelCallRow.usd), 0.0)).where(
        col(ModelCallRow.started_at) >= midnight
    )
    return float(session.exec(query).one() or 0.0)
