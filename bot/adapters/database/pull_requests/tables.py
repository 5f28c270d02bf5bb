"""The tables of what is followed: people, capstones, pull requests, rounds, questions, the inbox, effects.

Records without behaviour. Words of states are strings with a CHECK, so that either database refuses another.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

# The naming convention in there must stand before any table is declared.
from bot.adapters.database.model_calls.tables import NEVER_AGAIN
from bot.domain.pull_requests.comment_commands import MOST_OF_A_NAME, CommandOutcome, Verb
from bot.domain.pull_requests.records import PublishPolicy, QuestionState, RoundState, Ruling, Trigger


def one_of(
    column: str, words: type[StrEnum] | tuple[str, ...], *, or_none: bool = False
) -> sa.CheckConstraint:
    """Let a column hold some words alone."""
    known = ", ".join(f"'{word}'" for word in words)
    none = f"{column} IS NULL OR " if or_none else ""
    return sa.CheckConstraint(f"{none}{column} IN ({known})", name=f"{column}_known")


def key_to(target: str) -> Any:
    """Let a row go with the one that it names."""
    return sa.ForeignKey(target, ondelete="CASCADE")


class CohortRow(SQLModel, table=True):
    """A dojo's run. ``workspace`` is the chat's; ``weights`` are what its pairing is scored by."""

    __tablename__ = "cohort"

    __table_args__ = (one_of("publish", PublishPolicy), NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    publish: str = PublishPolicy.AUTOMATIC
    held: bool = False
    created_at: datetime
    workspace: str | None = None
    weights: dict[str, int] = Field(
        default_factory=dict, sa_type=sa.JSON, sa_column_kwargs={"server_default": "{}"}
    )


class PersonRow(SQLModel, table=True):
    """Somebody, by an id that says nothing. Erasure deletes the identities, and with them who it was."""

    __tablename__ = "person"

    id: str = Field(primary_key=True, max_length=32)
    created_at: datetime


class IdentityRow(SQLModel, table=True):
    """A person's account at a provider. ``external_id`` is the provider's own; ``login`` is for show."""

    __tablename__ = "identity"

    __table_args__ = (
        sa.UniqueConstraint("provider", "tenant", "external_id"),
        one_of("provider", ("github", "slack")),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    provider: str
    tenant: str
    external_id: str
    login: str
    verified_at: datetime | None = None


class EnrolmentRow(SQLModel, table=True):
    """What somebody is in a cohort."""

    __tablename__ = "enrolment"

    __table_args__ = (
        sa.UniqueConstraint("cohort_id", "person_id", "role"),
        one_of("role", ("participant", "sensei", "lead")),
        one_of("state", ("active", "paused", "left")),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[key_to("cohort.id")])
    person_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    role: str
    state: str = "active"
    created_at: datetime


class CapstoneRow(SQLModel, table=True):
    """An enrolled repository. ``publish`` None: as its cohort."""

    __tablename__ = "capstone"
    __table_args__ = (
        sa.UniqueConstraint("tenant", "repository_id"),
        one_of("publish", PublishPolicy, or_none=True),
        one_of("state", ("active", "ended")),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    cohort_id: int = Field(sa_column_args=[key_to("cohort.id")], index=True)
    participant_id: str = Field(sa_column_args=[key_to("person.id")], index=True)
    sensei_id: str | None = Field(
        default=None, sa_column_args=[sa.ForeignKey("person.id", ondelete="SET NULL")], index=True
    )
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
    """A pull request as its last event told. ``summary_id`` is the review whose body is the summary."""

    __tablename__ = "pull_request"
    __table_args__ = (
        sa.UniqueConstraint("capstone_id", "number"),
        one_of("state", ("open", "closed", "merged")),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[key_to("capstone.id")])
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
    """One reading of one head; ``report`` is a ``sensei.report/1``."""

    __tablename__ = "round"
    __table_args__ = (
        sa.UniqueConstraint("pull_request_id", "number"),
        one_of("trigger", Trigger),
        one_of("state", RoundState),
        sa.Index(None, "state", "finished_at"),
    )

    id: str = Field(primary_key=True, max_length=80)
    pull_request_id: int = Field(sa_column_args=[key_to("pull_request.id")])
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
    """A question and what became of it.

    ``sensei_spoke_at`` is when a sensei first wrote in its thread what was no command.
    """

    __tablename__ = "question"
    __table_args__ = (
        sa.UniqueConstraint("pull_request_id", "fingerprint"),
        one_of("state", QuestionState),
        one_of("side", ("head", "base")),
        one_of("ruling", Ruling, or_none=True),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    pull_request_id: int = Field(sa_column_args=[key_to("pull_request.id")])
    round_id: str = Field(sa_column_args=[key_to("round.id")], index=True)
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
    created_at: datetime
    updated_at: datetime


class ThreadMessageRow(SQLModel, table=True):
    """What somebody wrote in a question's thread. ``at`` is the host's time of these words.

    Of a comment that was deleted the row stays without a word: news of it may come late.
    """

    __tablename__ = "thread_message"

    comment_id: int = Field(
        sa_column=sa.Column(sa.BigInteger, primary_key=True, autoincrement=False, nullable=False)
    )
    question_id: int = Field(sa_column_args=[key_to("question.id")], index=True)
    author_id: int = Field(sa_type=sa.BigInteger)
    body: str = Field(sa_type=sa.Text)
    at: datetime
    deleted_at: datetime | None = None


class CommandRow(SQLModel, table=True):
    """A command in a comment, kept for good: a comment gives one at most.

    ``inline``: it is on the diff. ``at`` is the host's time of the words that gave it.
    """

    __tablename__ = "command"
    __table_args__ = (
        sa.UniqueConstraint("comment_id", "inline"),
        sa.Index(None, "pull_request_id", "author_id"),
        sa.Index(None, "author_id", "verb"),
        one_of("verb", Verb, or_none=True),
        one_of("answer", CommandOutcome),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    pull_request_id: int = Field(sa_column_args=[key_to("pull_request.id")])
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
    """A movement that a reading found; ``source`` names the reading: a round's id, or ``baseline:<n>``."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        sa.Index(None, "capstone_id", "source"),
        one_of("direction", ("supports", "weakens")),
        one_of("found_by", ("signal", "model")),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[key_to("capstone.id")])
    source: str = Field(max_length=80)
    check_id: str
    direction: str
    partial: bool
    missing: str = Field(sa_type=sa.Text)
    found_by: str
    pending: bool


