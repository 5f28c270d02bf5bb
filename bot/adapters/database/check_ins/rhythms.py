"""The rhythms of cohorts, and what participants have chosen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.check_ins.tables import CohortRhythmRow, RhythmChoiceRow
from bot.adapters.database.dojo.tables import CohortRow
from bot.domain.check_ins.records import DEFAULT_RHYTHM, Rhythm, RhythmChoice
from bot.domain.dojo.people import Weekday

# Made once, since it is asked so often that making it takes longer than the database's answer.
_OF_MEMBERS = (
    sa.select(CohortRhythmRow, RhythmChoiceRow)
    .select_from(CohortRow)
    .outerjoin(CohortRhythmRow, col(CohortRhythmRow.cohort_id) == col(CohortRow.id))
    .outerjoin(
        RhythmChoiceRow,
        col(RhythmChoiceRow.enrolment_id).in_(sa.bindparam("enrolments", expanding=True)),
    )
    .where(col(CohortRow.id) == sa.bindparam("cohort"))
)


@dataclass
class SqlRhythms:
    """The ``cohort_rhythm`` and ``rhythm_choice`` tables."""

    session: Session

    def of_cohorts(self, cohorts: Collection[int]) -> Mapping[int, Rhythm]:
        """Return the rhythm of each of some cohorts, the default where none was set."""
        rows = self.session.exec(select(CohortRhythmRow).where(col(CohortRhythmRow.cohort_id).in_(cohorts)))
        chosen = {row.cohort_id: _as_rhythm(row) for row in rows}
        return {cohort: chosen.get(cohort, DEFAULT_RHYTHM) for cohort in cohorts}

    def set_cohort(self, cohort: int, rhythm: Rhythm) -> None:
        """Store a cohort's rhythm."""
        row = self.session.get(CohortRhythmRow, cohort) or CohortRhythmRow(
            cohort_id=cohort, every_weeks=0, weekday=rhythm.weekday, minutes=0
        )
        row.every_weeks, row.weekday, row.minutes = rhythm.every_weeks, rhythm.weekday, rhythm.minutes
        self.session.add(row)
        self.session.flush()

    def choices(self, enrolments: Collection[int]) -> Mapping[int, RhythmChoice]:
        """Return what each of some participants has chosen, empty where they chose nothing."""
        query = select(RhythmChoiceRow).where(col(RhythmChoiceRow.enrolment_id).in_(enrolments))
        chosen = {row.enrolment_id: _as_choice(row) for row in self.session.exec(query)}
        return {enrolment: chosen.get(enrolment, RhythmChoice(enrolment)) for enrolment in enrolments}

    def of_members(
        self, cohort: int, enrolments: Collection[int]
    ) -> tuple[Rhythm, Mapping[int, RhythmChoice]]:
        """Return the rhythm of a cohort, and what each of some of its participants has chosen."""
        parameters = {"cohort": cohort, "enrolments": list(enrolments)}
        found = self.session.execute(_OF_MEMBERS, parameters).all()
        rhythm = next((_as_rhythm(row) for row, _ in found if row is not None), DEFAULT_RHYTHM)
        chosen = {choice.enrolment_id: _as_choice(choice) for _, choice in found if choice is not None}
        return rhythm, {enrolment: chosen.get(enrolment, RhythmChoice(enrolment)) for enrolment in enrolments}

    def choose(self, enrolment: int, rhythm: Rhythm | None) -> None:
        """Store a participant's own rhythm, or that they keep the cohort's."""
        row = self._row(enrolment)
        row.every_weeks = rhythm.every_weeks if rhythm else None
        row.weekday = rhythm.weekday if rhythm else None
        row.minutes = rhythm.minutes if rhythm else None
        self.session.flush()

    def snooze(self, enrolment: int, until: date | None) -> None:
        """Store the day before which a participant isn't asked, or that there is none."""
        self._row(enrolment).snoozed_until = until
        self.session.flush()

    def _row(self, enrolment: int) -> RhythmChoiceRow:
        row = self.session.get(RhythmChoiceRow, enrolment) or RhythmChoiceRow(enrolment_id=enrolment)
        self.session.add(row)
        return row


def _as_rhythm(row: CohortRhythmRow) -> Rhythm:
    return Rhythm(row.every_weeks, Weekday(row.weekday), row.minutes)


def _as_choice(row: RhythmChoiceRow) -> RhythmChoice:
    rhythm = None
    if row.every_weeks is not None and row.weekday is not None and row.minutes is not None:
        rhythm = Rhythm(row.every_weeks, Weekday(row.weekday), row.minutes)
    return RhythmChoice(row.enrolment_id, rhythm, row.snoozed_until)
