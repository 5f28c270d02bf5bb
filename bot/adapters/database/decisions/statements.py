"""Statements: evidence for checks in a participant's own words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.decisions.tables import StatementRow
from bot.ports.decisions import StoredStatement

_Source = Literal["thread", "decision"]


@dataclass
class SqlStatements:
    """The ``statement`` table."""

    session: Session

    def enter(  # noqa: PLR0913 - one row's columns
        self,
        capstone: int,
        *,
        source: _Source,
        reference: int,
        check: str,
        partial: bool,
        missing: str,
        quote: str,
        pull_request: int | None,
        pending: bool,
        at: datetime,
    ) -> None:
        """Enter a statement. It replaces the one with the same source and reference."""
        self.withdraw(source, reference)
        self.session.add(
            StatementRow(
                capstone_id=capstone,
                source=source,
                reference=reference,
                check_id=check,
                partial=partial,
                missing=missing,
                quote=quote,
                pull_request_id=pull_request,
                pending=pending,
                at=at,
            )
        )
        self.session.flush()

    def withdraw(self, source: _Source, reference: int) -> None:
        """Delete the statement with this source and reference, if there is one."""
        self._delete(StatementRow.source == source, StatementRow.reference == reference)

    def settle(self, pull_request: int, merged: bool) -> None:
        """Count a pull request's statements if it was merged, otherwise delete those that are pending."""
        theirs = StatementRow.pull_request_id == pull_request
        if not merged:
            self._delete(theirs, col(StatementRow.pending).is_(True))
            return
        self.session.connection().execute(sa.update(StatementRow).where(theirs).values(pending=False))  # type: ignore[arg-type]

    def of(self, capstone: int) -> Sequence[StoredStatement]:
        """List a capstone's statements, oldest first."""
        return self.of_all([capstone])[capstone]

    def of_all(self, capstones: Collection[int]) -> Mapping[int, Sequence[StoredStatement]]:
        """Return the statements of some capstones, oldest first."""
        query = (
            select(StatementRow)
            .where(col(StatementRow.capstone_id).in_(capstones))
            .order_by(col(StatementRow.id))
        )
        found: dict[int, list[StoredStatement]] = {capstone: [] for capstone in capstones}
        for row in self.session.exec(query):
            found[row.capstone_id].append(_as_statement(row))
        return found

    def _delete(self, *conditions: sa.ColumnElement[bool] | bool) -> None:
        self.session.connection().execute(sa.delete(StatementRow).where(*conditions))  # type: ignore[arg-type]


def _as_statement(row: StatementRow) -> StoredStatement:
    return StoredStatement(
        row.id or 0,
        cast("_Source", row.source),
        row.reference,
        row.check_id,
        row.partial,
        row.missing,
        row.quote,
        row.pending,
    )
