"""Rulings on criteria, exemptions, appeals, snoozes, weekly snapshots and digests.

Revision: 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = (
    "digest",
    "criterion_snapshot",
    "snooze",
    "appeal",
    "exemption",
    "ruling_lock",
    "criterion_ruling",
    "baseline_coverage",
)


def upgrade() -> None:
    """Make the tables."""
    _rulings()
    _exemptions()
    _digests()


def downgrade() -> None:
    """Drop the tables: all rulings, exemptions and appeals are lost."""
    for table in _TABLES:
        op.drop_table(table)


def _rulings() -> None:
    op.create_table(
        "baseline_coverage",
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("stacks", sa.JSON(), nullable=False),
        sa.Column("not_assessed", sa.JSON(), nullable=False),
        _time("at"),
        _key("baseline_coverage", "capstone_id", "capstone"),
        sa.PrimaryKeyConstraint("capstone_id", name=op.f("pk_baseline_coverage")),
    )
    op.create_table(
        "criterion_ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("draft", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("milestone", sa.String(), nullable=True),
        sa.Column("sensei_id", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("appeal_id", sa.Integer(), nullable=True),
        sa.Column("entered_by_operator", sa.Boolean(), nullable=False),
        _time("at"),
        sa.Column("participant_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('agreed', 'other', 'cannot_judge')", name=op.f("ck_criterion_ruling_verdict_known")
        ),
        sa.CheckConstraint(
            "role IN ('sensei', 'deputy', 'second')", name=op.f("ck_criterion_ruling_role_known")
        ),
        sa.CheckConstraint(
            "milestone IS NULL OR milestone IN ('design', 'midway', 'final')",
            name=op.f("ck_criterion_ruling_milestone_known"),
        ),
        _key("criterion_ruling", "capstone_id", "capstone"),
        _key("criterion_ruling", "sensei_id", "person", "SET NULL"),
        _key("criterion_ruling", "participant_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion_ruling")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_criterion_ruling_appeal_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_criterion_ruling_capstone_id_criterion"), "criterion_ruling", ["capstone_id", "criterion"]
    )
    op.create_index(op.f("ix_criterion_ruling_sensei_id"), "criterion_ruling", ["sensei_id"])
    op.create_index(op.f("ix_criterion_ruling_participant_id"), "criterion_ruling", ["participant_id"])
    op.create_table(
        "ruling_lock",
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("sensei_id", sa.String(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        _time("until"),
        _key("ruling_lock", "capstone_id", "capstone"),
        _key("ruling_lock", "sensei_id", "person"),
        sa.PrimaryKeyConstraint("capstone_id", "criterion", name=op.f("pk_ruling_lock")),
    )
    op.create_index(op.f("ix_ruling_lock_sensei_id"), "ruling_lock", ["sensei_id"])


def _exemptions() -> None:
    op.create_table(
        "exemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sensei_id", sa.String(), nullable=True),
        _time("at"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('check', 'criterion')", name=op.f("ck_exemption_kind_known")),
        _key("exemption", "capstone_id", "capstone"),
        _key("exemption", "sensei_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exemption")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_exemption_capstone_id"), "exemption", ["capstone_id"])
    op.create_index(op.f("ix_exemption_sensei_id"), "exemption", ["sensei_id"])
    op.create_table(
        "appeal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ruling_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        _time("at"),
        _time("updated_at"),
        sa.CheckConstraint(
            "state IN ('asked', 'assigned', 'ruled', 'withdrawn')", name=op.f("ck_appeal_state_known")
        ),
        _key("appeal", "ruling_id", "criterion_ruling"),
        _key("appeal", "person_id", "person", "SET NULL"),
        _key("appeal", "second_id", "person", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        sa.UniqueConstraint("ruling_id", name=op.f("uq_appeal_ruling_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_appeal_person_id"), "appeal", ["person_id"])
    op.create_index(op.f("ix_appeal_second_id"), "appeal", ["second_id"])


def _digests() -> None:
    op.create_table(
        "snooze",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("item", sa.String(length=120), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        _time("at"),
        _key("snooze", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", "item", name=op.f("pk_snooze")),
    )
    op.create_table(
        "criterion_snapshot",
        sa.Column("capstone_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("met", "partly_met", "contested", "open", "not_applicable", "not_assessed")
        ),
        sa.Column("level", sa.Integer(), nullable=True),
        _key("criterion_snapshot", "capstone_id", "capstone"),
        sa.PrimaryKeyConstraint("capstone_id", "criterion", "week", name=op.f("pk_criterion_snapshot")),
    )
    op.create_table(
        "digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("picture", sa.String(), nullable=True),
        _time("at"),
        sa.CheckConstraint("role IN ('sensei', 'lead')", name=op.f("ck_digest_role_known")),
        _key("digest", "cohort_id", "cohort"),
        _key("digest", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint(
            "cohort_id", "person_id", "role", "week", name=op.f("uq_digest_cohort_id_person_id_role_week")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_digest_person_id"), "digest", ["person_id"])


def _time(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _key(table: str, column: str, target: str, on_delete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)
