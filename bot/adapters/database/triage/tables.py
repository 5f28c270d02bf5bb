"""The tables of rulings, exemptions, appeals, snoozes, snapshots and digests."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import (
    NEVER_REUSE_IDS,
    allowed_values,
    cascading_key,
    nullable_person_key,
)
from bot.domain.triage.records import AppealState, ExemptSubject, Milestone, RulerRole, Verdict


class BaselineCoverageRow(SQLModel, table=True):
    """What the last reading of a capstone's whole tree looked for.

    ``stacks`` are the packs that apply, ``not_assessed`` the checks that no reading could say anything about,
    ``by_model`` those for which the last complete reading with a model looked.
    """

    __tablename__ = "baseline_coverage"

    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], primary_key=True)
    head: str
    stacks: list[str] = Field(sa_type=sa.JSON)
    not_assessed: list[str] = Field(sa_type=sa.JSON)
    by_model: list[str] = Field(sa_type=sa.JSON)
    at: datetime


class CriterionRulingRow(SQLModel, table=True):
    """A sensei's ruling on a criterion. Rows are never changed; the newest counts.

    ``participant_id`` is whose capstone it was. If it gets another participant, none of its earlier rulings
    counts, and nobody is shown them any more.

    ``appeal_id`` has no foreign key, because an appeal refers to the ruling that it is about. Both belong to
    one capstone, with which they are deleted.
    """

    __tablename__ = "criterion_ruling"
    __table_args__ = (
        allowed_values("verdict", Verdict),
        allowed_values("role", RulerRole),
        allowed_values("milestone", Milestone, or_none=True),
        sa.Index(None, "capstone_id", "criterion"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")])
    participant_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    criterion: str
    verdict: str
    level: int | None = None
    draft: int | None = None
    reason: str = Field(sa_type=sa.Text)
    sentence: str = Field(sa_type=sa.Text)
    basis: str = Field(max_length=64)
    milestone: str | None = None
    sensei_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    role: str
    appeal_id: int | None = Field(default=None, unique=True)
    entered_by_operator: bool = False
    at: datetime


class RulingLockRow(SQLModel, table=True):
    """Who is ruling on a criterion now, and on what evidence."""

    __tablename__ = "ruling_lock"

    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], primary_key=True)
    criterion: str = Field(primary_key=True)
    sensei_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    basis: str = Field(max_length=64)
    until: datetime


class ExemptionRow(SQLModel, table=True):
    """A check or criterion that a sensei found not to apply. ``ended_at``: it applies again since then."""

    __tablename__ = "exemption"
    __table_args__ = (allowed_values("kind", ExemptSubject), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], index=True)
    kind: str
    subject: str
    reason: str = Field(sa_type=sa.Text)
    sensei_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    at: datetime
    ended_at: datetime | None = None


class AppealRow(SQLModel, table=True):
    """A participant's appeal against a ruling. ``second_id`` is the sensei whom a lead named."""

    __tablename__ = "appeal"
    __table_args__ = (allowed_values("state", AppealState), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    ruling_id: int = Field(sa_column_args=[cascading_key("criterion_ruling.id")], unique=True)
    person_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    reason: str = Field(sa_type=sa.Text)
    second_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    state: str = AppealState.ASKED
    at: datetime
    updated_at: datetime


class SnoozeRow(SQLModel, table=True):
    """A row that a sensei doesn't want in their digest before a day. ``item`` is the row's key."""

    __tablename__ = "snooze"

    person_id: str = Field(sa_column_args=[cascading_key("person.id")], primary_key=True)
    item: str = Field(primary_key=True, max_length=120)
    until: date
    at: datetime


class CriterionSnapshotRow(SQLModel, table=True):
    """The states of a criterion's checks at the beginning of a week. ``week`` is its Monday.

    ``participant_id`` is whose capstone it was then.
    """

    __tablename__ = "criterion_snapshot"

    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], primary_key=True)
    criterion: str = Field(primary_key=True)
    week: date = Field(primary_key=True)
    participant_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    met: int
    partly_met: int
    contested: int
    open: int
    not_applicable: int
    not_assessed: int
    level: int | None = None


class DigestRow(SQLModel, table=True):
    """A digest that was made for a person. ``rows`` are keys of its rows, never words.

    ``week`` is the ISO week, such as ``2026-W48``; ``picture`` is the id of its picture in the chat.
    """

    __tablename__ = "digest"
    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "person_id", "role", "week"),
        allowed_values("role", ("sensei", "lead")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")])
    person_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    role: str
    week: str = Field(max_length=8)
    rows: list[Any] = Field(sa_type=sa.JSON)
    picture: str | None = None
    at: datetime
