"""Check-ins, one-to-ones, defences and design documents; questions that belong to no pull request.

Revision: 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TABLES = (
    "design_document",
    "defence_ruling",
    "defence_question",
    "defence",
    "calendar_link",
    "one_to_one_note",
    "one_to_one",
    "unprompted_message",
    "check_in_code",
    "check_in",
    "rhythm_choice",
    "cohort_rhythm",
)

_UNASK = (
    (
        "UPDATE decision SET question_id = NULL WHERE question_id IN "
        "(SELECT id FROM question WHERE pull_request_id IS NULL)"
    ),
    "DELETE FROM drift_question WHERE question_id IN (SELECT id FROM question WHERE pull_request_id IS NULL)",
    (
        "DELETE FROM private_message WHERE conversation_id IN (SELECT id FROM conversation "
        "WHERE question_id IN (SELECT id FROM question WHERE pull_request_id IS NULL))"
    ),
    "DELETE FROM conversation WHERE question_id IN (SELECT id FROM question WHERE pull_request_id IS NULL)",
    "DELETE FROM question WHERE pull_request_id IS NULL",
)


def upgrade() -> None:
    """Make the tables, and let a question name its capstone and commit itself."""
    _jobs()
    _questions()
    _check_ins()
    _one_to_ones()
    _defences()
    _design_documents()


def downgrade() -> None:
    """Drop the tables: all check-ins, one-to-ones, defences and design documents are lost.

    Questions without a pull request are deleted, with their conversations.
    """
    for table in _TABLES:
        op.drop_table(table)
    for statement in _UNASK:
        op.execute(statement)
    with op.batch_alter_table("question", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint(op.f("fk_question_capstone_id_capstone"), type_="foreignkey")
        table.drop_index(op.f("ix_question_capstone_id"))
        table.alter_column("pull_request_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("round_id", existing_type=sa.String(), nullable=False)
        table.drop_column("capstone_id")
        table.drop_column("head_sha")
    with op.batch_alter_table("conversation", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint(op.f("ck_conversation_talked_with_known"), type_="check")
        table.drop_column("talked_with")
        table.drop_column("taken_back_at")


def _jobs() -> None:
    """Make room in ids for messages that are put off. Going back leaves it, since it does no harm."""
    with op.batch_alter_table("job") as table:
        table.alter_column(
            "id", existing_type=sa.String(length=120), type_=sa.String(length=160), existing_nullable=False
        )


def _questions() -> None:
    op.add_column("question", sa.Column("capstone_id", sa.Integer(), nullable=True))
    op.add_column("question", sa.Column("head_sha", sa.String(), nullable=True))
    with op.batch_alter_table("conversation", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.add_column(sa.Column("talked_with", sa.String(), nullable=True))
        table.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
        table.create_check_constraint(
            op.f("ck_conversation_talked_with_known"),
            "talked_with IS NULL OR talked_with IN ('sensei', 'deputy')",
        )
    op.execute(
        "UPDATE question SET capstone_id = (SELECT capstone_id FROM pull_request "
        "WHERE pull_request.id = question.pull_request_id), head_sha = (SELECT head_sha FROM round "
        "WHERE round.id = question.round_id)"
    )
    with op.batch_alter_table("question", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.alter_column("capstone_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("head_sha", existing_type=sa.String(), nullable=False)
        table.alter_column("pull_request_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("round_id", existing_type=sa.String(), nullable=True)
        table.create_foreign_key(
            op.f("fk_question_capstone_id_capstone"), "capstone", ["capstone_id"], ["id"], ondelete="CASCADE"
        )
        table.create_index(op.f("ix_question_capstone_id"), ["capstone_id"])


def _check_ins() -> None:
    op.create_table(
        "cohort_rhythm",
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')",
            name=op.f("ck_cohort_rhythm_weekday_known"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_rhythm_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", name=op.f("pk_cohort_rhythm")),
    )
    op.create_table(
        "rhythm_choice",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.String(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "weekday IS NULL OR weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')",
            name=op.f("ck_rhythm_choice_weekday_known"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_rhythm_choice_enrolment_id_enrolment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_rhythm_choice")),
    )
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_for", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_off_until", sa.Date(), nullable=True),
        sa.Column("moved_by", sa.String(), nullable=True),
        sa.Column("offers_fortnight", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'answered', 'skipped', 'withdrawn')", name=op.f("ck_check_in_state_known")
        ),
        sa.CheckConstraint(
            "topic IN ('drift', 'open_question', 'gate', 'change')", name=op.f("ck_check_in_topic_known")
        ),
        sa.CheckConstraint(
            "moved_by IS NULL OR moved_by IN ('away', 'snoozed', 'defence', 'decided', 'message', 'other')",
            name=op.f("ck_check_in_moved_by_known"),
        ),
        sa.ForeignKeyConstraint(
            ["capstone_id"],
            ["capstone.id"],
            name=op.f("fk_check_in_capstone_id_capstone"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_check_in_enrolment_id_enrolment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_check_in_question_id_question"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
        sa.UniqueConstraint(
            "enrolment_id", "day", "asked_for", name=op.f("uq_check_in_enrolment_id_day_asked_for")
        ),
        sa.UniqueConstraint("question_id", name=op.f("uq_check_in_question_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_check_in_capstone_id"), "check_in", ["capstone_id"])
    op.create_table(
        "check_in_code",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capstone_id"],
            ["capstone.id"],
            name=op.f("fk_check_in_code_capstone_id_capstone"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_check_in_code_enrolment_id_enrolment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_check_in_code")),
    )
    op.create_index(op.f("ix_check_in_code_capstone_id"), "check_in_code", ["capstone_id"])
    op.create_table(
        "unprompted_message",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("feature", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_unprompted_message_person_id_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_unprompted_message")),
    )


def _one_to_ones() -> None:
    op.create_table(
        "one_to_one",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("sensei_id", sa.String(), nullable=False),
        sa.Column("attendee_id", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'cancelled')", name=op.f("ck_one_to_one_state_known")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohort.id"], name=op.f("fk_one_to_one_cohort_id_cohort"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["person.id"],
            name=op.f("fk_one_to_one_participant_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["sensei_id"], ["person.id"], name=op.f("fk_one_to_one_sensei_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["person.id"], name=op.f("fk_one_to_one_attendee_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_to_one")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_one_to_one_participant_id_at"), "one_to_one", ["participant_id", "at"])
    op.create_index(op.f("ix_one_to_one_sensei_id"), "one_to_one", ["sensei_id"])
    op.create_index(op.f("ix_one_to_one_attendee_id"), "one_to_one", ["attendee_id"])
    op.create_table(
        "one_to_one_note",
        sa.Column("one_to_one_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("worth", sa.String(), nullable=True),
        sa.Column("decided", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "worth IS NULL OR worth IN ('yes', 'partly', 'no')", name=op.f("ck_one_to_one_note_worth_known")
        ),
        sa.ForeignKeyConstraint(
            ["one_to_one_id"],
            ["one_to_one.id"],
            name=op.f("fk_one_to_one_note_one_to_one_id_one_to_one"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_one_to_one_note_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["decision.id"],
            name=op.f("fk_one_to_one_note_draft_id_decision"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("one_to_one_id", "person_id", name=op.f("pk_one_to_one_note")),
    )
    op.create_index(op.f("ix_one_to_one_note_person_id"), "one_to_one_note", ["person_id"])
    op.create_index(op.f("ix_one_to_one_note_draft_id"), "one_to_one_note", ["draft_id"])
    op.create_table(
        "calendar_link",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("looks_for", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by"], ["person.id"], name=op.f("fk_calendar_link_added_by_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_calendar_link_enrolment_id_enrolment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_calendar_link")),
    )
    op.create_index(op.f("ix_calendar_link_added_by"), "calendar_link", ["added_by"])


def _defences() -> None:
    op.create_table(
        "defence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.String(), nullable=False),
        sa.Column("head_sha", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('preparing', 'ready', 'held', 'cancelled')", name=op.f("ck_defence_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["capstone_id"], ["capstone.id"], name=op.f("fk_defence_capstone_id_capstone"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["person.id"],
            name=op.f("fk_defence_participant_id_person"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by"], ["person.id"], name=op.f("fk_defence_prepared_by_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_defence_capstone_id"), "defence", ["capstone_id"])
    op.create_index(op.f("ix_defence_participant_id"), "defence", ["participant_id"])
    op.create_index(op.f("ix_defence_prepared_by"), "defence", ["prepared_by"])
    op.create_table(
        "defence_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("defence_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("check_id", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("follow_ups", sa.JSON(), nullable=False),
        sa.Column("touches", sa.JSON(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("line_start", sa.Integer(), nullable=False),
        sa.Column("line_end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["defence_id"],
            ["defence.id"],
            name=op.f("fk_defence_question_defence_id_defence"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_question")),
        sa.UniqueConstraint("defence_id", "position", name=op.f("uq_defence_question_defence_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "defence_ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("ruled_by", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('alone', 'after_follow_up', 'not_yet', 'not_asked')",
            name=op.f("ck_defence_ruling_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["defence_question.id"],
            name=op.f("fk_defence_ruling_question_id_defence_question"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ruled_by"], ["person.id"], name=op.f("fk_defence_ruling_ruled_by_person"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_ruling")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_defence_ruling_question_id"), "defence_ruling", ["question_id"])
    op.create_index(op.f("ix_defence_ruling_ruled_by"), "defence_ruling", ["ruled_by"])


def _design_documents() -> None:
    op.create_table(
        "design_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("head_sha", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("source IN ('file', 'pasted')", name=op.f("ck_design_document_source_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'read', 'unreadable')", name=op.f("ck_design_document_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["capstone_id"],
            ["capstone.id"],
            name=op.f("fk_design_document_capstone_id_capstone"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_design_document_person_id_person"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_design_document")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_design_document_capstone_id"), "design_document", ["capstone_id"])
    op.create_index(op.f("ix_design_document_person_id"), "design_document", ["person_id"])
