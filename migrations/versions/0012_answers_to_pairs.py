"""When the silence of a pair's sensei counts as consent.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Pairs that wait already have none, and keep the 24 hours that their sensei was told."""
    op.add_column("pairing", sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Drop the times. Waiting pairs then wait for 24 hours after their approval."""
    op.drop_column("pairing", "answer_by")
