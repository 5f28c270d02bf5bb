"""Conversations about questions, decision records, and evidence in people's own words.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_TABLES = (
    "statement",
    "drift_finding",
    "drift_question",
    "private_message",
    "conversation",
    "decision_anchor",
    "decision_revision",
    "decision",
)
_SLOTS = "'context', 'facing', 'decided', 'against', 'achieve', 'accepting', 'evidence', 'revisit'"


def upgrade() -> None:
    """Make the tables."""
    _decisions()
    _conversations()
    _statements()


def downgrade() -> None:
    """Drop the tables: the records and everything that was said in private are lost."""
    for table in _TABLES:
        op.drop_table(table)


def _decisions() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("check_id", sa.String(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("export_number", sa.Integer(), nullable=True),
        *_times("created_at", "updated_at"),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("origin IN ('thread', 'chat', 'file')", name=op.f("ck_decision_origin_known")),
        sa.CheckConstraint(
            "state IN ('draft', 'confirmed', 'superseded', 'withdrawn')", name=op.f("ck_decision_state_known")
        ),
        _key("decision", "capstone_id", "capstone"),
        _key("decision", "person_id", "person", "SET NULL"),
        _key("decision", "question_id", "question", "SET NULL"),
        _key("decision", "supersedes_id", "decision", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("capstone_id", "number", name=op.f("uq_decision_capstone_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decision_person_id"), "decision", ["person_id"])
    op.create_index(op.f("ix_decision_question_id"), "decision", ["question_id"])
    op.create_table(
        "decision_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("revised_by", sa.String(), nullable=False),
        *_times("at"),
        sa.CheckConstraint(
            "revised_by IN ('sensei', 'participant', 'file')",
            name=op.f("ck_decision_revision_revised_by_known"),
        ),
        _key("decision_revision", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_revision")),
        sa.UniqueConstraint("decision_id", "number", name=op.f("uq_decision_revision_decision_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "decision_anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("commit_sha", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("line_start", sa.Integer(), nullable=False),
        sa.Column("line_end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('head', 'base')", name=op.f("ck_decision_anchor_side_known")),
        _key("decision_anchor", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_anchor")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_decision_anchor_decision_id"), "decision_anchor", ["decision_id"])
    op.create_table(
        "drift_question",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        _key("drift_question", "question_id", "question"),
        _key("drift_question", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_drift_question")),
    )
    op.create_index(op.f("ix_drift_question_decision_id"), "drift_question", ["decision_id"])
    op.create_table(
        "drift_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("citation", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("touched", sa.Boolean(), nullable=False),
        _key("drift_finding", "round_id", "round"),
        _key("drift_finding", "decision_id", "decision"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_finding")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drift_finding_round_id"), "drift_finding", ["round_id"])
    op.create_index(op.f("ix_drift_finding_decision_id"), "drift_finding", ["decision_id"])


def _conversations() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(), nullable=True),
        sa.Column("probe_slot", sa.String(), nullable=True),
        sa.Column("probe", sa.Text(), nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("quotes", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        *_times("created_at", "updated_at"),
        sa.CheckConstraint(
            "state IN ('waiting', 'probed', 'drafted', 'recorded', 'left', 'closed')",
            name=op.f("ck_conversation_state_known"),
        ),
        sa.CheckConstraint(
            "stance IS NULL OR stance IN ('argues', 'does_not_know', 'asks_sensei', 'holds', 'unsure')",
            name=op.f("ck_conversation_stance_known"),
        ),
        sa.CheckConstraint(
            f"probe_slot IS NULL OR probe_slot IN ({_SLOTS})", name=op.f("ck_conversation_probe_slot_known")
        ),
        _key("conversation", "question_id", "question"),
        _key("conversation", "decision_id", "decision", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint("question_id", name=op.f("uq_conversation_question_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "private_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        *_times("at"),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        _key("private_message", "conversation_id", "conversation"),
        _key("private_message", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_message")),
        sa.UniqueConstraint("reference", name=op.f("uq_private_message_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_private_message_conversation_id"), "private_message", ["conversation_id"])
    op.create_index(op.f("ix_private_message_person_id"), "private_message", ["person_id"])


def _statements() -> None:
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("pull_request_id", sa.Integer(), nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        *_times("at"),
        sa.CheckConstraint("source IN ('thread', 'decision')", name=op.f("ck_statement_source_known")),
        _key("statement", "capstone_id", "capstone"),
        _key("statement", "pull_request_id", "pull_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_statement_source_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_statement_capstone_id"), "statement", ["capstone_id"])
    op.create_index(op.f("ix_statement_pull_request_id"), "statement", ["pull_request_id"])


def _times(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]


def _key(table: str, column: str, target: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"), ondelete=ondelete
    )
