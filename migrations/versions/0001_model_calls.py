"""Calls to a model.

Revision: 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make ``model_call``."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "model_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("prompt_version", sa.Integer(), nullable=False),
        sa.Column("prompt_sha256", sa.String(), nullable=False),
        sa.Column("rubric_version", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("cache_read_tokens", sa.Integer(), nullable=False),
        sa.Column("cache_write_tokens", sa.Integer(), nullable=False),
        sa.Column("usd", sa.Float(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("stop_reason", sa.String(), nullable=True),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('intent', 'answered', 'refused', 'cut off', 'malformed', 'failed')",
            name=op.f("ck_model_call_state_known"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_model_call_attempt_counts_from_one")),
        sa.CheckConstraint(
            "(state = 'answered') = (answer IS NOT NULL)", name=op.f("ck_model_call_answer_iff_answered")
        ),
        sa.CheckConstraint(
            "(state = 'intent') = (finished_at IS NULL)", name=op.f("ck_model_call_finished_unless_intent")
        ),
        sa.CheckConstraint("usd IS NULL OR usd >= 0", name=op.f("ck_model_call_usd_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_call")),
        sa.UniqueConstraint("key", "attempt", name=op.f("uq_model_call_key_attempt")),
    )
    op.create_index(op.f("ix_model_call_started_at"), "model_call", ["started_at"])


def downgrade() -> None:
    """Drop ``model_call``, with every recorded answer."""
    op.drop_table("model_call")
