"""The table ``calendar_link``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from bot.adapters.database.one_to_ones.tables import CalendarLinkRow
from bot.domain.one_to_ones.records import CalendarLink


@dataclass
class SqlCalendarLinks:
    """``ports.one_to_ones.CalendarLinks`` over one session."""

    session: Session

    def find(self, enrolment: int) -> CalendarLink | None:
        """Return the calendar of a participant's enrolment, or None."""
        row = self.session.get(CalendarLinkRow, enrolment)
        return _as_link(row) if row else None

    def find_all(self, enrolments: Collection[int]) -> Sequence[CalendarLink]:
        """List the calendars of some enrolments, in one query."""
        query = select(CalendarLinkRow).where(col(CalendarLinkRow.enrolment_id).in_(enrolments))
        return [_as_link(row) for row in self.session.exec(query.order_by(col(CalendarLinkRow.enrolment_id)))]

    def save(self, enrolment: int, address: str, added_by: str, looks_for: str, title: str) -> None:
        """Store a calendar that was not read yet, in place of any earlier one."""
        self.remove(enrolment)
        self.session.add(
            CalendarLinkRow(
                enrolment_id=enrolment, address=address, added_by=added_by, looks_for=looks_for, title=title
            )
        )
        self.session.flush()

    def to_read(self, before: datetime) -> Sequence[CalendarLink]:
        """List the calendars that were last read before a moment, or never."""
        query = select(CalendarLinkRow).where(
            or_(col(CalendarLinkRow.read_at).is_(None), col(CalendarLinkRow.read_at) < before)
        )
        return [_as_link(row) for row in self.session.exec(query.order_by(col(CalendarLinkRow.enrolment_id)))]

    def mark_read(self, enrolment: int, at: datetime, problem: str) -> None:
        """Store when a calendar was read, and why it could not be. Nothing changes if it was removed."""
        row = self.session.get(CalendarLinkRow, enrolment)
        if row is not None:
            row.read_at, row.problem = at, problem
            self.session.flush()

    def remove(self, enrolment: int) -> None:
        """Delete the calendar of an enrolment, if there is one."""
        row = self.session.get(CalendarLinkRow, enrolment)
        if row is not None:
            self.session.delete(row)
            self.session.flush()


def _as_link(row: CalendarLinkRow) -> CalendarLink:
    return CalendarLink(
        row.enrolment_id, row.address, row.added_by, row.looks_for, row.title, row.read_at, row.problem
    )
