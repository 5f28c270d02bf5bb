"""A one-time code counts once its owner has confirmed the account that wrote it.

Revision: 0010, after 0009.
"""

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BEFORE = (
    "done", "silent", "unknown", "not_yet", "not_yours", "alone", "no_reason", "in_thread", "already",
    "settled", "with_sensei", "ruled", "you_rule", "closed", "overtaken", "no_code", "taken", "too_often",
)  # fmt: skip
_SINCE = (*_BEFORE, "other_account", "void")
_STATES = "'given', 'posted', 'linked', 'declined', 'taken', 'void', 'withdrawn'"


def upgrade() -> None:
    """Let a code know which account it is for, and which has written it; codes that were given stay."""
    _answers(_SINCE)
    kept = _codes()
    op.drop_table("link_code")
    op.create_table(
        "link_code",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("account_login", sa.String(), nullable=True),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_link_code_state_known")),
        _person(),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("id", name=op.f("uq_link_code_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_link_code_digest")),
    )
    op.create_index(op.f("ix_link_code_account_id"), "link_code", ["account_id"])
    op.create_index(op.f("ix_link_code_expires_at"), "link_code", ["expires_at"])
    _keep([{**row, "id": uuid.uuid4().hex, "state": "given", "inline": False} for row in kept])


def downgrade() -> None:
    """Forget who has written a code: it may be written again, while it lasts."""
    op.execute("UPDATE command SET answer = 'no_code' WHERE answer IN ('other_account', 'void')")
    _answers(_BEFORE)
    op.execute("DELETE FROM link_code WHERE state <> 'given'")
    kept = _codes()
    op.drop_table("link_code")
    op.create_table(
        "link_code",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        _person(),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_link_code_digest")),
    )
    op.create_index(op.f("ix_link_code_expires_at"), "link_code", ["expires_at"])
    _keep(kept)


def _person() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["person_id"], ["person.id"], name=op.f("fk_link_code_person_id_person"), ondelete="CASCADE"
    )


def _codes() -> list[dict[str, Any]]:
    rows = op.get_bind().execute(sa.text("SELECT person_id, digest, expires_at FROM link_code"))
    return [dict(row) for row in rows.mappings()]


def _keep(rows: list[dict[str, Any]]) -> None:
    """Enter rows as they were read: times are text on SQLite."""
    if rows:
        table = sa.table("link_code", *(sa.column(name) for name in rows[0]))
        op.get_bind().execute(sa.insert(table), rows)


def _answers(answers: tuple[str, ...]) -> None:
    """Change which answers there are: SQLite builds the table anew for it, to which no other one refers."""
    words = ", ".join(f"'{answer}'" for answer in answers)
    with op.batch_alter_table("command", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint(op.f("ck_command_answer_known"), type_="check")
        table.create_check_constraint(op.f("ck_command_answer_known"), f"answer IN ({words})")
