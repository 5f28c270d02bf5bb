"""How Alembic runs here: always over a connection that Sensei opened (bot/adapters/database/migration.py)."""

from typing import Any

import sqlalchemy as sa
from alembic import context

from bot.adapters.database.all_tables import metadata


def ours(_item: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave the engine's own tables alone: on SQLite they lie beside ours."""
    return kind != "table" or name in metadata.tables


connection: sa.Connection = context.config.attributes["connection"]


def counted() -> dict[str, int]:
    """Return the highest number that each table has ever given, on SQLite, which alone loses it."""
    if connection.dialect.name != "sqlite" or not sa.inspect(connection).has_table("sqlite_sequence"):
        return {}
    rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence")
    return {row.name: row.seq for row in rows}


given = counted()


def count_on(**_step: Any) -> None:
    """Let a table that a revision has built anew go on counting, and give no number twice."""
    now = counted()
    sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    for name in given.keys() & set(sa.inspect(connection).get_table_names()):
        if now.get(name, 0) < given[name]:
            connection.execute(sa.delete(sequence).where(sequence.c.name == name))
            connection.execute(sa.insert(sequence).values(name=name, seq=given[name]))
    given.update(counted())


context.configure(
    connection=connection,
    on_version_apply=count_on,
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    transactional_ddl=True,  # all or nothing, on SQLite too
    include_object=ours,
)
with context.begin_transaction():
    context.run_migrations()
