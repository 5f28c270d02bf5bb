"""INSERT with ON CONFLICT, for which SQLAlchemy has a different function for each database."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_or_update(session: Session, table: type[SQLModel]) -> Any:
    """Return an INSERT that supports ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    postgres = session.get_bind().dialect.name == "postgresql"
    return postgresql.insert(table) if postgres else sqlite.insert(table)
