"""The inbox: webhook deliveries, each kept once."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.pull_requests.tables import DeliveryRow, RefusalRow
from bot.adapters.database.upserts import insert_or_update
from bot.ports.store import Delivery


class SqlDeliveries:
    """The ``delivery`` and ``refusal`` tables."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def receive(self, delivery: Delivery, at: datetime) -> bool:
        """Keep a delivery; False if its id was received before."""
        row = {
            "guid": delivery.guid,
            "event": delivery.event,
            "payload": delivery.payload,
            "state": "stored",
            "error": "",
            "received_at": at,
        }
        # What came back tells, not the count of rows, which a driver may not know.
        kept = insert_or_update(self._session, DeliveryRow).values(row).on_conflict_do_nothing()
        returned = self._session.connection().execute(kept.returning(DeliveryRow.guid))
        return returned.first() is not None

    def waiting(self, most: int) -> Sequence[str]:
        """List the ids that nobody has handled, oldest first."""
        query = (
            select(DeliveryRow.guid)
            .where(DeliveryRow.state == "stored", col(DeliveryRow.waits_for).is_(None))
            .order_by(col(DeliveryRow.received_at), col(DeliveryRow.guid))
            .limit(most)
        )
        return self._session.exec(query).all()

    def defer(self, guid: str, pull_request: int) -> None:
        """Let a delivery wait until ``wake`` is called for a pull request."""
        self._session.get_one(DeliveryRow, guid).waits_for = pull_request
        self._session.flush()

    def deferred(self) -> set[int]:
        """Return the pull requests for which deliveries wait."""
        query = select(DeliveryRow.waits_for).where(
            DeliveryRow.state == "stored", col(DeliveryRow.waits_for).is_not(None)
        )
        return {number for number in self._session.exec(query) if number is not None}

    def wake(self, pull_request: int) -> None:
        """Let the deliveries that wait for a pull request be handled, in the order in which they came."""
        query = select(DeliveryRow).where(
            DeliveryRow.state == "stored", DeliveryRow.waits_for == pull_request
        )
        for row in self._session.exec(query):
            row.waits_for = None
        self._session.flush()

    def get(self, guid: str) -> Delivery | None:
        """Return a delivery that waits."""
        row = self._session.get(DeliveryRow, guid)
        if row is None or row.state != "stored" or row.payload is None:
            return None
        return Delivery(row.guid, row.event, row.payload)

    def known(self, guids: Sequence[str]) -> set[str]:
        """Return which of some ids were ever received."""
        return set(self._session.exec(select(DeliveryRow.guid).where(col(DeliveryRow.guid).in_(guids))))

    def close(self, guid: str, state: str, error: str = "") -> None:
        """Note how a delivery ended; its payload is forgotten unless it failed."""
        row = self._session.get_one(DeliveryRow, guid)
        row.state, row.error = state, error
        if state != "failed":
            row.payload = None

    def error(self, guid: str) -> str:
        """Return why a delivery came to nothing, as it was closed with; nothing where it did not."""
        row = self._session.get(DeliveryRow, guid)
        return row.error if row else ""

    def failed(self) -> Sequence[tuple[str, str]]:
        """List the deliveries that could not be handled, oldest first: each one's id and why."""
        query = (
            select(DeliveryRow.guid, DeliveryRow.error)
            .where(DeliveryRow.state == "failed")
            .order_by(col(DeliveryRow.received_at), col(DeliveryRow.guid))
        )
        return [(guid, error) for guid, error in self._session.exec(query)]

    def again(self, guid: str) -> bool:
        """Let a delivery that failed wait once more."""
        row = self._session.get(DeliveryRow, guid)
        if row is None or row.state != "failed":
            return False
        row.state, row.error = "stored", ""
        return True

    def refused(self, reason: str, count: int, at: datetime) -> None:
        """Count requests that were no deliveries."""
        row = {"day": at.date().isoformat(), "reason": reason, "count": count}
        counted = (
            insert_or_update(self._session, RefusalRow)
            .values(row)
            .on_conflict_do_update(
                index_elements=["day", "reason"], set_={"count": sa.literal_column("refusal.count") + count}
            )
        )
        self._session.connection().execute(counted)

    def forget(self, before: datetime) -> int:
        """Forget what was received before a moment and handled or ignored; return how much."""
        old = sa.delete(DeliveryRow).where(
            col(DeliveryRow.state).in_(("handled", "ignored")), col(DeliveryRow.received_at) < before
        )
        return self._session.connection().execute(old).rowcount

    def uncount(self, before: datetime) -> None:
        """Forget the counts of days before a moment."""
        self._session.connection().execute(
            sa.delete(RefusalRow).where(col(RefusalRow.day) < before.date().isoformat())
        )
