"""The ledgers of capstones: the evidence that supports or weakens each check."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.pull_requests.tables import CitationRow, LedgerEntryRow
from bot.domain.review.report import Citation, Movement
from bot.ports.pull_requests import LedgerMovement


@dataclass
class SqlLedgers:
    """The ``ledger_entry`` and ``citation`` tables."""

    session: Session

    def record(self, capstone: int, source: str, movements: Sequence[Movement], pending: bool) -> None:
        """Store the movements of the reading named ``source``, replacing those it had stored before."""
        self._delete_entries(LedgerEntryRow.source == source, capstone)
        for movement in movements:
            entry = LedgerEntryRow(
                capstone_id=capstone,
                source=source,
                check_id=movement.check,
                direction=movement.direction,
                partial=movement.partial,
                missing=movement.missing,
                found_by=movement.source,
                pending=pending,
            )
            self.session.add(entry)
            self.session.flush()
            if entry.id is None:
                raise AssertionError("a flushed row has an id")
            self.session.add_all(_citation_row(entry.id, citation) for citation in movement.citations)
        self.session.flush()

    def settle(self, capstone: int, prefix: str, merged: bool) -> None:
        """Count a pull request's movements if it was merged, otherwise delete them."""
        condition = col(LedgerEntryRow.source).startswith(prefix, autoescape=True)
        if not merged:
            self._delete_entries(condition, capstone)
            return
        self.session.connection().execute(
            sa.update(LedgerEntryRow)
            .where(col(LedgerEntryRow.capstone_id) == capstone, condition)
            .values(pending=False)
        )

    def movements(self, capstone: int) -> Sequence[LedgerMovement]:
        """List a capstone's movements, oldest first."""
        query = (
            select(LedgerEntryRow)
            .where(LedgerEntryRow.capstone_id == capstone)
            .order_by(col(LedgerEntryRow.id))
        )
        return [self._as_movement(row) for row in self.session.exec(query)]

    def _as_movement(self, row: LedgerEntryRow) -> LedgerMovement:
        query = select(CitationRow).where(CitationRow.entry_id == row.id).order_by(col(CitationRow.id))
        movement = Movement.model_validate(
            {
                "check": row.check_id,
                "direction": row.direction,
                "partial": row.partial,
                "missing": row.missing,
                "source": row.found_by,
                "citations": [_as_citation(citation) for citation in self.session.exec(query)],
            }
        )
        return LedgerMovement(row.source, movement, row.pending)

    def _delete_entries(self, condition: sa.ColumnElement[bool] | bool, capstone: int) -> None:
        entries = select(LedgerEntryRow.id).where(LedgerEntryRow.capstone_id == capstone, condition)
        connection = self.session.connection()
        connection.execute(sa.delete(CitationRow).where(col(CitationRow.entry_id).in_(entries)))
        connection.execute(sa.delete(LedgerEntryRow).where(col(LedgerEntryRow.id).in_(entries)))


def _citation_row(entry: int, citation: Citation) -> CitationRow:
    return CitationRow(
        entry_id=entry,
        source=citation.source,
        path=citation.path,
        commit_sha=citation.commit,
        side=citation.side,
        line_start=citation.line_start,
        line_end=citation.line_end,
        quote=citation.quote,
        redacted=citation.redacted,
    )


def _as_citation(row: CitationRow) -> Citation:
    return Citation.model_validate(
        {
            "source": row.source,
            "path": row.path,
            "commit": row.commit_sha,
            "side": row.side,
            "line_start": row.line_start,
            "line_end": row.line_end,
            "quote": row.quote,
            "redacted": row.redacted,
        }
    )
