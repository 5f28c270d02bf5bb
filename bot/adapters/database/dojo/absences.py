"""The holidays of senseis and participants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.dojo.tables import AbsenceRow, EnrolmentRow, ProfileRow
from bot.adapters.database.transaction_reads import read_once
from bot.domain.dojo.people import Absence, CohortRole

_ZONE = (
    sa.select(col(ProfileRow.time_zone))
    .join(EnrolmentRow, col(EnrolmentRow.id) == col(ProfileRow.enrolment_id))
    .where(
        col(EnrolmentRow.cohort_id) == col(AbsenceRow.cohort_id),
        col(EnrolmentRow.person_id) == col(AbsenceRow.sensei_id),
        col(EnrolmentRow.role).in_((CohortRole.SENSEI.value, CohortRole.PARTICIPANT.value)),
    )
    .order_by(col(EnrolmentRow.role).desc())  # a sensei's own profile comes first
    .limit(1)
    .correlate(AbsenceRow)
    .scalar_subquery()
)
_IN_COHORT = (
    sa.select(AbsenceRow, _ZONE)
    .where(col(AbsenceRow.cohort_id) == sa.bindparam("cohort"))
    .order_by(col(AbsenceRow.first_day), col(AbsenceRow.id))
)
# Made once, since these are asked so often that making them takes longer than the database's answer.
_OF_PERSON = _IN_COHORT.where(col(AbsenceRow.sensei_id) == sa.bindparam("person"))
_ENDING_SINCE = _IN_COHORT.where(col(AbsenceRow.last_day) >= sa.bindparam("since"))


@dataclass
class SqlAbsences:
    """The ``absence`` table."""

    session: Session

    def add(self, cohort: int, sensei: str, first: date, last: date, deputy: str | None) -> int:
        """Store a person's holiday, replacing any that starts on the same day; return its id."""
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

    def ending_since(self, cohort: int, since: date, person: str | None = None) -> Sequence[Absence]:
        """List the holidays that end on ``since`` or later, all or one person's, in order of first day."""
        if person is not None:  # all of theirs, since they are few, and asked for with several dates
            theirs = self._list(_OF_PERSON, cohort=cohort, person=person)
            return [absence for absence in theirs if absence.last >= since]
        return self._list(_ENDING_SINCE, cohort=cohort, since=since)

    def _list(self, query: Any, **parameters: Any) -> Sequence[Absence]:
        return read_once(
            self.session,
            ("absences", *parameters.items()),
            (AbsenceRow, ProfileRow, EnrolmentRow),
            lambda: tuple(
                Absence(
                    row.id or 0, row.sensei_id, row.first_day, row.last_day, row.deputy_id, time_zone or ""
                )
                for row, time_zone in self.session.execute(query, parameters)
            ),
        )

    def not_over(self, cohort: int, moment: datetime, person: str | None = None) -> Sequence[Absence]:
        """List the holidays that are not over, all or one person's, in order of first day."""
        # No time zone is more than a day from UTC.
        near = self.ending_since(cohort, moment.astimezone(UTC).date() - timedelta(days=1), person)
        return [absence for absence in near if not absence.is_over(moment)]

    def remove(self, cohort: int, entry: int) -> bool:
        """Delete a holiday; return False if the cohort has none with this id."""
        statement = sa.delete(AbsenceRow).where(
            col(AbsenceRow.id) == entry, col(AbsenceRow.cohort_id) == cohort
        )
        return bool(self.session.connection().execute(statement).rowcount)
