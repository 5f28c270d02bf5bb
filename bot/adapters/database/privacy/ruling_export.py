"""Rulings, exemptions, appeals and digests in the export of a person's data.

No export contains a draft level. A participant's doesn't contain what could show one either: whether a
sensei agreed with the draft, and the reason that they gave other senseis.
"""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from bot.adapters.database.privacy.row_json import Json, as_json
from bot.adapters.database.triage.tables import (
    AppealRow,
    BaselineCoverageRow,
    CriterionRulingRow,
    CriterionSnapshotRow,
    DigestRow,
    ExemptionRow,
    RulingLockRow,
    SnoozeRow,
)
from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.third_parties import SOMEBODY_ELSE, redact_people
from bot.ports.personal_data import Subject

_FOR_SENSEIS = {"verdict", "draft", "reason", "basis"}
"""Columns of a ruling that its participant is never shown."""
_WHOSE = {"participant_id", "sensei_id"}


@dataclass(frozen=True)
class RulingExport:
    """Exports what senseis ruled on a person's work, and what the person ruled as a sensei."""

    session: Session
    subject: Subject

    @property
    def _person(self) -> str:
        return self.subject.id or ""

    def of_capstone(self, capstone: int) -> Json:
        """Return what was decided about the person's capstone, without a former participant's rulings."""
        coverage = self.session.get(BaselineCoverageRow, capstone)
        exempt = ExemptionRow.capstone_id == capstone
        return {
            "coverage": as_json(coverage, but={"capstone_id"}) if coverage else None,
            "rulings": [self._export_ruling(row) for row in self._rulings(capstone)],
            "exemptions": [
                {**as_json(row, but={"capstone_id", *_WHOSE}), "sensei": self._name(row.sensei_id)}
                for row in self._read_rows(ExemptionRow, exempt)
            ],
            "snapshots": [
                as_json(row, but={"capstone_id", *_WHOSE})
                for row in self._snapshots()
                if row.capstone_id == capstone
            ],
        }

    def elsewhere(self, scope: DataScope) -> Json:
        """Return rulings on the person's work in former capstones, and what they did as a sensei."""
        former = [row for row in self._rulings() if row.capstone_id not in scope.capstones]
        return {
            "rulings": [{"capstone": row.capstone_id, **self._export_ruling(row)} for row in former],
            "snapshots": [
                {"capstone": row.capstone_id, **as_json(row, but={"capstone_id", *_WHOSE})}
                for row in self._snapshots()
                if row.capstone_id not in scope.capstones
            ],
            "ruled": [
                {"capstone": row.capstone_id, **as_json(row, but={"capstone_id", "draft", "basis", *_WHOSE})}
                for row in self._read_rows(CriterionRulingRow, CriterionRulingRow.sensei_id == self._person)
            ],
            "exempted": [
                {"capstone": row.capstone_id, **as_json(row, but={"capstone_id", *_WHOSE})}
                for row in self._read_rows(ExemptionRow, ExemptionRow.sensei_id == self._person)
            ],
            "ruling_locks": [
                {"capstone": row.capstone_id, **as_json(row, but={"capstone_id", "basis", *_WHOSE})}
                for row in self._read_rows(RulingLockRow, RulingLockRow.sensei_id == self._person)
            ],
            "second_opinions": [
                as_json(row, but={"person_id", "second_id", "reason"})
                for row in self._read_rows(AppealRow, AppealRow.second_id == self._person)
            ],
        }

    def digests(self) -> Json:
        """Return the person's snoozes, and the digests that were made for them. Keys name no one else."""
        return {
            "snoozes": self._without_others(SnoozeRow, SnoozeRow.person_id == self._person),
            "digests": self._without_others(DigestRow, DigestRow.person_id == self._person),
        }

    def _export_ruling(self, row: CriterionRulingRow) -> Json:
        appeal = self.session.exec(select(AppealRow).where(AppealRow.ruling_id == row.id)).first()
        return {
            **as_json(row, but={"capstone_id", *_WHOSE, *_FOR_SENSEIS}),
            "sensei": self._name(row.sensei_id),
            "appeal": self._export_appeal(appeal) if appeal else None,
        }

    def _export_appeal(self, row: AppealRow) -> Json:
        is_own = row.person_id == self.subject.id
        return {
            **as_json(row, but={"ruling_id", "person_id", "second_id"}),
            **({} if is_own else {"reason": SOMEBODY_ELSE}),
            "second": self._name(row.second_id),
        }

    def _rulings(self, capstone: int | None = None) -> list[CriterionRulingRow]:
        """List the rulings on the person's work: in one capstone, or in all of them."""
        rows = self._read_rows(CriterionRulingRow, CriterionRulingRow.participant_id == self._person)
        return [row for row in rows if capstone in {None, row.capstone_id}]

    def _snapshots(self) -> list[CriterionSnapshotRow]:
        row = CriterionSnapshotRow
        query = select(row).where(row.participant_id == self._person)
        return list(self.session.exec(query.order_by(col(row.week), col(row.criterion))))

    def _without_others(self, table: type[Any], condition: Any) -> list[Json]:
        rows = [as_json(row, but={"person_id", "cohort_id"}) for row in self._read_rows(table, condition)]
        return list(redact_people(rows, self.subject.ids))

    def _name(self, person: str | None) -> str | None:
        return None if person is None else "themselves" if person == self.subject.id else SOMEBODY_ELSE

    def _read_rows(self, table: type[Any], condition: Any) -> list[Any]:
        keys = table.__table__.primary_key.columns
        return list(self.session.exec(select(table).where(condition).order_by(*keys)))
