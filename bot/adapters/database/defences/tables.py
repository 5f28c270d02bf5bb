"""The tables of defences and their questions."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import (
    NEVER_REUSE_IDS,
    allowed_values,
    cascading_key,
    nullable_person_key,
)
from bot.domain.defences.records import DefenceOutcome, DefenceState


class DefenceRow(SQLModel, table=True):
    """A defence of a capstone by its participant.

    ``replaced`` are the fingerprints of questions in place of which its sensei asked for others.
    """

    __tablename__ = "defence"
    __table_args__ = (allowed_values("state", DefenceState), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], index=True)
    participant_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    head_sha: str
    state: str
    prepared_by: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    prepared_at: datetime
    session_at: datetime | None = None
    held_at: datetime | None = None
    replaced: list[str] = Field(default_factory=list, sa_type=sa.JSON)


class DefenceQuestionRow(SQLModel, table=True):
    """A question of a defence. ``follow_ups`` and ``touches`` are for the sensei alone."""

    __tablename__ = "defence_question"
    __table_args__ = (sa.UniqueConstraint("defence_id", "position"), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    defence_id: int = Field(sa_column_args=[cascading_key("defence.id")])
    position: int
    criterion: str
    check_id: str | None = None
    text: str = Field(sa_type=sa.Text)
    follow_ups: list[str] = Field(sa_type=sa.JSON)
    touches: list[str] = Field(sa_type=sa.JSON)
    path: str = Field(sa_type=sa.Text)
    line_start: int
    line_end: int
    quote: str = Field(sa_type=sa.Text)
    fingerprint: str = Field(max_length=64)


class DefenceRulingRow(SQLModel, table=True):
    """What a sensei ruled on a question. The newest counts. ``note`` is their sentence to the participant."""

    __tablename__ = "defence_ruling"
    __table_args__ = (allowed_values("outcome", DefenceOutcome), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(sa_column_args=[cascading_key("defence_question.id")], index=True)
    outcome: str
    note: str = Field(sa_type=sa.Text)
    ruled_by: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    at: datetime
