"""How a cohort's work stands: a few queries, whatever the cohort's size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.store.tables import CapstoneRow, LedgerEntry, PullRequestRow, QuestionRow, RoundRow
from bot.domain.tracking import QuestionState
from bot.ports.standings import Moved, OpenQuestion

_WAITS = (QuestionState.ASKED, QuestionState.DISPUTED)


@dataclass
class Standings:
    """Reads across capstones, pull requests, questions and the ledger."""

    session: Session

    def questions(self, cohort: int) -> Sequence[OpenQuestion]:
        """List what waits in a cohort's active capstones, the longest first; of private ones nothing."""
        query = (
            select(QuestionRow, PullRequestRow.number, CapstoneRow)
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .join(CapstoneRow, col(CapstoneRow.id) == col(PullRequestRow.capstone_id))
            .where(
                CapstoneRow.cohort_id == cohort,
                CapstoneRow.state == "active",
                col(PullRequestRow.private).is_(False),
                col(QuestionRow.state).in_(_WAITS),
            )
            .order_by(col(QuestionRow.created_at), col(QuestionRow.id))
        )
        return [
            OpenQuestion(
                capstone.participant_id,
                f"{capstone.owner}/{capstone.name}",
                number,
                question.comment_id,
                question.check_id,
                question.text,
                question.created_at,
                question.state == QuestionState.DISPUTED,
            )
            for question, number, capstone in self.session.exec(query)
        ]

    def moved(self, cohort: int, since: datetime) -> Sequence[Moved]:
        """Count what readings that ended after a moment have moved, of whom anything did."""
        towards = func.sum(sa.case((col(LedgerEntry.direction) == "supports", 1), else_=0))
        query = (
            select(CapstoneRow.participant_id, towards, func.count())
            .join(LedgerEntry, col(LedgerEntry.capstone_id) == col(CapstoneRow.id))
            .join(RoundRow, col(RoundRow.id) == col(LedgerEntry.source))
            .where(
                CapstoneRow.cohort_id == cohort,
                CapstoneRow.state == "active",
                col(RoundRow.finished_at) >= since,
            )
            .group_by(col(CapstoneRow.participant_id))
            .order_by(col(CapstoneRow.participant_id))
        )
        return [Moved(person, int(up), int(all_ - up)) for person, up, all_ in self.session.exec(query)]

    def capstones(self, cohort: int) -> Sequence[tuple[str, str]]:
        """List who has an active capstone, and its ``owner/name``."""
        query = (
            select(CapstoneRow.participant_id, CapstoneRow.owner, CapstoneRow.name)
            .where(CapstoneRow.cohort_id == cohort, CapstoneRow.state == "active")
            .order_by(col(CapstoneRow.owner), col(CapstoneRow.name))
        )
        return [(person, f"{owner}/{name}") for person, owner, name in self.session.exec(query)]
