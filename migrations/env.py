"""How Alembic runs here: always over a connection that Sensei opened (bot/adapters/store/opening.py)."""

from alembic import context

from bot.adapters.store.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by rebuilding it
    transactional_ddl=True,  # all or nothing, on SQLite too
)
with context.begin_transaction():
    context.run_migrations()
