"""Whose a call to a model was, answers that are forgotten, and when a capstone ended.

Revision: 0006, after 0005.
"""

from datetime import UTC, datetime
from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATES = "'intent', 'answered', 'refused', 'cut off', 'malformed', 'failed'"


def upgrade() -> None:
    """Add ``model_call.repository`` and the state ``forgotten``, and ``capstone.ended_at``."""
    with op.batch_alter_table("model_call") as table:
        table.add_column(sa.Column("repository", sa.String(120), nullable=True))
        table.create_index(op.f("ix_model_call_repository"), ["repository"])
        table.drop_constraint(op.f("ck_model_call_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_model_call_state_known"), f"state IN ({_STATES}, 'forgotten')")
    # An id of a capstone that was erased is in the audit trail, and is never given again. Only SQLite would.
    whole: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table(
        "capstone", recreate=whole, table_kwargs={"sqlite_autoincrement": True}
    ) as table:
        table.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    # When those ended is not known any more: their time begins now.
    capstone = sa.table(
        "capstone", sa.column("state", sa.String), sa.column("ended_at", sa.DateTime(timezone=True))
    )
    op.execute(sa.update(capstone).where(capstone.c.state == "ended").values(ended_at=datetime.now(UTC)))


def downgrade() -> None:
    """Drop what was added; a forgotten answer stays forgotten, as a call that failed."""
    # In place: a table that is built anew on SQLite takes along what refers to it where keys are enforced.
    op.drop_column("capstone", "ended_at")
    op.execute("UPDATE model_call SET state = 'failed' WHERE state = 'forgotten'")
    with op.batch_alter_table("model_call") as table:
        table.drop_constraint(op.f("ck_model_call_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_model_call_state_known"), f"state IN ({_STATES})")
        table.drop_index(op.f("ix_model_call_repository"))
        table.drop_column("repository")
