"""Checks and criteria that senseis found not to apply."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.adapters.database.triage.tables import ExemptionRow
from bot.domain.triage.records import ExemptSubject, GrantedExemption


@dataclass
class SqlExemptions:
    """The ``exemption`` table."""

    session: Session

    def grant(  # noqa: PLR0913, PLR0917 - one row's columns
        self, capstone: int, kind: ExemptSubject, subject: str, reason: str, sensei: str, at: datetime
    ) -> GrantedExemption:
        """Store an exemption. It ends an earlier one of the same check or criterion."""
        earlier = select(ExemptionRow).where(
            ExemptionRow.capstone_id == capstone,
            ExemptionRow.kind == kind,
            ExemptionRow.subject == subject,
            col(ExemptionRow.ended_at).is_(None),
        )
        for row in self.session.exec(earlier):
            row.ended_at = at
        granted = ExemptionRow(
            capstone_id=capstone, kind=kind, subject=subject, reason=reason, sensei_id=sensei, at=at
        )
        self.session.add(granted)
        self.session.flush()
        return _as_exemption(granted)

    def find(self, exemption: int) -> GrantedExemption | None:
        """Return an exemption that is in force, or None."""
        row = self.session.get(ExemptionRow, exemption)
        return _as_exemption(row) if row and row.ended_at is None else None

    def end(self, exemption: int, at: datetime) -> bool:
        """End an exemption; return False if there is none with this id, or it has ended already."""
        row = self.session.get(ExemptionRow, exemption)
        if row is None or row.ended_at is not None:
            return False
        row.ended_at = at
        self.session.flush()
        return True

    def of(self, capstones: Collection[int]) -> Sequence[GrantedExemption]:
        """List the exemptions in force of some capstones, oldest first."""
        query = (
            select(ExemptionRow)
            .where(col(ExemptionRow.capstone_id).in_(capstones), col(ExemptionRow.ended_at).is_(None))
            .order_by(col(ExemptionRow.id))
        )
        return [_as_exemption(row) for row in self.session.exec(query)]


def _as_exemption(row: ExemptionRow) -> GrantedExemption:
    return GrantedExemption(
        row.id or 0, row.capstone_id, ExemptSubject(row.kind), row.subject, row.reason, row.sensei_id, row.at
    )
