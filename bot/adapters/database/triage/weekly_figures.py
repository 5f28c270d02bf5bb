"""Figures of a cohort's week: what its model calls cost, and its questions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, or_, select

from bot.adapters.database.model_calls.tables import ModelCallRow
from bot.adapters.database.pull_requests.tables import CapstoneRow, PullRequestRow, QuestionRow
from bot.domain.digest.lead_digest import QuestionNoise
from bot.domain.pull_requests.records import QuestionState

_UNASKED = (QuestionState.PROPOSED, QuestionState.KEPT, QuestionState.WITHDRAWN)
"""States of a question without a thread that has perhaps never been asked."""


@dataclass
class SqlWeeklyFigures:
    """``ports.digest.WeeklyFigures`` over one session."""

    session: Session
    tenant: str

    def costs(self, capstones: Collection[int], since: datetime) -> Mapping[int, float]:
        """Return what a model's calls about each capstone cost in USD, including zeros."""
        query = select(CapstoneRow.repository_id, CapstoneRow.id).where(col(CapstoneRow.id).in_(capstones))
        by_repository = {
            f"{self.tenant}/{repository}": capstone or 0 for repository, capstone in self.session.exec(query)
        }
        spent = (
            select(ModelCallRow.repository, func.sum(ModelCallRow.usd))
            .where(col(ModelCallRow.repository).in_(by_repository), col(ModelCallRow.started_at) >= since)
            .group_by(col(ModelCallRow.repository))
        )
        found = {by_repository[name or ""]: float(usd or 0.0) for name, usd in self.session.exec(spent)}
        return dict.fromkeys(capstones, 0.0) | found

    def question_noise(self, capstones: Collection[int], since: datetime) -> QuestionNoise:
        """Count questions that were asked, withdrawn and disputed."""
        row = QuestionRow
        is_new, has_changed = col(row.created_at) >= since, col(row.updated_at) >= since
        is_disputed = or_(col(row.state) == QuestionState.DISPUTED, col(row.ruling).is_not(None))
        is_withdrawn = col(row.state) == QuestionState.WITHDRAWN
        query = (
            select(
                _count(is_new & (col(row.comment_id).is_not(None) | col(row.state).not_in(_UNASKED))),
                _count(has_changed & is_withdrawn),
                _count(has_changed & is_disputed & ~is_withdrawn),
            )
            .select_from(row)
            .join(PullRequestRow, col(PullRequestRow.id) == col(row.pull_request_id))
            .where(col(PullRequestRow.capstone_id).in_(capstones))
        )
        asked, withdrawn, disputed = self.session.exec(query).one()
        return QuestionNoise(asked, withdrawn, disputed)


def _count(condition: "sa.ColumnElement[bool]") -> "sa.ColumnElement[int]":
    return func.coalesce(func.sum(sa.case((condition, 1), else_=0)), 0)
