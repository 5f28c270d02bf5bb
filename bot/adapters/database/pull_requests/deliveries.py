"""The inbox of webhook deliveries. Each one is stored once."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.pull_requests.tables import DeliveryRow, RefusalRow
from bot.adapters.database.upserts import insert_or_update
from bot.domain.chat.events import EVENT as CHAT_EVENT
from bot.ports.deliveries import Delivery


class SqlDeliveries:
    """The ``delivery`` and ``refusal`` tables."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def receive(self, delivery: Delivery, at: datetime) -> bool:
        """Store a delivery; return False if its id was received before."""
        row = {
            "guid": delivery.guid,
            "event": delivery.event,
            "payload": delivery.payload,
            "state": "stored",
            "error": "",
            "received_at": at,
        }
        # A driver may not know the number of rows, so the returned id shows whether one was inserted.
        statement = insert_or_update(self._session, DeliveryRow).values(row).on_conflict_do_nothing()
        returned = self._session.connection().execute(statement.returning(DeliveryRow.guid))
        return returned.first() is not None

    def list_waiting(self, most: int) -> Sequence[str]:
        """List the ids of deliveries that can be handled now, oldest first, and the chat's events last.

        Those events are mostly opened App Homes. When everybody opens theirs, a form that someone sends must
        not wait behind them.
        """
        query = (
            select(DeliveryRow.guid)
            .where(DeliveryRow.state == "stored", col(DeliveryRow.waits_for).is_(None))
            .order_by(
                col(DeliveryRow.event) == CHAT_EVENT, col(DeliveryRow.received_at), col(DeliveryRow.guid)
            )
            .limit(most)
        )
        return self._session.exec(query).all()

    def defer(self, guid: str, pull_request: int) -> None:
        """Make a delivery wait until ``wake`` is called for its pull request."""
        self._session.get_one(DeliveryRow, guid).waits_for = pull_request
        self._session.flush()

    def deferred_pull_requests(self) -> set[int]:
        """Return the known pull requests for which deliveries are waiting."""
        query = select(DeliveryRow.waits_for).where(
            DeliveryRow.state == "stored",
            col(DeliveryRow.waits_for) > 0,
        )
        return {number for number in self._session.exec(query) if number is not None}

    def wake(self, pull_request: int) -> None:
        """Release the deliveries waiting for a pull request, in order of arrival."""
        # An earlier version stored 0 for any pull request that wasn't stored yet.
        waits_for = (pull_request, 0) if pull_request < 0 else (pull_request,)
        query = select(DeliveryRow).where(
            DeliveryRow.state == "stored", col(DeliveryRow.waits_for).in_(waits_for)
        )
        for row in self._session.exec(query):
            row.waits_for = None
        self._session.flush()

    def get(self, guid: str) -> Delivery | None:
        """Return a delivery that has not been handled, or None."""
        row = self._session.get(DeliveryRow, guid)
        if row is None or row.state != "stored" or row.payload is None:
            return None
        return Delivery(row.guid, row.event, row.payload)

    def find_known(self, guids: Sequence[str]) -> set[str]:
        """Return those of the given ids that have ever been received."""
        return set(self._session.exec(select(DeliveryRow.guid).where(col(DeliveryRow.guid).in_(guids))))

    def close(self, guid: str, state: str, error: str = "") -> None:
        """Store the outcome of a delivery. Its payload is deleted unless it failed."""
        row = self._session.get_one(DeliveryRow, guid)
        row.state, row.error = state, error
        if state != "failed":
            row.payload = None

    def get_error(self, guid: str) -> str:
        """Return the error of a closed delivery; empty if there was none."""
        row = self._session.get(DeliveryRow, guid)
        return row.error if row else ""

    def list_failed(self) -> Sequence[tuple[str, str]]:
        """List the ids and errors of failed deliveries, oldest first."""
        query = (
            select(DeliveryRow.guid, DeliveryRow.error)
            .where(DeliveryRow.state == "failed")
            .order_by(col(DeliveryRow.received_at), col(DeliveryRow.guid))
        )
        return [(guid, error) for guid, error in self._session.exec(query)]

    def retry(self, guid: str) -> bool:
        """Release a failed delivery for another attempt; return False if no failed one has this id."""
        row = self._session.get(DeliveryRow, guid)
        if row is None or row.state != "failed":
            return False
        row.state, row.error = "stored", ""
        return True

    def count_refused(self, reason: str, count: int, at: datetime) -> None:
        """Count refused requests to deliver a webhook."""
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
        """Delete handled and ignored deliveries received before a given time; return how many."""
        old = sa.delete(DeliveryRow).where(
            col(DeliveryRow.state).in_(("handled", "ignored")), col(DeliveryRow.received_at) < before
        )
        return self._session.connection().execute(old).rowcount

    def forget_refusals(self, before: datetime) -> None:
        """Delete the counts of refused requests for days before a given time."""
        self._session.connection().execute(
            sa.delete(RefusalRow).where(col(RefusalRow.day) < before.date().isoformat())
        )
