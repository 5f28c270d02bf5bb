"""A cohort's people: profiles, names, pairs, holidays, codes and the calendar.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = (
    "cohort_date",
    "pairing",
    "unassigned",
    "proposal",
    "link_code",
    "absence",
    "never_pair",
    "preference",
    "profile",
    "person_name",
)


def upgrade() -> None:
    """Make the tables of the dojo's people, and let a cohort know where it lives and what it weighs."""
    op.add_column("cohort", sa.Column("workspace", sa.String(), nullable=True))
    op.add_column("cohort", sa.Column("weights", sa.JSON(), nullable=False, server_default="{}"))
    _people()
    _pairs()
    op.create_table(
        "cohort_date",
        sa.Column("id", sa.Integer(), nullable=False),
        _cohort("cohort_date"),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('start', 'design', 'midway', 'final', 'end', 'other')",
            name=op.f("ck_cohort_date_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_date")),
    )
    op.create_index(op.f("ix_cohort_date_cohort_id"), "cohort_date", ["cohort_id"])
    _only_one("ix_cohort_date_one_of_a_kind", "cohort_date", ["cohort_id", "kind"], "kind <> 'other'")


def _people() -> None:
    op.create_table(
        "person_name",
        _person("person_name", "person_id"),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_name")),
    )
    op.create_table(
        "profile",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("stacks", sa.JSON(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "0 <= begins AND begins < ends AND ends <= 1440", name=op.f("ck_profile_hours_within_a_day")
        ),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_profile_capacity_not_negative")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["enrolment.id"],
            name=op.f("fk_profile_enrolment_id_enrolment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", name=op.f("pk_profile")),
    )
    op.create_table(
        "preference",
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        _person("preference", "person_id"),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["profile.enrolment_id"],
            name=op.f("fk_preference_enrolment_id_profile"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("enrolment_id", "person_id", name=op.f("pk_preference")),
    )
    op.create_index(op.f("ix_preference_person_id"), "preference", ["person_id"])
    op.create_table(
        "never_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        _cohort("never_pair"),
        _person("never_pair", "author_id"),
        _person("never_pair", "other_id"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("author_id <> other_id", name=op.f("ck_never_pair_two_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_never_pair")),
        sa.UniqueConstraint(
            "cohort_id", "author_id", "other_id", name=op.f("uq_never_pair_cohort_id_author_id_other_id")
        ),
    )
    op.create_index(op.f("ix_never_pair_author_id"), "never_pair", ["author_id"])
    op.create_index(op.f("ix_never_pair_other_id"), "never_pair", ["other_id"])
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        _cohort("absence"),
        _person("absence", "sensei_id"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        _person("absence", "deputy_id", kept=True),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_absence_ends_after_it_begins")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        sa.UniqueConstraint(
            "cohort_id", "sensei_id", "first_day", name=op.f("uq_absence_cohort_id_sensei_id_first_day")
        ),
    )
    op.create_index(op.f("ix_absence_sensei_id"), "absence", ["sensei_id"])
    op.create_index(op.f("ix_absence_deputy_id"), "absence", ["deputy_id"])
    op.create_table(
        "link_code",
        _person("link_code", "person_id"),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_link_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_link_code_digest")),
    )
    op.create_index(op.f("ix_link_code_expires_at"), "link_code", ["expires_at"])


def _pairs() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        _cohort("proposal"),
        _person("proposal", "by_id", kept=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_cohort_id"), "proposal", ["cohort_id"])
    op.create_index(op.f("ix_proposal_by_id"), "proposal", ["by_id"])
    op.create_table(
        "unassigned",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        _person("unassigned", "participant_id"),
        sa.Column("blame", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_unassigned_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "participant_id", name=op.f("pk_unassigned")),
    )
    op.create_index(op.f("ix_unassigned_participant_id"), "unassigned", ["participant_id"])
    states = "'proposed', 'approved', 'active', 'declined', 'vetoed', 'replaced', 'ended'"
    op.create_table(
        "pairing",
        sa.Column("id", sa.Integer(), nullable=False),
        _cohort("pairing"),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        _person("pairing", "participant_id"),
        _person("pairing", "sensei_id"),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fit", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({states})", name=op.f("ck_pairing_state_known")),
        sa.CheckConstraint("participant_id <> sensei_id", name=op.f("ck_pairing_two_people")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_pairing_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
        sqlite_autoincrement=True,
    )
    for column in ("cohort_id", "proposal_id", "participant_id", "sensei_id"):
        op.create_index(op.f(f"ix_pairing_{column}"), "pairing", [column])
    going_on = "state IN ('proposed', 'approved', 'active')"
    _only_one("ix_pairing_goes_on", "pairing", ["cohort_id", "participant_id"], going_on)


def _person(table: str, column: str, *, kept: bool = False) -> sa.Column[str]:
    """A person's column; the row goes with them, or is ``kept`` without them."""
    key = sa.ForeignKey(
        "person.id", name=op.f(f"fk_{table}_{column}_person"), ondelete="SET NULL" if kept else "CASCADE"
    )
    return sa.Column(column, sa.String(), key, nullable=kept)


def _cohort(table: str) -> sa.Column[int]:
    key = sa.ForeignKey("cohort.id", name=op.f(f"fk_{table}_cohort_id_cohort"), ondelete="CASCADE")
    return sa.Column("cohort_id", sa.Integer(), key, nullable=False)


def _only_one(name: str, table: str, columns: list[str], where: str) -> None:
    which = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=which, postgresql_where=which)


def downgrade() -> None:
    """Drop what was made, with all that people said of themselves."""
    for table in _TABLES:
        op.drop_table(table)
    # In place: a table that is built anew on SQLite takes along what refers to it where keys are enforced.
    op.drop_column("cohort", "weights")
    op.drop_column("cohort", "workspace")
