"""The number of a row that was deleted is given to no other row.

Revision: 0009, after 0008.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ALREADY = ("capstone", "question", "pairing")
_TABLES = (
    "model_call", "cohort", "identity", "enrolment", "pull_request", "command", "ledger_entry", "citation",
    "audit_event", "never_pair", "absence", "proposal", "cohort_date",
)  # fmt: skip
_NAMED = {
    "cohort": "cohort",
    "enrolment": "enrolment",
    "confirm": "enrolment",
    "welcome": "enrolment",
    "asked": "enrolment",
    "pull_request": "pull_request",
    "reply": "command",
    "never": "never_pair",
    "absence": "absence",
    "proposal": "proposal",
    "pairing.board": "proposal",
    "pairing.page": "proposal",
    "date": "cohort_date",
}
"""Which table's row is named by a number behind a word, in the audit trail, in effects and in jobs."""
_NAME = re.compile(r"(?:message:|rewrite:)?([a-z_.]+):(\d{1,9})(?=:|\Z)")


def upgrade() -> None:
    """Let SQLite count on where rows were deleted, and both begin after every number that was used.

    What was kept under the number of an enrolment that is gone would be true of whoever gets it next.
    """
    op.execute(
        "DELETE FROM effect WHERE key LIKE 'confirm:%' AND NOT EXISTS (SELECT 1 FROM enrolment"
        " WHERE effect.key = 'confirm:' || enrolment.id AND enrolment.created_at <= effect.started_at)"
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in _TABLES:
            with op.batch_alter_table(table, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
                pass
    used = _used()
    for table in (*_TABLES, *_ALREADY):
        _count_from(table, used.get(table, 0))


def downgrade() -> None:
    """Leave it: an earlier version does not mind, and building a table anew may take what refers to it."""


def _used() -> dict[str, int]:
    """Return the highest number that is named anywhere, by table."""
    used: dict[str, int] = {}
    for query in ("SELECT subject FROM audit_event", "SELECT key FROM effect", "SELECT id FROM job"):
        for name in op.get_bind().execute(sa.text(query)).scalars():
            found = _NAME.match(name)
            table = _NAMED.get(found[1]) if found else None
            if found and table:
                used[table] = max(used.get(table, 0), int(found[2]))
    return used


def _count_from(table: str, used: int) -> None:
    connection = op.get_bind()
    highest = connection.execute(
        sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(table))
    ).scalar()
    used = max(used, highest or 0)
    if connection.dialect.name == "sqlite":
        connection.execute(
            sa.text("DELETE FROM sqlite_sequence WHERE name = :name AND seq < :used"),
            {"name": table, "used": used},
        )
        connection.execute(
            sa.text(
                "INSERT INTO sqlite_sequence (name, seq) SELECT :name, :used"
                " WHERE :used > 0 AND NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :name)"
            ),
            {"name": table, "used": used},
        )
        return
    sequence = connection.execute(
        sa.text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": table}
    ).scalar()
    last = connection.execute(sa.select(sa.column("last_value")).select_from(sa.text(sequence))).scalar_one()
    if used > last:
        connection.execute(sa.text("SELECT setval(:name, :used)"), {"name": sequence, "used": used})
