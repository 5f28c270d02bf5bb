"""What follows from a command that links an account.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_VERBS = (
    "help", "review", "explain", "defer", "dispute", "private", "quiet", "speak", "record", "link"
)  # fmt: skip
_BEFORE = (
    "done", "silent", "unknown", "not_yet", "not_yours", "alone", "no_reason", "in_thread", "already",
    "settled", "with_sensei", "ruled", "you_rule", "closed", "overtaken",
)  # fmt: skip
_SINCE = (*_BEFORE, "no_code", "taken", "too_often")


def upgrade() -> None:
    """Make room for what may be wrong with a code, and count tries without reading every command."""
    _answers(_BEFORE, _SINCE)
    op.create_index(op.f("ix_command_author_id_verb"), "command", ["author_id", "verb"])


def downgrade() -> None:
    """Of what was wrong with a code nothing is left but that nothing was done."""
    op.drop_index(op.f("ix_command_author_id_verb"), "command")
    op.execute("UPDATE command SET answer = 'not_yet' WHERE answer IN ('no_code', 'taken', 'too_often')")
    _answers(_SINCE, _BEFORE)


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _answers(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change which answers there are: SQLite builds the table anew for it, to which no other one refers."""
    with op.batch_alter_table("command", copy_from=_command(old)) as table:
        table.drop_constraint(op.f("ck_command_answer_known"), type_="check")
        table.create_check_constraint(op.f("ck_command_answer_known"), f"answer IN ({_words(new)})")


def _command(answers: tuple[str, ...]) -> sa.Table:
    return sa.Table(
        "command",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pull_request_id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("verb", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("about", sa.String(80), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"verb IS NULL OR verb IN ({_words(_VERBS)})", name=op.f("ck_command_verb_known")),
        sa.CheckConstraint(f"answer IN ({_words(answers)})", name=op.f("ck_command_answer_known")),
        sa.ForeignKeyConstraint(
            ["pull_request_id"],
            ["pull_request.id"],
            name=op.f("fk_command_pull_request_id_pull_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_command_question_id_question"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
        sa.UniqueConstraint("comment_id", "inline", name=op.f("uq_command_comment_id_inline")),
        sa.Index(op.f("ix_command_pull_request_id_author_id"), "pull_request_id", "author_id"),
    )
