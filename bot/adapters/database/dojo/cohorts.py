"""Cohorts and their calendars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import CohortDateRow, CohortRow
from bot.domain.dojo.people import Cohort, CohortDate, DateKind


@dataclass
class SqlCohorts:
    """The ``cohort`` and ``cohort_date`` tables."""

    session: Session

    def add(self, name: str, at: datetime) -> Cohort:
        """Create a cohort, or return the one with this name."""
        if known := self.by_name(name):
            return known
        row = CohortRow(name=name, created_at=at)
        self.session.add(row)
        self.session.flush()
        return _as_cohort(row)

    def get(self, cohort: int) -> Cohort:
        """Return the cohort with this id."""
        return _as_cohort(self.session.get_one(CohortRow, cohort))

    def by_name(self, name: str) -> Cohort | None:
        """Return the cohort with this name."""
        row = self.session.exec(select(CohortRow).where(CohortRow.name == name)).first()
        return _as_cohort(row) if row else None

    def all(self) -> Sequence[Cohort]:
        """List all cohorts, newest first."""
        query = select(CohortRow).order_by(col(CohortRow.created_at).desc(), col(CohortRow.id).desc())
        return [_as_cohort(row) for row in self.session.exec(query)]

    def set_workspace(self, cohort: int, workspace: str) -> None:
        """Store the chat workspace of a cohort."""
        self.session.get_one(CohortRow, cohort).workspace = workspace
        self.session.flush()

    def set_weights(self, cohort: int, weights: Mapping[str, int]) -> None:
        """Set the weights for a cohort's pairing score. Omitted weights get their defaults."""
        self.session.get_one(CohortRow, cohort).weights = dict(weights)
        self.session.flush()

    def dates(self, cohort: int) -> Sequence[CohortDate]:
        """List a cohort's calendar in order of day."""
        query = select(CohortDateRow).where(CohortDateRow.cohort_id == cohort)
        query = query.order_by(col(CohortDateRow.day), col(CohortDateRow.id))
        return [
            CohortDate(row.id or 0, DateKind(row.kind), row.title, row.day)
            for row in self.session.exec(query)
        ]

    def add_date(self, cohort: int, kind: DateKind, title: str, day: date) -> int:
        """Add a date to a cohort's calendar, or move the existing date of its kind; return its id."""
        query = select(CohortDateRow).where(CohortDateRow.cohort_id == cohort, CohortDateRow.kind == kind)
        if kind is DateKind.OTHER:
            query = query.where(CohortDateRow.title == title, CohortDateRow.day == day)
        row = self.session.exec(query).first()
        if row is None:
            row = CohortDateRow(cohort_id=cohort, kind=kind, title=title, day=day)
        row.title, row.day = title, day
        self.session.add(row)
        self.session.flush()
        return row.id or 0

    def remove_date(self, cohort: int, entry: int) -> bool:
        """Delete a date from a cohort's calendar; return False if the calendar has none with this id."""
        statement = sa.delete(CohortDateRow).where(
            col(CohortDateRow.id) == entry, col(CohortDateRow.cohort_id) == cohort
        )
        return bool(self.session.connection().execute(statement).rowcount)


def _as_cohort(row: CohortRow) -> Cohort:
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return Cohort(row.id, row.name, row.workspace, dict(row.weights))
