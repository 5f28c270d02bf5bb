"""Senseis' holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import AbsenceRow
from bot.domain.dojo.people import Absence


@dataclass
class SqlAbsences:
    """The ``absence`` table."""

    session: Session

    def add(self, cohort: int, sensei: str, first: date, last: date, deputy: str | None) -> int:
        """Store a sensei's holiday, replacing any that starts on the same day; return its id."""
        query = select(AbsenceRow).where(
            AbsenceRow.cohort_id == cohort, AbsenceRow.sensei_id == sensei, AbsenceRow.first_day == first
        )
        row = self.session.exec(query).first() or AbsenceRow(
            cohort_id=cohort, sensei_id=sensei, first_day=first, last_day=last
        )
        row.last_day, row.deputy_id = last, deputy
        self.session.add(row)
        self.session.flush()
        return row.id or 0

    def ending_since(self, cohort: int, since: date) -> Sequence[Absence]:
        """List the holidays that end on ``since`` or later, in order of first day."""
        query = (
            select(AbsenceRow)
            .where(AbsenceRow.cohort_id == cohort, AbsenceRow.last_day >= since)
            .order_by(col(AbsenceRow.first_day), col(AbsenceRow.id))
        )
        return [
            Absence(row.id or 0, row.sensei_id, row.first_day, row.last_day, row.deputy_id)
            for row in self.session.exec(query)
        ]

    def remove(self, cohort: int, entry: int) -> bool:
        """Delete a holiday; return False if the cohort has none with this id."""
        statement = sa.delete(AbsenceRow).where(
            col(AbsenceRow.id) == entry, col(AbsenceRow.cohort_id) == cohort
        )
        return bool(self.session.connection().execute(statement).rowcount)
