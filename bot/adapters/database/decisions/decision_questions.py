"""The questions that lead to decisions, or that ask whether one still holds."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.decisions.tables import DecisionRow, DriftQuestionRow
from bot.adapters.database.pull_requests.tables import PullRequestRow, QuestionRow
from bot.domain.pull_requests.records import QuestionState
from bot.ports.decisions import DecisionQuestion


def list_decision_questions(session: Session, capstone: int) -> list[DecisionQuestion]:
    """List the questions of a capstone's decisions, oldest first, in one query."""
    led: Any = sa.select(
        col(DecisionRow.id).label("decision"),
        col(DecisionRow.question_id).label("question"),
        sa.false().label("asks"),
    ).where(col(DecisionRow.capstone_id) == capstone)
    asked = (
        sa.select(col(DriftQuestionRow.decision_id), col(DriftQuestionRow.question_id), sa.true())
        .join(DecisionRow, col(DecisionRow.id) == col(DriftQuestionRow.decision_id))
        .where(col(DecisionRow.capstone_id) == capstone)
    )
    links = sa.union_all(led, asked).subquery()
    query = (
        sa.select(
            links.c.decision,
            links.c.asks,
            col(QuestionRow.state),
            col(QuestionRow.fingerprint),
            col(QuestionRow.pull_request_id),
            col(PullRequestRow.state),
        )
        .join(QuestionRow, col(QuestionRow.id) == links.c.question)
        .join(PullRequestRow, col(PullRequestRow.id) == col(QuestionRow.pull_request_id), isouter=True)
        .order_by(col(QuestionRow.id))
    )
    return [
        DecisionQuestion(decision, bool(asks), QuestionState(state), fingerprint, *place)
        for decision, asks, state, fingerprint, *place in session.connection().execute(query)
    ]


def list_drifted(session: Session, questions: Collection[int]) -> dict[int, int]:
    """Return the decisions about which questions ask, by question, as ids."""
    query = select(DriftQuestionRow).where(col(DriftQuestionRow.question_id).in_(list(questions)))
    return {row.question_id: row.decision_id for row in session.exec(query)}
