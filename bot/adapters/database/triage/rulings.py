"""Rulings on criteria, and the locks of those who rule."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.adapters.database.triage.tables import AppealRow, CriterionRulingRow, RulingLockRow
from bot.domain.triage.records import (
    CriterionRuling,
    Milestone,
    NewRuling,
    RulerRole,
    RulingLock,
    Verdict,
)


@dataclass
class SqlRulings:
    """The ``criterion_ruling`` and ``ruling_lock`` tables.

    If a capstone has got another participant, the rulings on the former one's work are never returned.
    """

    session: Session

    def add(self, ruling: NewRuling, at: datetime) -> CriterionRuling:
        """Store a ruling.

        Raises:
            ValueError: its appeal has a ruling already.
        """
        row = CriterionRulingRow(
            capstone_id=ruling.capstone,
            participant_id=self.session.get_one(CapstoneRow, ruling.capstone).participant_id,
            criterion=ruling.criterion,
            verdict=ruling.verdict,
            level=ruling.level,
            draft=ruling.draft,
            reason=ruling.reason,
            sentence=ruling.sentence,
            basis=ruling.basis,
            milestone=ruling.milestone,
            sensei_id=ruling.sensei,
            role=ruling.role,
            appeal_id=ruling.appeal,
            entered_by_operator=ruling.entered_by_operator,
            at=at,
        )
        try:
            with self.session.begin_nested():
                self.session.add(row)
        except IntegrityError as broken:
            raise ValueError("the appeal has a ruling already") from broken
        return _as_ruling(row)

    def find(self, ruling: int) -> CriterionRuling | None:
        """Return a ruling, or None."""
        row = self.session.exec(
            select(CriterionRulingRow).where(CriterionRulingRow.id == ruling, counts())
        ).first()
        return _as_ruling(row) if row else None

    def of(self, capstone: int) -> Sequence[CriterionRuling]:
        """List all rulings on a capstone, oldest first."""
        query = (
            select(CriterionRulingRow)
            .where(CriterionRulingRow.capstone_id == capstone, counts())
            .order_by(col(CriterionRulingRow.id))
        )
        return [_as_ruling(row) for row in self.session.exec(query)]

    def latest(self, capstones: Collection[int]) -> Mapping[int, Mapping[str, CriterionRuling]]:
        """Return the newest ruling on each criterion, by capstone and criterion."""
        newest = (
            select(func.max(CriterionRulingRow.id))
            .where(col(CriterionRulingRow.capstone_id).in_(capstones), counts())
            .group_by(col(CriterionRulingRow.capstone_id), col(CriterionRulingRow.criterion))
        )
        found: dict[int, dict[str, CriterionRuling]] = {capstone: {} for capstone in capstones}
        for row in self.session.exec(
            select(CriterionRulingRow).where(col(CriterionRulingRow.id).in_(newest))
        ):
            found[row.capstone_id][row.criterion] = _as_ruling(row)
        return found

    def for_milestone(
        self, capstones: Collection[int], milestone: Milestone
    ) -> Mapping[int, Mapping[str, CriterionRuling]]:
        """Return the newest ruling for a milestone on each criterion, by capstone and criterion.

        A second sensei may rule when the milestone's window has closed.
        """
        appealed = (
            select(AppealRow.id)
            .join(CriterionRulingRow, col(CriterionRulingRow.id) == col(AppealRow.ruling_id))
            .where(CriterionRulingRow.milestone == milestone)
        )
        query = (
            select(CriterionRulingRow)
            .where(
                col(CriterionRulingRow.capstone_id).in_(capstones),
                counts(),
                sa.or_(
                    col(CriterionRulingRow.milestone) == milestone,
                    col(CriterionRulingRow.appeal_id).in_(appealed),
                ),
            )
            .order_by(col(CriterionRulingRow.id))
        )
        found: dict[int, dict[str, CriterionRuling]] = {capstone: {} for capstone in capstones}
        for row in self.session.exec(query):
            found[row.capstone_id][row.criterion] = replace(_as_ruling(row), milestone=milestone)
        return found

    def by_sensei(self, sensei: str, since: datetime) -> Sequence[CriterionRuling]:
        """List a sensei's rulings after a moment, oldest first."""
        query = (
            select(CriterionRulingRow)
            .where(CriterionRulingRow.sensei_id == sensei, CriterionRulingRow.at > since, counts())
            .order_by(col(CriterionRulingRow.id))
        )
        return [_as_ruling(row) for row in self.session.exec(query)]

    def lock(  # noqa: PLR0913, PLR0917 - one row's columns
        self, capstone: int, criterion: str, sensei: str, basis: str, at: datetime, until: datetime
    ) -> RulingLock:
        """Return the lock on a criterion after trying to take it."""
        row = self.session.get(RulingLockRow, (capstone, criterion))
        if row is None:
            row = RulingLockRow(
                capstone_id=capstone, criterion=criterion, sensei_id=sensei, basis=basis, until=until
            )
            self.session.add(row)
        elif row.sensei_id == sensei or row.until <= at:
            row.sensei_id, row.basis, row.until = sensei, basis, until
        self.session.flush()
        return _as_lock(row)

    def find_lock(self, capstone: int, criterion: str, at: datetime) -> RulingLock | None:
        """Return the lock in force on a criterion, or None."""
        row = self.session.get(RulingLockRow, (capstone, criterion))
        return _as_lock(row) if row and row.until > at else None

    def unlock(self, capstone: int, criterion: str, sensei: str) -> None:
        """End a sensei's lock on a criterion, if it is theirs."""
        self.session.connection().execute(
            sa.delete(RulingLockRow).where(
                col(RulingLockRow.capstone_id) == capstone,
                col(RulingLockRow.criterion) == criterion,
                col(RulingLockRow.sensei_id) == sensei,
            )
        )
        self.session.expire_all()

    def forget_locks(self, before: datetime) -> int:
        """Delete locks that ended before a moment; return how many."""
        ended = sa.delete(RulingLockRow).where(col(RulingLockRow.until) < before)
        return int(self.session.connection().execute(ended).rowcount)


def counts() -> sa.ColumnElement[bool]:
    """Return the condition that a ruling is on the work of its capstone's present participant."""
    capstone = sa.orm.aliased(CapstoneRow)
    return sa.exists().where(
        col(capstone.id) == col(CriterionRulingRow.capstone_id),
        col(capstone.participant_id) == col(CriterionRulingRow.participant_id),
    )


def _as_ruling(row: CriterionRulingRow) -> CriterionRuling:
    return CriterionRuling(
        row.id or 0,
        row.capstone_id,
        row.criterion,
        Verdict(row.verdict),
        row.level,
        row.draft,
        row.reason,
        row.sentence,
        row.basis,
        Milestone(row.milestone) if row.milestone else None,
        row.sensei_id,
        RulerRole(row.role),
        row.appeal_id,
        row.entered_by_operator,
        row.at,
    )


def _as_lock(row: RulingLockRow) -> RulingLock:
    return RulingLock(row.capstone_id, row.criterion, row.sensei_id, row.basis, row.until)
