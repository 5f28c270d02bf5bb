"""Requests never to pair two people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import NeverPairRow
from bot.domain.dojo.people import NeverPair


@dataclass
class SqlNeverPairs:
    """The ``never_pair`` table."""

    session: Session

    def add(self, cohort: int, author: str, other: str, reason: str, at: datetime) -> int:
        """Store a request, or replace the reason in an existing one; return its id."""
        query = select(NeverPairRow).where(
            NeverPairRow.cohort_id == cohort, NeverPairRow.author_id == author, NeverPairRow.other_id == other
        )
        row = self.session.exec(query).first() or NeverPairRow(
            cohort_id=cohort, author_id=author, other_id=other, reason=reason, created_at=at
        )
        row.reason = reason
        self.session.add(row)
        self.session.flush()
        return row.id or 0

    def by_author(self, author: str) -> Sequence[NeverPair]:
        """List a person's own requests, with their reasons."""
        query = select(NeverPairRow).where(NeverPairRow.author_id == author).order_by(col(NeverPairRow.id))
        return [
            NeverPair(row.id or 0, row.author_id, row.other_id, row.reason)
            for row in self.session.exec(query)
        ]

    def remove(self, author: str, entry: int) -> bool:
        """Delete a request; return False if the author has none with this id."""
        statement = sa.delete(NeverPairRow).where(
            col(NeverPairRow.id) == entry, col(NeverPairRow.author_id) == author
        )
        return bool(self.session.connection().execute(statement).rowcount)

    def forbidden(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return a cohort's forbidden pairs, each in both orders, without the requester or reason."""
        query = select(NeverPairRow.author_id, NeverPairRow.other_id).where(NeverPairRow.cohort_id == cohort)
        pairs = [(author, other) for author, other in self.session.exec(query)]
        return frozenset([*pairs, *((other, author) for author, other in pairs)])
