"""Calls to a model, written before they are made and completed after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from bot.adapters.database.model_calls.tables import ModelCallRow, ModelCallState

# Any number will do, if nothing else in the database uses it for an advisory lock.
_DAY_BUDGET_LOCK = 5_367_364


class AttemptTakenError(Exception):
    """Somebody else has begun this very attempt."""


@dataclass
class DailyBudgetError(Exception):
    """The day's calls and this one would cost more than the budget. ``spent`` is without this one, in USD."""

    spent: float


def _utc() -> datetime:
    return datetime.now(UTC)


class SqlModelCalls:
    """The ``model_call`` table. Each method is one transaction."""

    def __init__(self, engine: sa.Engine, now: Callable[[], datetime] = _utc) -> None:
        self._engine = engine
        self.now = now

    def of(self, key: str) -> Sequence[ModelCallRow]:
        """List the calls for a key, the first attempt first."""
        with Session(self._engine, expire_on_commit=False) as session:
            query = select(ModelCallRow).where(ModelCallRow.key == key).order_by(col(ModelCallRow.attempt))
            return session.exec(query).all()

    def begin(self, call: ModelCallRow, day_budget: float | None) -> int:
        """Write an intent and return its id; the call may be made once this returns.

        Raises:
            AttemptTakenError: another process has begun this attempt of this key. OverDayBudget: the budget
            (USD since midnight UTC, intents at the most they may cost) does not allow
                this call; nothing was written.
        """
        with Session(self._engine, expire_on_commit=False) as session:
            if day_budget is not None:
                self._hold_budget(session)
                spent = self._spent_today(session)
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
        """Note that the caller still waits for its answer."""
        self._update(identity, seen_at=self.now())

    def complete(self, identity: int, state: ModelCallState, **values: object) -> None:
        """Write how a call ended, in one transaction."""
        self._update(identity, state=state, finished_at=self.now(), **values)

    def spent_today(self) -> float:
        """Return the USD of all calls since midnight UTC, those in flight at the most they may cost."""
        with Session(self._engine) as session:
            return self._spent_today(session)

    def _spent_today(self, session: Session) -> float:
        midnight = self.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        query = select(func.coalesce(func.sum(ModelCallRow.usd), 0.0)).where(
            col(ModelCallRow.started_at) >= midnight
        )
        return session.exec(query).one() or 0.0

    def _hold_budget(self, session: Session) -> None:
        """Let one process at a time compare with the budget and write; SQLite's transactions do so anyway."""
        if self._engine.dialect.name == "postgresql":
            session.connection().execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": _DAY_BUDGET_LOCK})

    def _update(self, identity: int, **values: object) -> None:
        with Session(self._engine) as session:
            session.connection().execute(
                sa.update(ModelCallRow).where(col(ModelCallRow.id) == identity).values(**values)
            )
            session.commit()
