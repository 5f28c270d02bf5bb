"""Operations on the whole database: locking it, purging deleted rows, and searching for traces of a person.

The search reads every column of every table, so it does not depend on how data was erased.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from bot.adapters.database.all_tables import metadata
from bot.adapters.database.connections import open_read_only
from bot.adapters.database.server_lock import AlreadyServedError, hold_server_lease
from bot.adapters.database.unused_space import count_in_file, count_in_pages, count_in_rows
from bot.domain.privacy.name_occurrences import ENGINE_COLUMNS, PERSON_FIELD
from bot.domain.privacy.personal_texts import spellings
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.errors import UserError
from bot.ports.personal_data import TraceSearchResult

log = structlog.get_logger(__name__)

_SYSTEM_SCHEMAS = frozenset({"information_schema", "pg_catalog", "pg_toast"})
_LOCK_TIMEOUT = "30s"
_ROWS = 50
"""How many rows are in memory at a time. A delivery may have 25 MB."""
_AUDIT_TABLE = "audit_event"
"""The only table that may still contain a person's opaque id."""
_COLUMNS_WITHOUT_NAMES = frozenset(
    {"command.answer", "refusal.reason", "capstone.name", "ledger_entry.source"}
)
"""Columns that hold fixed values or identifiers. In other tables, columns with these names hold free text."""


@dataclass(frozen=True)
class SqlTraceSearch:
    """Implements ``ports.personal_data.TraceSearch``."""

    database: sa.Engine

    @contextmanager
    def hold_server_lock(self) -> Iterator[None]:
        """Hold the server lock, so that no other process restores the data being erased."""
        try:
            with hold_server_lease(self.database):
                yield
        except AlreadyServedError as served:
            raise UserError(
                f"{served.what} That process would bring back what you erase, so nothing was erased.",
                "Stop that process, erase the data, then start the process again. When it starts, it asks "
                "GitHub for the deliveries that it missed.",
            ) from None

    def clean(self) -> bool:
        """Free the space of deleted rows by rewriting the SQLite file or the server's tables."""
        return self._clean_file() if self.database.dialect.name == "sqlite" else self._clean_server()

    def _clean_file(self) -> bool:
        with self.database.connect() as connection:
            cursor = connection.connection.cursor()  # Outside any transaction.
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute("VACUUM")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def _clean_server(self) -> bool:
        tables = self._read_tables()
        with self.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
            try:
                for table in tables:
                    connection.execute(sa.text(f"VACUUM (FULL) {_quote_name(connection, table)}"))
            except sa.exc.DBAPIError as failed:
                log.warning("erase.unclean", why=type(failed.orig).__name__)
                return False
            finally:
                connection.execute(sa.text("RESET lock_timeout"))
        return True

    def search(self, traces: PersonalTraces) -> TraceSearchResult:
        """Search all columns of all tables, and the bytes of the database file."""
        left: Counter[str] = Counter()
        looked: dict[str, str] = {}
        tables = self._read_tables()
        with open_read_only(self.database) as connection:
            for table in tables:
                rows = 0
                for row in connection.execution_options(yield_per=_ROWS).execute(_select_raw(table)):
                    rows += 1
                    for column, value in zip(table.columns, row, strict=True):
                        if hits := _count_hits(table, column, value, traces):
                            left[f"{table.name}.{column.name}"] += hits
                looked[table.name] = f"{rows:,} rows"
        for name, (size, hits) in self._search_files(traces).items():
            looked[name] = f"{size:,} bytes"
            left[name] += hits
        return TraceSearchResult(sum(len(table.columns) for table in tables), looked, +left)

    def _read_tables(self) -> list[sa.Table]:
        inspector = sa.inspect(self.database)
        is_sqlite = self.database.dialect.name == "sqlite"
        schemas = (
            [None] if is_sqlite else [s for s in inspector.get_schema_names() if s not in _SYSTEM_SCHEMAS]
        )
        found = sa.MetaData()
        tables = [
            sa.Table(name, found, schema=schema, autoload_with=self.database, resolve_fks=False)
            for schema in schemas
            for name in inspector.get_table_names(schema=schema)
        ]
        if is_sqlite:
            tables.append(sa.Table("sqlite_sequence", found, sa.Column("name"), sa.Column("seq")))
        return tables

    def _search_files(self, traces: PersonalTraces) -> dict[str, tuple[int, int]]:
        """Return the size of each file, and how many traces it contains outside rows.

        The rows have already been searched.
        """
        name = self.database.url.database
        if self.database.dialect.name != "sqlite" or not name or name == ":memory:":
            return {}
        needles = _find_needles(traces)
        in_rows = count_in_rows(Path(name), needles)
        # If SQLite had a file open in this process, opening and closing it here would lose SQLite's locks.
        self.database.dispose()
        surplus = {Path(name): count_in_pages(Path(name), needles) - in_rows}
        surplus |= {
            path: count_in_file(path, needles) for path in (Path(f"{name}-wal"), Path(f"{name}-journal"))
        }
        return {
            path.name: (path.stat().st_size if path.exists() else 0, counts.total())
            for path, counts in surplus.items()
        }


def _find_needles(traces: PersonalTraces) -> set[bytes]:
    """Return the bytes that a file may contain of the traces, in lower case."""
    texts = (*traces.names, *traces.called, *map(str, traces.numbers), *traces.words, traces.person or "")
    return {spelt.encode().lower() for text in texts if text for spelt in spellings(text)}


def _select_raw(table: sa.Table) -> Any:
    """Select a table's columns as stored, without converting their types."""
    return sa.select(*(sa.type_coerce(column, sa.types.NullType()) for column in table.columns))


def _count_hits(table: sa.Table, column: sa.Column[Any], value: Any, traces: PersonalTraces) -> int:
    match value:
        case None | bool() | float():
            return 0
        case int():
            return int(value in traces.numbers and _is_foreign(table, column))
        case bytes() | memoryview() | bytearray():
            return traces.count(bytes(value).decode("utf-8", "replace"), place=_text_place(table, column))
        case _:
            text = value if isinstance(value, str) else _as_text(value)
            found = traces.count(text, place=_text_place(table, column))
            if table.name == _AUDIT_TABLE and found:
                return found - traces.count_opaque_id(text)
            return found


def _text_place(table: sa.Table, column: sa.Column[Any]) -> str:
    """Return the place of a text, which determines what counts as a name there.

    Erasure uses the same places.
    """
    if f"{table.name}.{column.name}" in _COLUMNS_WITHOUT_NAMES:
        return "kind"
    if table.name == "person_name":
        return PERSON_FIELD
    return column.name if table.name in metadata.tables or column.name in ENGINE_COLUMNS else "kind"


def _is_foreign(table: sa.Table, column: sa.Column[Any]) -> bool:
    """Return whether a column contains another service's ids, not Sensei's own, which count from one."""
    own = metadata.tables.get(table.name)
    if own is None or not column.name.endswith("_id"):
        return False
    known = own.columns.get(column.name)
    return known is None or not known.foreign_keys


def _as_text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _quote_name(connection: sa.Connection, table: sa.Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
