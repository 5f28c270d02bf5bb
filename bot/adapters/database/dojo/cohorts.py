"""The dojo's runs, and their calendars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import CohortDateRow
from bot.adapters.database.pull_requests.tables import CohortRow
from bot.domain.dojo.people import Cohort, CohortDate, DateKind


@dataclass
class SqlCohorts:
    """The ``cohort`` and ``cohort_date`` tables."""

    session: Session

    def add(self, name: str, at: datetime) -> Cohort:
        """Make a cohort, or return the one of this name."""
        if known := self.named(name):
            return known
        row = CohortRow(name=name, created_at=at)
        self.session.add(row)
        self.session.flush()
        return _now(row)

    def get(self, cohort: int) -> Cohort:
        """Return one."""
        return _now(self.session.get_one(CohortRow, cohort))

    def named(self, name: str) -> Cohort | None:
        """Return the one of that name."""
        row = self.session.exec(select(CohortRow).where(CohortRow.name == name)).first()
        return _now(row) if row else None

    def all(self) -> Sequence[Cohort]:
        """List them, the newest first."""
        query = select(CohortRow).order_by(col(CohortRow.created_at).desc(), col(CohortRow.id).desc())
        return [_now(row) for row in self.session.exec(query)]

    def lives_in(self, cohort: int, workspace: str) -> None:
        """Note the chat's workspace of a cohort."""
        self.session.get_one(CohortRow, cohort).workspace = workspace
        self.session.flush()

    def weigh(self, cohort: int, weights: Mapping[str, int]) -> None:
        """Set what its pairing is scored by."""
        self.session.get_one(CohortRow, cohort).weights = dict(weights)
        self.session.flush()

    def dates(self, cohort: int) -> Sequence[CohortDate]:
        """List the calendar, by day."""
        query = select(CohortDateRow).where(CohortDateRow.cohort_id == cohort)
        query = query.order_by(col(CohortDateRow.day), col(CohortDateRow.id))
        return [
            CohortDate(row.id or 0, DateKind(row.kind), row.title, row.day)
            for row in self.session.exec(query)
        ]

    def date(self, cohort: int, kind: DateKind, title: str, day: date) -> int:
        """Enter a day; of each kind but ``other`` there is one, which moves. Return its id."""
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

    def undate(self, cohort: int, entry: int) -> bool:
        """Take a day out of a cohort's calendar; False if there was none of this id."""
        gone = sa.delete(CohortDateRow).where(
            col(CohortDateRow.id) == entry, col(CohortDateRow.cohort_id) == cohort
        )
        return bool(self.session.connection().execute(gone).rowcount)


def _now(row: CohortRow) -> Cohort:
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return Cohort(row.id, row.name, row.workspace, dict(row.weights))
