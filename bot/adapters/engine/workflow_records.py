"""The engine's records of workflows, read and deleted as rows, whether or not the engine is running.

DBOS can delete a workflow by itself, but for one that has not ended, it leaves the results of steps that
wrote rows (``datasource_outputs``).
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from dbos import DBOSClient, DBOSPortableJSONSerializer

from bot.adapters.database.all_tables import metadata
from bot.adapters.database.connections import open_read_only
from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.name_occurrences import ENGINE_COLUMNS
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.ports.personal_data import WorkflowRecord

_SCHEMA = "dbos"  # on PostgreSQL; on SQLite the engine's tables are in the same schema as ours
_OWNERS = ("workflow_uuid", "workflow_id", "destination_uuid")
"""Columns that hold the id of a row's workflow."""
_GOING_ON = frozenset({"PENDING", "ENQUEUED", "DELAYED"})
_AT_ONCE = 500
_ROWS = 50


@dataclass(frozen=True)
class DbosWorkflowRecords:
    """``ports.personal_data.WorkflowRecords`` over the engine's tables in a database."""

    database: sa.Engine

    def by_scope(self, scope: DataScope) -> Sequence[WorkflowRecord]:
        """List the workflows that are about a person, or about a capstone."""
        # Before any transaction begins: on SQLite, the two connections would otherwise wait for each other
        # for ever.
        tables = {table.name: table for table in self._tables()}
        if "workflow_status" not in tables:
            return []
        with open_read_only(self.database) as connection:
            inputs = _read_inputs(connection, tables)
            states = connection.execute(
                sa.select(tables["workflow_status"].c.workflow_uuid, tables["workflow_status"].c.status)
            )
            ended_by_id = {
                id_: status not in _GOING_ON for id_, status in states if scope.concerns(id_, inputs.get(id_))
            }
            records = _read_records(connection, tables, ended_by_id.keys())
        return [
            WorkflowRecord(id_, ended, inputs.get(id_), records.get(id_, {}))
            for id_, ended in ended_by_id.items()
        ]

    def forget(self, workflows: Sequence[str]) -> int:
        """Delete workflows and all of their records, in any state; return how many there were."""
        tables = self._tables()
        if not workflows or not tables:
            return 0
        with self._client() as client:
            for start in range(0, len(workflows), _AT_ONCE):
                client.delete_workflows(list(workflows[start : start + _AT_ONCE]))
        with self.database.begin() as connection:
            for table in tables:
                owner = next((table.c[name] for name in _OWNERS if name in table.c), None)
                if owner is None:
                    continue
                for start in range(0, len(workflows), _AT_ONCE):
                    batch = list(workflows[start : start + _AT_ONCE])
                    connection.execute(sa.delete(table).where(owner.in_(batch)))
        return len(workflows)

    def scrub(self, traces: PersonalTraces) -> int:
        """Remove a person's names and numbers from other workflows' records; return how many rows changed.

        Only the inputs and outputs of workflows are changed. The rest is the engine's own, and a workflow
        whose state is changed never ends.
        """
        changed, tables, traces = 0, self._tables(), traces.outside_audit
        with self.database.begin() as connection:
            for table in tables:
                keys = list(table.primary_key.columns)
                if not keys:
                    continue
                # All changes are found first: a query must not meet the rows that it makes others change.
                found = [
                    ([row[key.name] for key in keys], clean)
                    for row in connection.execute(_select_page_by_page(table)).mappings()
                    if (clean := _scrub_row(row, {key.name for key in keys}, traces))
                ]
                for values, clean in found:
                    same_row = sa.and_(*(key == value for key, value in zip(keys, values, strict=True)))
                    connection.execute(sa.update(table).where(same_row).values(clean))
                changed += len(found)
        return changed

    def _tables(self) -> list[sa.Table]:
        """Return the engine's tables as they are in the database, or none if the bot has never run."""
        schema = None if self.database.dialect.name == "sqlite" else _SCHEMA
        inspector = sa.inspect(self.database)
        if not inspector.has_table("workflow_status", schema=schema):
            return []
        found = sa.MetaData()
        ours = {*metadata.tables, "alembic_version"}
        names = [name for name in inspector.get_table_names(schema=schema) if name not in ours or schema]
        return [
            sa.Table(name, found, schema=schema, autoload_with=self.database, resolve_fks=False)
            for name in names
        ]

    @contextmanager
    def _client(self) -> Iterator[DBOSClient]:
        client = DBOSClient(
            system_database_engine=self.database,
            serializer=DBOSPortableJSONSerializer(),
            retry_connection_errors=False,
        )
        try:
            yield client
        finally:
            client.destroy()


def _select_page_by_page(table: sa.Table) -> Any:
    """Select a table's rows, a few at a time: an output may be large."""
    return sa.select(table).execution_options(yield_per=_ROWS)


def _read_inputs(connection: sa.Connection, tables: dict[str, sa.Table]) -> dict[str, Any]:
    inputs: dict[str, Any] = {}
    for name in ("workflow_status", "workflow_input"):
        table = tables.get(name)
        if table is None or "inputs" not in table.c:
            continue
        for id_, text in connection.execute(sa.select(table.c.workflow_uuid, table.c.inputs)):
            if text:
                inputs[id_] = _parse_column(text)
    return inputs


def _read_records(
    connection: sa.Connection, tables: dict[str, sa.Table], workflows: Any
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for table in tables.values():
        owner = next((name for name in _OWNERS if name in table.c), None)
        if owner is None:
            continue
        for row in connection.execute(_select_page_by_page(table)).mappings():
            if row[owner] in workflows:
                rows = found.setdefault(row[owner], {}).setdefault(table.name, [])
                rows.append({name: _parse_column(value) for name, value in row.items() if value is not None})
    return found


def _parse_column(value: Any) -> Any:
    """Return a column's value; JSON is parsed."""
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _scrub_row(row: Any, keys: set[str], traces: PersonalTraces) -> dict[str, Any]:
    clean = {}
    for name, value in row.items():
        if name in keys or name not in ENGINE_COLUMNS or not isinstance(value, str):
            continue
        if traces.count(value, without_words=True) and (scrubbed := traces.scrub_text(value, name)) != value:
            clean[name] = scrubbed
    return clean
