"""The tables of decision records, and of statements in the ledger that rest on words."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import (
    NEVER_REUSE_IDS,
    allowed_values,
    cascading_key,
    nullable_person_key,
)
from bot.domain.decisions.records import DecisionOrigin, DecisionState, RevisedBy


class DecisionRow(SQLModel, table=True):
    """A decision record. Its words are in its revisions; ``revision`` is the number of the newest."""

    __tablename__ = "decision"
    __table_args__ = (
        sa.UniqueConstraint("capstone_id", "number"),
        allowed_values("origin", DecisionOrigin),
        allowed_values("state", DecisionState),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")])
    number: int
    person_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    origin: str
    question_id: int | None = Field(
        default=None, sa_column_args=[sa.ForeignKey("question.id", ondelete="SET NULL")], index=True
    )
    check_id: str | None = None
    private: bool = False
    state: str = DecisionState.DRAFT
    revision: int = 1
    supersedes_id: int | None = Field(
        default=None, sa_column_args=[sa.ForeignKey("decision.id", ondelete="SET NULL")]
    )
    path: str | None = Field(default=None, sa_type=sa.Text)
    digest: str = Field(default="", max_length=64)
    export_number: int | None = None
    created_at: datetime
    confirmed_at: datetime | None = None
    code_gone_at: datetime | None = None
    updated_at: datetime


class DecisionRevisionRow(SQLModel, table=True):
    """One version of a decision's words. ``texts`` maps the parts that it has to their text."""

    __tablename__ = "decision_revision"
    __table_args__ = (
        sa.UniqueConstraint("decision_id", "number"),
        allowed_values("revised_by", RevisedBy),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(sa_column_args=[cascading_key("decision.id")])
    number: int
    title: str
    texts: dict[str, str] = Field(sa_type=sa.JSON)
    revised_by: str
    at: datetime


class DecisionAnchorRow(SQLModel, table=True):
    """A place in the code that a decision is about."""

    __tablename__ = "decision_anchor"
    __table_args__ = (allowed_values("side", ("head", "base")), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(sa_column_args=[cascading_key("decision.id")], index=True)
    path: str = Field(sa_type=sa.Text)
    commit_sha: str
    side: str
    line_start: int
    line_end: int
    quote: str = Field(sa_type=sa.Text)


class DriftQuestionRow(SQLModel, table=True):
    """A question that asks whether a decision still holds."""

    __tablename__ = "drift_question"

    question_id: int = Field(sa_column_args=[cascading_key("question.id")], primary_key=True)
    decision_id: int = Field(sa_column_args=[cascading_key("decision.id")], index=True)


class DriftFindingRow(SQLModel, table=True):
    """A decision that a round's change may have overtaken, before it is decided what to ask."""

    __tablename__ = "drift_finding"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    round_id: str = Field(sa_column_args=[cascading_key("round.id")], index=True)
    decision_id: int = Field(sa_column_args=[cascading_key("decision.id")], index=True)
    fingerprint: str = Field(max_length=64)
    citation: dict[str, Any] = Field(sa_type=sa.JSON)
    text: str = Field(sa_type=sa.Text)
    inline: bool
    touched: bool


class StatementRow(SQLModel, table=True):
    """Evidence for a check in a participant's own words.

    ``reference`` is the question (``thread``) or the decision (``decision``) in which they said it.
    """

    __tablename__ = "statement"
    __table_args__ = (
        sa.UniqueConstraint("source", "reference"),
        allowed_values("source", ("thread", "decision")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], index=True)
    source: str
    reference: int
    check_id: str
    partial: bool
    missing: str = Field(sa_type=sa.Text)
    quote: str = Field(sa_type=sa.Text)
    pull_request_id: int | None = Field(
        default=None, sa_column_args=[cascading_key("pull_request.id")], index=True
    )
    pending: bool
    at: datetime
