"""The tables of capstones: pull requests, rounds, questions, commands, the ledger and the inbox.

A state is a string with a CHECK constraint, so both databases refuse an unknown one.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import (
    NEVER_REUSE_IDS,
    allowed_values,
    cascading_key,
    nullable_person_key,
)
from bot.domain.pull_requests.comment_command_rules import MOST_OF_A_NAME, CommandOutcome, Verb
from bot.domain.pull_requests.records import PublishPolicy, QuestionState, RoundState, Ruling, Trigger


class CapstoneRow(SQLModel, table=True):
    """An enrolled repository. If ``publish`` is None, the cohort's setting applies."""

    __tablename__ = "capstone"
    __table_args__ = (
        sa.UniqueConstraint("tenant", "repository_id"),
        allowed_values("publish", PublishPolicy, or_none=True),
        allowed_values("state", ("active", "ended")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[cascading_key("cohort.id")], index=True)
    participant_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    sensei_id: str | None = Field(default=None, sa_column_args=[nullable_person_key()], index=True)
    tenant: str
    repository_id: int = Field(sa_type=sa.BigInteger)
    owner: str
    name: str
    default_branch: str
    installation_id: int | None = Field(default=None, sa_type=sa.BigInteger, index=True)
    publish: str | None = None
    held: bool = False
    state: str = "active"
    created_at: datetime
    ended_at: datetime | None = None


class PullRequestRow(SQLModel, table=True):
    """A pull request as of its last event. ``summary_id`` is the review whose body is the summary."""

    __tablename__ = "pull_request"
    __table_args__ = (
        sa.UniqueConstraint("capstone_id", "number"),
        allowed_values("state", ("open", "closed", "merged")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")])
    number: int
    state: str
    draft: bool
    author_id: int = Field(sa_type=sa.BigInteger)
    author_login: str
    author_is_bot: bool
    head_sha: str
    base_ref: str
    quiet: bool = False
    private: bool = False
    summary_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    updated_at: datetime


class RoundRow(SQLModel, table=True):
    """One reading of one head. ``report`` is a ``sensei.report/1`` document."""

    __tablename__ = "round"
    __table_args__ = (
        sa.UniqueConstraint("pull_request_id", "number"),
        allowed_values("trigger", Trigger),
        allowed_values("state", RoundState),
        sa.Index(None, "state", "finished_at"),
    )

    id: str = Field(primary_key=True, max_length=80)
    pull_request_id: int = Field(sa_column_args=[cascading_key("pull_request.id")])
    number: int
    trigger: str
    head_sha: str
    state: str = RoundState.WAITING
    due_at: datetime
    superseded_at: datetime | None = None
    report: str | None = Field(default=None, sa_type=sa.Text)
    review_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    error: str = Field(default="", sa_type=sa.Text)
    created_at: datetime
    finished_at: datetime | None = None


class QuestionRow(SQLModel, table=True):
    """A question and its state.

    ``sensei_spoke_at`` is when a sensei first wrote something other than a command in its thread.
    ``original_text`` is what Sensei wrote, if a sensei has reworded the question. Questions of check-ins and
    defences have no pull request and no round. ``head_sha`` is the commit that the lines are in.
    """

    __tablename__ = "question"
    __table_args__ = (
        sa.UniqueConstraint("pull_request_id", "fingerprint"),
        allowed_values("state", QuestionState),
        allowed_values("side", ("head", "base")),
        allowed_values("ruling", Ruling, or_none=True),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], index=True)
    pull_request_id: int | None = Field(default=None, sa_column_args=[cascading_key("pull_request.id")])
    round_id: str | None = Field(default=None, sa_column_args=[cascading_key("round.id")], index=True)
    head_sha: str
    check_id: str | None = None
    text: str = Field(sa_type=sa.Text)
    fingerprint: str = Field(max_length=64)
    path: str = Field(sa_type=sa.Text)
    side: str
    line_start: int
    line_end: int
    quote: str = Field(sa_type=sa.Text)
    inline: bool
    state: str
    comment_id: int | None = Field(default=None, sa_type=sa.BigInteger, unique=True)
    ruling: str | None = None
    sensei_spoke_at: datetime | None = None
    original_text: str | None = Field(default=None, sa_type=sa.Text)
    created_at: datetime
    updated_at: datetime


class ThreadMessageRow(SQLModel, table=True):
    """A message in a question's thread.

    ``at`` is the host's time of its text. A deleted comment's row remains without its text, because old
    events about it may still arrive.
    """

    __tablename__ = "thread_message"

    comment_id: int = Field(
        sa_column=sa.Column(sa.BigInteger, primary_key=True, autoincrement=False, nullable=False)
    )
    question_id: int = Field(sa_column_args=[cascading_key("question.id")], index=True)
    author_id: int = Field(sa_type=sa.BigInteger)
    body: str = Field(sa_type=sa.Text)
    at: datetime
    deleted_at: datetime | None = None


class CommandRow(SQLModel, table=True):
    """A command in a comment.

    A comment gives at most one, so the row remains even if the comment was deleted.

    ``inline`` means that the comment is on the diff. ``at`` is the host's time of its text.
    """

    __tablename__ = "command"
    __table_args__ = (
        sa.UniqueConstraint("comment_id", "inline"),
        sa.Index(None, "pull_request_id", "author_id"),
        sa.Index(None, "author_id", "verb"),
        allowed_values("verb", Verb, or_none=True),
        allowed_values("answer", CommandOutcome),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    pull_request_id: int = Field(sa_column_args=[cascading_key("pull_request.id")])
    comment_id: int = Field(sa_type=sa.BigInteger)
    inline: bool
    thread_id: int | None = Field(default=None, sa_type=sa.BigInteger)
    author_id: int = Field(sa_type=sa.BigInteger)
    verb: str | None = None
    answer: str
    about: str = Field(max_length=MOST_OF_A_NAME)
    question_id: int | None = Field(
        default=None, sa_column_args=[sa.ForeignKey("question.id", ondelete="SET NULL")]
    )
    at: datetime
    deleted_at: datetime | None = None


class LedgerEntryRow(SQLModel, table=True):
    """A movement that a reading found. ``source`` is the reading: a round's id, or ``baseline:<n>``."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.Index(None, "capstone_id", "source"),
        allowed_values("direction", ("supports", "weakens")),
        allowed_values("found_by", ("signal", "model")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")])
    source: str = Field(max_length=80)
    check_id: str
    direction: str
    partial: bool
    missing: str = Field(sa_type=sa.Text)
    found_by: str
    pending: bool


class CitationRow(SQLModel, table=True):
    """A quote: the evidence for a ledger entry."""

    __tablename__ = "citation"
    __table_args__ = (
        allowed_values("source", ("commit", "text")),
        allowed_values("side", ("head", "base")),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(sa_column_args=[cascading_key("ledger_entry.id")], index=True)
    source: str
    path: str = Field(sa_type=sa.Text)
    commit_sha: str
    side: str
    line_start: int
    line_end: int
    quote: str = Field(sa_type=sa.Text)
    redacted: bool


class DeliveryRow(SQLModel, table=True):
    """A webhook delivery. Its payload is stored until it has been handled, and longer only if that failed.

    ``waits_for`` is the pull request whose questions must be posted before it can be handled; if its pull
    request must be stored first, the negative number of that pull request.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        allowed_values("state", ("stored", "handled", "ignored", "failed")),
        sa.Index(None, "state", "received_at"),
    )

    guid: str = Field(primary_key=True, max_length=64)
    event: str
    payload: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    state: str = "stored"
    error: str = Field(default="", sa_type=sa.Text)
    received_at: datetime
    waits_for: int | None = None


class RefusalRow(SQLModel, table=True):
    """The number of refused requests to deliver a webhook, by day and reason.

    Nothing else about them is stored.
    """

    __tablename__ = "refusal"

    day: str = Field(primary_key=True, max_length=10)
    reason: str = Field(primary_key=True, max_length=40)
    count: int
