"""What the growth of participants is counted from: confirmed decisions, questions, and moved checks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.database.articulation.tables import ConversationRow
from bot.adapters.database.decisions.tables import (
    DecisionRevisionRow,
    DecisionRow,
    DriftQuestionRow,
    StatementRow,
)
from bot.adapters.database.pull_requests.tables import (
    LedgerEntryRow,
    PullRequestRow,
    QuestionRow,
    RoundRow,
)
from bot.domain.decisions.records import DecisionState, RevisedBy
from bot.domain.milestones.growth import CountedDecision, RaisedQuestion, TouchedCheck
from bot.domain.pull_requests.records import QuestionState

_ANSWERED = (QuestionState.ANSWERED, QuestionState.RESOLVED)
_POSTED = (*_ANSWERED, QuestionState.ASKED, QuestionState.DEFERRED, QuestionState.DISPUTED)


@dataclass
class SqlGrowthRecords:
    """``ports.triage.GrowthRecords`` over one session. It reads no texts."""

    session: Session

    def decisions(self, capstones: Collection[int]) -> Sequence[CountedDecision]:
        """List the confirmed decisions of some capstones, in the order in which they were confirmed."""
        return [
            CountedDecision(capstone, check, bool(helped), at, person)
            for capstone, check, helped, at, person in self.session.connection().execute(
                _select_decisions(), {"capstones": list(capstones)}
            )
            if at is not None
        ]

    def questions(self, capstones: Collection[int]) -> Sequence[RaisedQuestion]:
        """List the questions that were posted about checks of some capstones, oldest first."""
        query = (
            sa.select(
                col(PullRequestRow.capstone_id),
                col(QuestionRow.check_id),
                col(PullRequestRow.number),
                col(QuestionRow.state),
                col(QuestionRow.created_at),
            )
            .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id))
            .where(
                col(PullRequestRow.capstone_id).in_(capstones),
                col(QuestionRow.state).in_(_POSTED),
                col(QuestionRow.check_id).is_not(None),
                col(QuestionRow.id).not_in(select(DriftQuestionRow.question_id)),
            )
            .order_by(col(QuestionRow.id))
        )
        return [
            RaisedQuestion(capstone, check or "", number, QuestionState(state) in _ANSWERED, at)
            for capstone, check, number, state, at in self.session.connection().execute(query)
        ]

    def touched(self, capstones: Collection[int]) -> Sequence[TouchedCheck]:
        """List the checks that the merged pull requests of some capstones moved, each once.

        Quiet pull requests are left out.
        """
        query = (
            select(
                LedgerEntryRow.capstone_id,
                LedgerEntryRow.check_id,
                PullRequestRow.number,
                PullRequestRow.updated_at,
            )
            .join(RoundRow, col(RoundRow.id) == col(LedgerEntryRow.source))
            .join(PullRequestRow, col(PullRequestRow.id) == col(RoundRow.pull_request_id))
            .where(
                col(LedgerEntryRow.capstone_id).in_(capstones),
                PullRequestRow.state == "merged",
                col(PullRequestRow.quiet).is_(False),
            )
            .distinct()
        )
        return [TouchedCheck(*row) for row in self.session.exec(query)]


@cache
def _select_decisions() -> sa.Select[int, str | None, bool, datetime | None, str | None]:
    """Return the query of ``decisions``, which is made once: making it takes longer than the answer."""
    drafts = (
        select(func.count())
        .select_from(DecisionRevisionRow)
        .where(
            col(DecisionRevisionRow.decision_id) == col(DecisionRow.id),
            DecisionRevisionRow.revised_by == RevisedBy.SENSEI,
        )
        .scalar_subquery()
    )
    spoke, said, lacks = _helped_by(drafts)
    return (
        sa.select(
            col(DecisionRow.capstone_id),
            col(DecisionRow.check_id),
            sa.and_(col(DecisionRow.question_id).is_not(None), sa.or_(spoke, said, lacks)),
            col(DecisionRow.confirmed_at),
            col(DecisionRow.person_id),
        )
        .join(QuestionRow, col(QuestionRow.id) == col(DecisionRow.question_id), isouter=True)
        .join(
            ConversationRow,
            col(ConversationRow.question_id) == col(DecisionRow.question_id),
            isouter=True,
        )
        .join(StatementRow, _is_statement(), isouter=True)
        .where(
            col(DecisionRow.capstone_id).in_(sa.bindparam("capstones", expanding=True)),
            col(DecisionRow.state) == DecisionState.CONFIRMED,
            col(DecisionRow.confirmed_at).is_not(None),
        )
        .order_by(col(DecisionRow.confirmed_at), col(DecisionRow.id))
    )


def _is_statement() -> sa.ColumnElement[bool]:
    """Join a decision with what it says in the ledger."""
    return sa.and_(col(StatementRow.source) == "decision", col(StatementRow.reference) == col(DecisionRow.id))


def _helped_by(drafts: sa.ScalarSelect[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the three signs that a question alone was not enough. Unknown counts as no sign."""
    spoke = sa.func.coalesce(col(QuestionRow.sensei_spoke_at) < col(DecisionRow.created_at), sa.false())
    said = sa.func.coalesce(col(ConversationRow.turn) > drafts, sa.false())
    lacks = sa.func.coalesce(col(StatementRow.partial), sa.false())
    return spoke, said, lacks
