"""The ledgers of capstones: the evidence that supports or weakens each check."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.pull_requests.tables import CitationRow, LedgerEntryRow
from bot.adapters.database.triage.tables import BaselineCoverageRow
from bot.domain.review.report import Citation, Movement
from bot.ports.pull_requests import BaselineCoverage, LedgerMovement

_CAPSTONES: sa.BindParameter[int] = sa.bindparam("capstones", expanding=True)
# Made once, since these are asked so often that making them takes longer than the database's answer.
_MOVEMENTS = (
    sa.select(LedgerEntryRow, CitationRow)
    .outerjoin(CitationRow, col(CitationRow.entry_id) == col(LedgerEntryRow.id))
    .where(col(LedgerEntryRow.capstone_id).in_(_CAPSTONES))
    .order_by(col(LedgerEntryRow.id), col(CitationRow.id))
)
_COVERAGES = sa.select(BaselineCoverageRow).where(col(BaselineCoverageRow.capstone_id).in_(_CAPSTONES))


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
        return self.movements_of([capstone])[capstone]

    def movements_of(self, capstones: Collection[int]) -> Mapping[int, Sequence[LedgerMovement]]:
        """Return the movements of some capstones, oldest first."""
        rows = self.session.execute(_MOVEMENTS, {"capstones": list(capstones)})
        found: dict[int, list[LedgerMovement]] = {capstone: [] for capstone in capstones}
        for row, quoted in groupby(rows, lambda pair: pair[0]):
            quotes = [_as_citation(quote) for _, quote in quoted if quote is not None]
            found[row.capstone_id].append(_as_movement(row, quotes))
        return found

    def record_coverage(self, capstone: int, coverage: BaselineCoverage, at: datetime) -> None:
        """Store what a reading of the whole tree looked for, in place of the last one's."""
        row = self.session.get(BaselineCoverageRow, capstone) or BaselineCoverageRow(
            capstone_id=capstone, head="", stacks=[], not_assessed=[], by_model=[], at=at
        )
        row.head, row.at = coverage.head, at
        row.stacks, row.not_assessed = list(coverage.stacks), list(coverage.not_assessed)
        row.by_model = list(coverage.by_model)
        self.session.add(row)
        self.session.flush()

    def coverages(self, capstones: Collection[int]) -> Mapping[int, BaselineCoverage]:
        """Return what the last readings of whole trees looked for, by capstone."""
        rows = self.session.execute(_COVERAGES, {"capstones": list(capstones)}).scalars()
        return {
            row.capstone_id: BaselineCoverage(
                row.head, tuple(row.stacks), tuple(row.not_assessed), tuple(row.by_model)
            )
            for row in rows
        }

    def _delete_entries(self, condition: sa.ColumnElement[bool] | bool, capstone: int) -> None:
        entries = select(LedgerEntryRow.id).where(LedgerEntryRow.capstone_id == capstone, condition)
        connection = self.session.connection()
        connection.execute(sa.delete(CitationRow).where(col(CitationRow.entry_id).in_(entries)))
        connection.execute(sa.delete(LedgerEntryRow).where(col(LedgerEntryRow.id).in_(entries)))


def _as_movement(row: LedgerEntryRow, citations: Sequence[Citation]) -> LedgerMovement:
    movement = Movement.model_validate(
        {
            "check": row.check_id,
            "direction": row.direction,
            "partial": row.partial,
            "missing": row.missing,
            "source": row.found_by,
            "citations": list(citations),
        }
    )
    return LedgerMovement(row.source, movement, row.pending)


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
