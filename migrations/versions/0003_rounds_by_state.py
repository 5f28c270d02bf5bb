"""Rounds are found by their state, and by when they ended.

Revision: 0003_rounds_by_state, after 0002.
"""

from alembic import op

revision = "0003_rounds_by_state"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_round_state_finished_at"), "round", ["state", "finished_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_round_state_finished_at"), table_name="round")
