"""For which checks the last reading of a whole tree with a model looked.

Revision: 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; no whole tree has been read with a model so far."""
    op.add_column("baseline_coverage", sa.Column("by_model", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """Drop the column. What a model found stays, and counts in an earlier version while its quotes last."""
    op.drop_column("baseline_coverage", "by_model")
