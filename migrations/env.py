"""How Alembic runs here: always over a connection that Sensei opened (bot/adapters/store/opening.py)."""

from alembic import context

import bot.adapters.store.dojo_tables
import bot.adapters.store.tables  # noqa: F401 - both declare what metadata describes
from bot.adapters.store.models import metadata


def ours(_item: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave the engine's own tables alone: on SQLite they lie beside ours."""
    return kind != "table" or name in metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    transactional_ddl=True,  # all or nothing, on SQLite too
    include_object=ours,
)
with context.begin_transaction():
    context.run_migrations()
