"""The tables."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

# Before any table is declared, else its constraints stay nameless and no migration can change them.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""Of every table whose rows are numbered: SQLite gives the number of a deleted row to no other row either.

The audit trail, effects, jobs, records of workflows, buttons in Slack and comments at the code host name rows
by their numbers, and outlive them.
"""


class ModelCallState(StrEnum):
    """Where a call is: ``INTENT`` until its outcome is written, for ever if the process died before.

    ``FORGOTTEN`` was answered; what was answered is kept no longer, what it cost is.
    """

    INTENT = "intent"
    ANSWERED = "answered"
    REFUSED = "refused"
    CUT_OFF = "cut off"
    MALFORMED = "malformed"
    FAILED = "failed"
    FORGOTTEN = "forgotten"


_STATES = ", ".join(f"'{state}'" for state in ModelCallState)


class ModelCallRow(SQLModel, table=True):
    """One call to a model: one HTTP request. What was asked is here only as a hash, what was answered whole.

    ``key`` identifies the request, ``attempt`` counts its calls from 1. ``seen_at`` is when the caller last
    said that it still waits. ``usd`` is, until the call has ended, the most that it may cost; where the
    answer was lost it stays that; None where no price is known. ``answer`` is JSON that fits the request's
    schema, only of complete answers. ``error`` is a sentence for a report. ``repository`` is whose code was
    asked about, as ``host/number``; None where a folder on this machine was.
    """

    __tablename__ = "model_call"
    __table_args__ = (
        sa.UniqueConstraint("key", "attempt"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        sa.CheckConstraint("attempt >= 1", name="attempt_counts_from_one"),
        sa.CheckConstraint("(state = 'answered') = (answer IS NOT NULL)", name="answer_iff_answered"),
        sa.CheckConstraint("(state = 'intent') = (finished_at IS NULL)", name="finished_unless_intent"),
        sa.CheckConstraint("usd IS NULL OR usd >= 0", name="usd_not_negative"),
        sa.Index(None, "started_at"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(max_length=64)
    attempt: int
    sample: int
    purpose: str
    repository: str | None = Field(default=None, max_length=120, index=True)
    prompt: str
    prompt_version: int
    prompt_sha256: str
    rubric_version: str
    provider: str
    model: str
    state: str = Field(default=ModelCallState.INTENT, max_length=16)
    started_at: datetime
    seen_at: datetime
    finished_at: datetime | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    usd: float | None = None
    latency_ms: int | None = None
    stop_reason: str | None = None
    request_id: str | None = None
    answer: str | None = Field(default=None, sa_type=sa.Text)
    error: str = Field(default="", sa_type=sa.Text)
