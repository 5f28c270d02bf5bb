"""The tables of pairing: proposals, their pairs, and the participants left without a sensei."""

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
from bot.domain.pairing.states import GOING_ON, PairState

_GOING_ON_STATES = ", ".join(f"'{state}'" for state in GOING_ON)
_GOES_ON = f"state IN ({_GOING_ON_STATES})"


class ProposalRow(SQLModel, table=True):
    """One solve. ``by_id`` is the lead who asked, or None for the operator or a lead who was erased since."""

    __tablename__ = "proposal"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")], index=True)
    by_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    at: datetime


class UnassignedRow(SQLModel, table=True):
    """A participant to whom a proposal assigns no sensei. ``blame`` is the reason."""

    __tablename__ = "unassigned"

    proposal_id: int = Field(primary_key=True, sa_column_args=[cascading_key("proposal.id")])
    participant_id: str = Field(primary_key=True, sa_column_args=[cascading_key("person.id")], index=True)
    blame: str


class PairRow(SQLModel, table=True):
    """A participant with a sensei, and the state of this pair.

    ``answer_by`` is None for pairs that no lead has approved, or that an earlier version approved.
    """

    __tablename__ = "pairing"

    __table_args__ = (
        allowed_values("state", PairState),
        sa.CheckConstraint("participant_id <> sensei_id", name="two_people"),
        sa.Index(
            "ix_pairing_goes_on",
            "cohort_id",
            "participant_id",
            unique=True,
            sqlite_where=sa.text(_GOES_ON),
            postgresql_where=sa.text(_GOES_ON),
        ),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")], index=True)
    proposal_id: int = Field(sa_column_args=[cascading_key("proposal.id")], index=True)
    participant_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    sensei_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    state: str = PairState.PROPOSED
    fit: int
    reasons: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    locked: bool = False
    why: str = Field(default="", sa_type=sa.Text)
    changed_at: datetime
    answer_by: datetime | None = None
