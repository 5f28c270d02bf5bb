"""The metadata, constraint names and kinds of columns that all tables share."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

# Set before any table is declared, because migrations cannot change a constraint without a name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = SQLModel.metadata

NEVER_REUSE_IDS = {"sqlite_autoincrement": True}
"""An argument for tables with numbered rows. It stops SQLite from reusing the ids of deleted rows.

Ids remain in use after their rows are deleted: in the audit trail, effects, jobs, the engine's workflow
records, Slack buttons and comments on the code host.
"""


def allowed_values(
    column: str, values: type[StrEnum] | tuple[str, ...], *, or_none: bool = False
) -> sa.CheckConstraint:
    """Return a check that a column holds one of ``values``, or NULL if ``or_none`` is set."""
    listed = ", ".join(f"'{value}'" for value in values)
    none = f"{column} IS NULL OR " if or_none else ""
    return sa.CheckConstraint(f"{none}{column} IN ({listed})", name=f"{column}_known")


def cascading_key(target: str) -> Any:
    """Return a foreign key that deletes the row when its target is deleted."""
    return sa.ForeignKey(target, ondelete="CASCADE")


def nullable_person_key() -> Any:
    """Return a foreign key to a person that becomes NULL when the person is deleted."""
    return sa.ForeignKey("person.id", ondelete="SET NULL")
