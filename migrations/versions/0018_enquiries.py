"""Enquiries with their answers and hand-overs, and the handbooks of cohorts.

Revision: 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _handbooks()
    _enquiries()


def downgrade() -> None:
    """Drop the tables: all enquiries, and where the handbooks are, are lost."""
    for table in (
        "enquiry_handover",
        "enquiry_answer",
        "enquiry_message",
        "enquiry",
        "handbook_gap",
        "handbook",
    ):
        op.drop_table(table)


def _handbooks() -> None:
    op.create_table(
        "handbook",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_handbook_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_handbook")),
    )
    op.create_table(
        "handbook_gap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_handbook_gap_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook_gap")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_handbook_gap_cohort_id"), "handbook_gap", ["cohort_id"])


def _enquiries() -> None:
    op.create_table(
        "enquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place IN ('direct', 'pane', 'channel')", name=op.f("ck_enquiry_place_known")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_enquiry_enrolment_id_enrolment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("channel", "thread", name=op.f("uq_enquiry_channel_thread")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enquiry_enrolment_id"), "enquiry", ["enrolment_id"])
    op.create_index(op.f("ix_enquiry_moved_at"), "enquiry", ["moved_at"])
    op.create_table(
        "enquiry_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enquiry_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("chosen_id", sa.String(), nullable=True),
        sa.Column("to_id", sa.String(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.String(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("replies", sa.Text(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=True),
        sa.CheckConstraint(
            "addressee IN ('on_duty', 'person')", name=op.f("ck_enquiry_handover_addressee_known")
        ),
        sa.CheckConstraint(
            "feedback IS NULL OR feedback IN ('helpful', 'not_helpful')",
            name=op.f("ck_enquiry_handover_feedback_known"),
        ),
        sa.CheckConstraint(
            "reason IN ('requested', 'not_helpful', 'no_source', 'sensitive')",
            name=op.f("ck_enquiry_handover_reason_known"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'answered', 'withdrawn')", name=op.f("ck_enquiry_handover_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["person.id"],
            name=op.f("fk_enquiry_handover_answered_by_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["chosen_id"],
            ["person.id"],
            name=op.f("fk_enquiry_handover_chosen_id_person"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["enquiry_id"],
            ["enquiry.id"],
            name=op.f("fk_enquiry_handover_enquiry_id_enquiry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["person.id"], name=op.f("fk_enquiry_handover_to_id_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_handover")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enquiry_handover_enquiry_id"), "enquiry_handover", ["enquiry_id"])
    op.create_table(
        "enquiry_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enquiry_id", sa.Integer(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["enquiry_id"],
            ["enquiry.id"],
            name=op.f("fk_enquiry_message_enquiry_id_enquiry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_message")),
        sa.UniqueConstraint("enquiry_id", "ts", name=op.f("uq_enquiry_message_enquiry_id_ts")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "enquiry_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enquiry_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("citations", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=True),
        sa.Column("feedback_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "feedback IS NULL OR feedback IN ('helpful', 'not_helpful')",
            name=op.f("ck_enquiry_answer_feedback_known"),
        ),
        sa.CheckConstraint(
            "feedback_reason IS NULL OR feedback_reason IN ('wrong', 'not_my_question', 'too_vague', "
            "'knew_it', 'wanted_a_person')",
            name=op.f("ck_enquiry_answer_feedback_reason_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('fact', 'how_to', 'rubric', 'logistics', 'design', 'debugging', 'sensitive')",
            name=op.f("ck_enquiry_answer_kind_known"),
        ),
        sa.CheckConstraint(
            "rung IS NULL OR rung IN ('reframe', 'point', 'options')",
            name=op.f("ck_enquiry_answer_rung_known"),
        ),
        sa.CheckConstraint(
            "source IN ('model', 'passages', 'nothing', 'fixed')", name=op.f("ck_enquiry_answer_source_known")
        ),
        sa.CheckConstraint(
            "state IN ('written', 'shown', 'withdrawn')", name=op.f("ck_enquiry_answer_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["enquiry_id"],
            ["enquiry.id"],
            name=op.f("fk_enquiry_answer_enquiry_id_enquiry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["enquiry_message.id"],
            name=op.f("fk_enquiry_answer_message_id_enquiry_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry_answer")),
        sa.UniqueConstraint("message_id", name=op.f("uq_enquiry_answer_message_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_enquiry_answer_enquiry_id"), "enquiry_answer", ["enquiry_id"])
