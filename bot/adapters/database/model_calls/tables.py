"""The table of calls to a model."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import NEVER_REUSE_IDS


class ModelCallState(StrEnum):
    """The state of a call: ``INTENT`` until its outcome is written, or permanently if the process died first.

    ``FORGOTTEN`` means that the answer was deleted, and only its cost is stored.
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
    """One call to a model: one HTTP request. The request is stored only as a hash, the answer in full.

    ``key`` identifies the request, and ``attempt`` counts its calls from 1. ``seen_at`` is when the caller
    last reported that it was still waiting. ``usd`` is the highest possible cost until the call has ended,
    and stays so if the answer was lost; it is None if no price is known. ``answer`` is JSON that fits the
    request's schema; only complete answers are stored. ``error`` is a sentence for a report. ``repository``
    is the repository whose code was sent, as ``host/number``, or None for a folder on this machine. For what
    a member asked, it is ``enquiries/enrolment``.
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
        NEVER_REUSE_IDS,
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
