"""Erasing rulings, exemptions, appeals, snoozes, snapshots and digests."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from bot.adapters.database.triage.digest_keys import forget_keys
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
from bot.domain.triage.records import AppealState

REASON_ERASED = "The reason was erased together with the data of the sensei who wrote it."
"""Stands in for an exemption's reason: a check is never exempt without one."""


@dataclass(frozen=True)
class RulingErasure:
    """Erases what senseis decided; returns how many rows were deleted or changed, by table."""

    session: Session

    def erase_in_capstone(self, scope: DataScope) -> Counter[str]:
        """Erase everything that was decided about a capstone."""
        done = self._erase_rulings(col(CriterionRulingRow.capstone_id).in_(scope.capstones))
        for table in (RulingLockRow, ExemptionRow, CriterionSnapshotRow, BaselineCoverageRow):
            condition = table.capstone_id.in_(scope.capstones)  # type: ignore[attr-defined]
            done[str(table.__tablename__)] += self._delete(table, condition)
        return done

    def erase_person(self, person: str, scope: DataScope) -> Counter[str]:
        """Erase the rulings on a person's work, and a sensei's words and work.

        A sensei's rulings and exemptions stay, without their id and their words. An appeal that they were
        to decide waits for a lead again.
        """
        done = self._erase_rulings(col(CriterionRulingRow.participant_id) == person)
        for table, column in (
            (CriterionSnapshotRow, col(CriterionSnapshotRow.participant_id)),
            (RulingLockRow, col(RulingLockRow.sensei_id)),
            (SnoozeRow, col(SnoozeRow.person_id)),
            (DigestRow, col(DigestRow.person_id)),
        ):
            done[str(table.__tablename__)] += self._delete(table, column == person)
        done["criterion_ruling"] += self._change(
            CriterionRulingRow,
            col(CriterionRulingRow.sensei_id) == person,
            sensei_id=None,
            reason="",
            sentence="",
        )
        done["exemption"] += self._change(
            ExemptionRow, col(ExemptionRow.sensei_id) == person, sensei_id=None, reason=REASON_ERASED
        )
        assigned = (col(AppealRow.second_id) == person) & (col(AppealRow.state) == AppealState.ASSIGNED)
        self._change(AppealRow, assigned, state=AppealState.ASKED)
        done["appeal"] += self._change(AppealRow, col(AppealRow.second_id) == person, second_id=None)
        snoozes, digests = forget_keys(self.session, lambda key: person in key or scope.concerns(key))
        done["snooze"] += snoozes
        done["digest"] += digests
        return done

    def _erase_rulings(self, condition: sa.ColumnElement[bool]) -> Counter[str]:
        rulings = sa.select(CriterionRulingRow.id).where(condition)  # type: ignore[call-overload]
        done = Counter(appeal=self._delete(AppealRow, col(AppealRow.ruling_id).in_(rulings)))
        done["criterion_ruling"] += self._delete(CriterionRulingRow, condition)
        return done

    def _delete(self, table: type[SQLModel], condition: sa.ColumnElement[bool]) -> int:
        return int(self.session.connection().execute(sa.delete(table).where(condition)).rowcount)

    def _change(self, table: type[SQLModel], condition: sa.ColumnElement[bool], **values: Any) -> int:
        statement = sa.update(table).where(condition).values(**values)
        return int(self.session.connection().execute(statement).rowcount)
