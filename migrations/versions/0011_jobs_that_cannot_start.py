"""Why a job could not be started.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column for the reason. Waiting jobs have none yet."""
    op.add_column("job", sa.Column("error", sa.String(), nullable=True))


def downgrade() -> None:
    """Drop the reasons. The jobs stay, and Sensei tries them again."""
    op.drop_column("job", "error")
