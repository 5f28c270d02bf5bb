"""The tables of one-to-ones, what was said of them, and calendars."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import NEVER_REUSE_IDS, allowed_values, cascading_key
from bot.domain.one_to_ones.records import OneToOneState, Worth


class OneToOneRow(SQLModel, table=True):
    """A meeting of a participant and a sensei. ``event`` identifies it in a calendar, or is empty.

    ``attendee_id`` is who met the participant, once it has begun.
    """

    __tablename__ = "one_to_one"
    __table_args__ = (
        allowed_values("state", OneToOneState),
        sa.Index(None, "participant_id", "at"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")])
    participant_id: str = Field(sa_column_args=[cascading_key("person.id")])
    sensei_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    attendee_id: str | None = Field(default=None, sa_column_args=[cascading_key("person.id")], index=True)
    at: datetime
    state: str
    event: str = Field(default="", sa_type=sa.Text)
    created_at: datetime


class OneToOneNoteRow(SQLModel, table=True):
    """What one of the two said afterwards. ``draft_id`` is the decision that was drafted from it."""

    __tablename__ = "one_to_one_note"
    __table_args__ = (allowed_values("worth", Worth, or_none=True),)

    one_to_one_id: int = Field(primary_key=True, sa_column_args=[cascading_key("one_to_one.id")])
    person_id: str = Field(primary_key=True, sa_column_args=[cascading_key("person.id")], index=True)
    worth: str | None = None
    decided: str = Field(default="", sa_type=sa.Text)
    draft_id: int | None = Field(
        default=None, sa_column_args=[sa.ForeignKey("decision.id", ondelete="SET NULL")], index=True
    )
    at: datetime


class CalendarLinkRow(SQLModel, table=True):
    """The address of a calendar for a participant's one-to-ones. It may contain a secret of its owner."""

    __tablename__ = "calendar_link"

    enrolment_id: int = Field(primary_key=True, sa_column_args=[cascading_key("enrolment.id")])
    address: str = Field(sa_type=sa.Text)
    added_by: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    looks_for: str
    title: str = Field(default="", sa_type=sa.Text)
    read_at: datetime | None = None
    problem: str = ""
