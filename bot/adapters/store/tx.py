"""One transaction's view of the tables, as the workflows know it (``ports.store``)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from bot.adapters.store.capstones import Capstones
from bot.adapters.store.due import Effects, Jobs
from bot.adapters.store.inbox import Deliveries
from bot.adapters.store.ledgers import Ledgers
from bot.adapters.store.reviews import PullRequests, Questions, Rounds
from bot.adapters.store.tables import AuditEvent


def _utc() -> datetime:
    return datetime.now(UTC)


class SqlTx:
    """``ports.store.Tx`` over one session."""

    def __init__(self, session: Session, tenant: str, now: Callable[[], datetime] = _utc) -> None:
        self._session = session
        self._now = now
        self.deliveries = Deliveries(session)
        self.capstones = Capstones(session, tenant)
        self.pull_requests = PullRequests(session)
        self.rounds = Rounds(session)
        self.questions = Questions(session, tenant)
        self.ledgers = Ledgers(session)
        self.effects = Effects(session)
        self.jobs = Jobs(session)

    def audit(self, actor: str, action: str, subject: str, **detail: Any) -> None:
        """Note who did what to what, for good."""
        self._session.add(
            AuditEvent(at=self._now(), actor=actor, action=action, subject=subject, detail=detail)
        )


class SqlStore:
    """``ports.store.Store`` over an engine. ``tenant`` is the code host's name."""

    def __init__(self, engine: sa.Engine, tenant: str, now: Callable[[], datetime] = _utc) -> None:
        self._engine = engine
        self._tenant = tenant
        self._now = now

    @contextmanager
    def begin(self) -> Iterator[SqlTx]:
        """Begin a transaction: committed when it ends, undone where it raises."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield SqlTx(session, self._tenant, self._now)
