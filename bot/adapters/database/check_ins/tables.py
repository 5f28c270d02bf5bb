"""The tables of rhythms, check-ins and unprompted messages."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import NEVER_REUSE_IDS, allowed_values, cascading_key
from bot.domain.check_ins.records import CheckInState, MoveReason, Topic
from bot.domain.dojo.people import Weekday


class CohortRhythmRow(SQLModel, table=True):
    """A cohort's rhythm of check-ins, if it isn't the default. ``minutes`` are minutes after midnight."""

    __tablename__ = "cohort_rhythm"
    __table_args__ = (allowed_values("weekday", Weekday),)

    cohort_id: int = Field(primary_key=True, sa_column_args=[cascading_key("cohort.id")])
    every_weeks: int
    weekday: str
    minutes: int


class RhythmChoiceRow(SQLModel, table=True):
    """A participant's own rhythm; its three columns are NULL while they keep the cohort's."""

    __tablename__ = "rhythm_choice"
    __table_args__ = (allowed_values("weekday", Weekday, or_none=True),)

    enrolment_id: int = Field(primary_key=True, sa_column_args=[cascading_key("enrolment.id")])
    every_weeks: int | None = None
    weekday: str | None = None
    minutes: int | None = None
    snoozed_until: date | None = None


class CheckInRow(SQLModel, table=True):
    """A check-in. ``day`` is the local date on which it was asked.

    A day has at most two: one that was due, and one that the participant asked for.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        allowed_values("state", CheckInState),
        allowed_values("topic", Topic),
        allowed_values("moved_by", MoveReason, or_none=True),
        sa.UniqueConstraint("enrolment_id", "day", "asked_for"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(sa_column_args=[cascading_key("enrolment.id")])
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], index=True)
    day: date
    topic: str
    question_id: int | None = Field(
        default=None, sa_column_args=[sa.ForeignKey("question.id", ondelete="SET NULL")], unique=True
    )
    state: str
    asked_for: bool = False
    reason: str = Field(default="", sa_type=sa.Text)
    asked_at: datetime
    reminded_at: datetime | None = None
    put_off_until: date | None = None
    moved_by: str | None = None
    offers_fortnight: bool = False
    ended_at: datetime | None = None


class CheckInCodeRow(SQLModel, table=True):
    """The code that a participant's next question shows, from when it's found until it's asked.

    ``fingerprint`` is that of the question.
    """

    __tablename__ = "check_in_code"

    enrolment_id: int = Field(primary_key=True, sa_column_args=[cascading_key("enrolment.id")])
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], index=True)
    fingerprint: str
    code: str = Field(sa_type=sa.Text)


class UnpromptedMessageRow(SQLModel, table=True):
    """That a person gets an unprompted message on a day, their local date: at most one, of any feature.

    ``message`` is a digest of the message's key, or empty while the day is only kept for the feature.
    """

    __tablename__ = "unprompted_message"

    person_id: str = Field(primary_key=True, sa_column_args=[cascading_key("person.id")])
    day: date = Field(primary_key=True)
    feature: str
    message: str = ""
