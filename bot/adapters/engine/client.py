"""Access to the engine's records of workflows without a running engine."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer


@contextmanager
def open_engine_client(database: sa.Engine) -> Iterator[DBOSClient | None]:
    """Open the engine's tables; yield None if the bot has never run."""
    schema = None if database.dialect.name == "sqlite" else "dbos"
    if not sa.inspect(database).has_table("workflow_status", schema=schema):
        yield None
        return
    client = DBOSClient(
        system_database_engine=database,
        serializer=DBOSPortableJSONSerializer(),
        retry_connection_errors=False,
    )
    try:
        yield client
    finally:
        client.destroy()
