"""Cohorts' handbooks, and the questions that they don't answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.adapters.database.enquiries.tables import HandbookGapRow, HandbookRow
from bot.domain.enquiries.records import Handbook


@dataclass
class SqlHandbooks:
    """The ``handbook`` and ``handbook_gap`` tables."""

    session: Session

    def of(self, cohort: int) -> Handbook | None:
        """Return a cohort's handbook, or None."""
        row = self.session.get(HandbookRow, cohort)
        return _as_handbook(row) if row else None

    def all(self) -> Sequence[Handbook]:
        """List all handbooks, by cohort."""
        query = select(HandbookRow).order_by(col(HandbookRow.cohort_id))
        return [_as_handbook(row) for row in self.session.exec(query)]

    def set(self, cohort: int, place: str, link: str) -> None:
        """Store where a cohort's handbook is, in place of an earlier one."""
        row = self.session.get(HandbookRow, cohort) or HandbookRow(cohort_id=cohort, place=place)
        row.place, row.link, row.read_at, row.pages, row.problem = place, link, None, 0, ""
        self.session.add(row)
        self.session.flush()

    def remove(self, cohort: int) -> bool:
        """Forget a cohort's handbook; return False if it has none."""
        row = self.session.get(HandbookRow, cohort)
        if row is not None:
            self.session.delete(row)
            self.session.flush()
        return row is not None

    def note_read(self, cohort: int, at: datetime, pages: int, problem: str) -> None:
        """Store what came of reading it."""
        row = self.session.get(HandbookRow, cohort)
        if row is not None:
            row.read_at, row.pages, row.problem = at, pages, problem
            self.session.flush()

    def add_gap(self, cohort: int, text: str, day: date) -> None:
        """Store a question that no source answers."""
        self.session.add(HandbookGapRow(cohort_id=cohort, text=text, day=day))
        self.session.flush()

    def gaps(self, cohort: int) -> Sequence[tuple[int, date, str]]:
        """List the ids, days and words of a cohort's gaps, newest first."""
        query = select(HandbookGapRow).where(HandbookGapRow.cohort_id == cohort)
        rows = self.session.exec(query.order_by(col(HandbookGapRow.id).desc()))
        return [(row.id or 0, row.day, row.text) for row in rows]

    def close_gap(self, cohort: int, gap: int) -> bool:
        """Delete a gap; return False if the cohort has none with this id."""
        row = self.session.get(HandbookGapRow, gap)
        if row is None or row.cohort_id != cohort:
            return False
        self.session.delete(row)
        self.session.flush()
        return True


def _as_handbook(row: HandbookRow) -> Handbook:
    return Handbook(row.cohort_id, row.place, row.link, row.read_at, row.pages, row.problem)
