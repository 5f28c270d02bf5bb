"""Commands in comments, private pull requests, disputed questions, and where a sensei has spoken.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BEFORE = ("proposed", "kept", "asked", "answered", "resolved", "deferred", "withdrawn")
_SINCE = ("proposed", "kept", "asked", "answered", "resolved", "deferred", "disputed", "withdrawn")
_VERBS = (
    "help", "review", "explain", "defer", "dispute", "private", "quiet", "speak", "record", "link"
)  # fmt: skip
_ANSWERS = (
    "done", "silent", "unknown", "not_yet", "not_yours", "alone", "no_reason", "in_thread", "already",
    "settled", "with_sensei", "ruled", "you_rule", "closed",
)  # fmt: skip


def upgrade() -> None:
    """Make the table of commands, and room for what they say."""
    op.create_table(
        "command",
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
        sa.CheckConstraint(f"answer IN ({_words(_ANSWERS)})", name=op.f("ck_command_answer_known")),
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
    )
    op.create_index(op.f("ix_command_pull_request_id_author_id"), "command", ["pull_request_id", "author_id"])
    # With a default it is added in place on either database; the models always give a value.
    op.add_column(
        "pull_request", sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    newest = _newest_question()
    with op.batch_alter_table("question", copy_from=_question(_BEFORE)) as table:
        table.add_column(sa.Column("ruling", sa.String(), nullable=True))
        table.add_column(sa.Column("sensei_spoke_at", sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint(op.f("ck_question_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_question_state_known"), f"state IN ({_words(_SINCE)})")
        table.create_check_constraint(op.f("ck_question_ruling_known"), _RULING)
    _number_questions_from(newest)


def downgrade() -> None:
    """Drop them; what is disputed is asked again."""
    op.drop_table("command")
    op.execute("UPDATE question SET state = 'asked' WHERE state = 'disputed'")
    newest = _newest_question()
    after = _question(
        _SINCE,
        sa.Column("ruling", sa.String(), nullable=True),
        sa.Column("sensei_spoke_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(_RULING, name=op.f("ck_question_ruling_known")),
    )
    with op.batch_alter_table("question", copy_from=after) as table:
        table.drop_constraint(op.f("ck_question_ruling_known"), type_="check")
        table.drop_constraint(op.f("ck_question_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_question_state_known"), f"state IN ({_words(_BEFORE)})")
        table.drop_column("sensei_spoke_at")
        table.drop_column("ruling")
    _number_questions_from(newest)
    op.drop_column("pull_request", "private")


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


_RULING = "ruling IS NULL OR ruling IN ('stands', 'withdrawn')"


def _question(states: tuple[str, ...], *more: sa.Column[object] | sa.CheckConstraint) -> sa.Table:
    """Return the table of questions: SQLite changes a check by building the table anew."""
    return sa.Table(
        "question",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pull_request_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("line_start", sa.Integer(), nullable=False),
        sa.Column("line_end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *more,
        sa.CheckConstraint("side IN ('head', 'base')", name=op.f("ck_question_side_known")),
        sa.CheckConstraint(f"state IN ({_words(states)})", name=op.f("ck_question_state_known")),
        sa.ForeignKeyConstraint(
            ["pull_request_id"],
            ["pull_request.id"],
            name=op.f("fk_question_pull_request_id_pull_request"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_question_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_question_comment_id")),
        sa.UniqueConstraint(
            "pull_request_id", "fingerprint", name=op.f("uq_question_pull_request_id_fingerprint")
        ),
        sa.Index(op.f("ix_question_round_id"), "round_id"),
        sqlite_autoincrement=True,
    )


def _newest_question() -> int:
    """Return the highest number that a question ever had on SQLite, whose table is to be built anew."""
    if op.get_bind().dialect.name != "sqlite":
        return 0
    found = op.get_bind().exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'question'").scalar()
    return int(found or 0)


def _number_questions_from(newest: int) -> None:
    """Give no number twice: those of questions that were deleted stand in workflows' records."""
    if newest:
        op.get_bind().exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'question'")
        op.get_bind().exec_driver_sql(
            "INSERT INTO sqlite_sequence (name, seq) VALUES ('question', ?)", (newest,)
        )
