"""The tables of enquiries and handbooks."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import (
    NEVER_REUSE_IDS,
    allowed_values,
    cascading_key,
    nullable_person_key,
)
from bot.domain.enquiries.records import (
    Addressee,
    AnswerSource,
    AnswerState,
    Feedback,
    FeedbackReason,
    HandoverReason,
    HandoverState,
    Kind,
    Place,
    Rung,
)


class EnquiryRow(SQLModel, table=True):
    """A thread in which a person asks. ``thread`` is the timestamp of its first message."""

    __tablename__ = "enquiry"
    __table_args__ = (
        allowed_values("place", Place),
        sa.UniqueConstraint("channel", "thread"),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(sa_column_args=[cascading_key("enrolment.id")], index=True)
    place: str
    channel: str
    thread: str
    asked_at: datetime
    moved_at: datetime = Field(index=True)


class EnquiryMessageRow(SQLModel, table=True):
    """What the asker wrote.

    A deleted message's row remains without its text, because old events about it may still arrive.
    """

    __tablename__ = "enquiry_message"
    __table_args__ = (sa.UniqueConstraint("enquiry_id", "ts"), NEVER_REUSE_IDS)

    id: int | None = Field(default=None, primary_key=True)
    enquiry_id: int = Field(sa_column_args=[cascading_key("enquiry.id")])
    ts: str
    text: str = Field(sa_type=sa.Text)
    revision: int = 0
    at: datetime
    edited_at: datetime | None = None
    deleted_at: datetime | None = None


class EnquiryAnswerRow(SQLModel, table=True):
    """Sensei's answer to a message. ``citations`` is a JSON list of ``[title, link, quote]``."""

    __tablename__ = "enquiry_answer"
    __table_args__ = (
        allowed_values("kind", Kind),
        allowed_values("rung", Rung, or_none=True),
        allowed_values("source", AnswerSource),
        allowed_values("state", AnswerState),
        allowed_values("feedback", Feedback, or_none=True),
        allowed_values("feedback_reason", FeedbackReason, or_none=True),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    enquiry_id: int = Field(sa_column_args=[cascading_key("enquiry.id")], index=True)
    message_id: int = Field(sa_column_args=[cascading_key("enquiry_message.id")], unique=True)
    revision: int
    kind: str
    rung: str | None = None
    source: str
    text: str = Field(sa_type=sa.Text)
    citations: str = Field(default="[]", sa_type=sa.Text)
    state: str = AnswerState.WRITTEN
    ts: str = ""
    at: datetime
    refused: str = ""
    feedback: str | None = None
    feedback_reason: str | None = None


class EnquiryHandoverRow(SQLModel, table=True):
    """An enquiry that went to a person.

    ``replies`` is a JSON list of ``[reference, length]``: how ``answer`` is made of replies.
    """

    __tablename__ = "enquiry_handover"
    __table_args__ = (
        allowed_values("reason", HandoverReason),
        allowed_values("state", HandoverState),
        allowed_values("addressee", Addressee),
        allowed_values("feedback", Feedback, or_none=True),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    enquiry_id: int = Field(sa_column_args=[cascading_key("enquiry.id")], index=True)
    reason: str
    summary: str = Field(sa_type=sa.Text)
    state: str = HandoverState.WAITING
    at: datetime
    addressee: str = Addressee.ON_DUTY
    chosen_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()])
    to_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()])
    told_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()])
    answer: str = Field(default="", sa_type=sa.Text)
    replies: str = Field(default="[]", sa_type=sa.Text)
    feedback: str | None = None


class HandbookRow(SQLModel, table=True):
    """A cohort's handbook."""

    __tablename__ = "handbook"

    cohort_id: int = Field(primary_key=True, sa_column_args=[cascading_key("cohort.id")])
    place: str = Field(sa_type=sa.Text)
    link: str = Field(default="", sa_type=sa.Text)
    read_at: datetime | None = None
    pages: int = 0
    problem: str = Field(default="", sa_type=sa.Text)


class HandbookGapRow(SQLModel, table=True):
    """A question that a cohort's sources don't answer. Nothing says who asked it."""

    __tablename__ = "handbook_gap"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")], index=True)
    text: str = Field(sa_type=sa.Text)
    day: date