class CitationRow(SQLModel, table=True):
    """A quote that a ledger entry rests on."""

    __tablename__ = "citation"
    __table_args__ = (one_of("source", ("commit", "text")), one_of("side", ("head", "base")), NEVER_AGAIN)

    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(sa_column_args=[key_to("ledger_entry.id")], index=True)
    source: str
    path: str = Field(sa_type=sa.Text)
    commit_sha: str
    side: str
    line_start: int
    line_end: int
    quote: str = Field(sa_type=sa.Text)
    redacted: bool


class DeliveryRow(SQLModel, table=True):
    """A webhook delivery. The payload is kept until it was handled, and longer only where that failed.

    ``waits_for`` is the pull request whose questions have to be placed before it can be handled.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("state", ("stored", "handled", "ignored", "failed")),
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
    """How many requests were no deliveries, by day and reason: all that is kept of them."""

    __tablename__ = "refusal"

    day: str = Field(primary_key=True, max_length=10)
    reason: str = Field(primary_key=True, max_length=40)
    count: int


class EffectRow(SQLModel, table=True):
    """Something that is done outside, noted before it is done."""

    __tablename__ = "effect"

    key: str = Field(primary_key=True, max_length=120)
    external_id: str | None = None
    started_at: datetime
    done_at: datetime | None = None


class JobRow(SQLModel, table=True):
    """Something due. ``id`` is its workflow's id, so beginning it twice begins it once."""

    __tablename__ = "job"
    __table_args__ = (sa.Index(None, "started_at", "due_at"),)

    id: str = Field(primary_key=True, max_length=120)
    kind: str
    argument: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    due_at: datetime
    started_at: datetime | None = None


class AuditEventRow(SQLModel, table=True):
    """Who did what to what. Only ever added to; holds people's opaque ids alone."""

    __tablename__ = "audit_event"
    __table_args__ = (NEVER_AGAIN,)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
