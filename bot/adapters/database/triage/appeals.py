"""Participants' appeals against rulings."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.triage.rulings import counts
from bot.adapters.database.triage.tables import AppealRow, CriterionRulingRow
from bot.domain.triage.records import Appeal, AppealState


@dataclass
class SqlAppeals:
    """The ``appeal`` table."""

    session: Session

    def ask(self, ruling: int, person: str, reason: str, at: datetime) -> Appeal | None:
        """Store an appeal; return None if the ruling has one already."""
        if self.by_ruling([ruling]):
            return None
        row = AppealRow(ruling_id=ruling, person_id=person, reason=reason, at=at, updated_at=at)
        self.session.add(row)
        self.session.flush()
        return self.find(row.id or 0)

    def find(self, appeal: int) -> Appeal | None:
        """Return an appeal, or None."""
        found = self.session.exec(_SELECT.where(AppealRow.id == appeal)).first()
        return _as_appeal(*found) if found else None

    def by_ruling(self, rulings: Collection[int]) -> Mapping[int, Appeal]:
        """Return the appeals against rulings, by ruling."""
        found = self.session.exec(_SELECT.where(col(AppealRow.ruling_id).in_(rulings)))
        return {row.ruling_id: _as_appeal(row, ruling) for row, ruling in found}

    def of_cohort(self, cohort: int, states: Collection[AppealState]) -> Sequence[Appeal]:
        """List the appeals of a cohort's active capstones in these states, oldest first."""
        query = (
            _SELECT.join(CapstoneRow, col(CapstoneRow.id) == col(CriterionRulingRow.capstone_id))
            .where(
                CapstoneRow.cohort_id == cohort,
                CapstoneRow.state == "active",
                col(AppealRow.state).in_(states),
                AppealRow.person_id == CapstoneRow.participant_id,
            )
            .order_by(col(AppealRow.id))
        )
        return [_as_appeal(*found) for found in self.session.exec(query)]

    def assign(self, appeal: int, second: str, at: datetime) -> None:
        """Store the second sensei whom a lead named, in place of any earlier one."""
        row = self.session.get_one(AppealRow, appeal)
        row.second_id, row.state, row.updated_at = second, AppealState.ASSIGNED, at
        self.session.flush()

    def unassign(self, appeal: int, at: datetime) -> None:
        """Remove the second sensei, so that a lead must name another."""
        row = self.session.get_one(AppealRow, appeal)
        row.second_id, row.state, row.updated_at = None, AppealState.ASKED, at
        self.session.flush()

    def set_state(self, appeal: int, state: AppealState, at: datetime) -> None:
        """Store an appeal's state."""
        row = self.session.get_one(AppealRow, appeal)
        row.state, row.updated_at = state, at
        self.session.flush()


_SELECT = (
    select(AppealRow, CriterionRulingRow)
    .join(CriterionRulingRow, col(CriterionRulingRow.id) == col(AppealRow.ruling_id))
    .where(counts())
)


def _as_appeal(row: AppealRow, ruling: CriterionRulingRow) -> Appeal:
    return Appeal(
        row.id or 0,
        row.ruling_id,
        ruling.capstone_id,
        ruling.criterion,
        row.person_id,
        row.reason,
        row.second_id,
        AppealState(row.state),
        row.at,
    )
