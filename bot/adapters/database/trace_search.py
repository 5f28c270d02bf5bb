"""The database as a whole: held alone, cleaned of what was deleted, searched for what is left of a person.

The search knows nothing of what was erased how: it reads every column of every table that is there.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from bot.adapters.database.model_calls.tables import metadata
from bot.adapters.database.server_lock import AlreadyServedError, hold_server_lease
from bot.domain.privacy.name_occurrences import ENGINE_HOLDS, OF_A_PERSON
from bot.domain.privacy.personal_traces import PersonalTraces, spellings
from bot.errors import UserError
from bot.ports.personal_data import TraceSearchResult

log = structlog.get_logger(__name__)

_SYSTEM = frozenset({"information_schema", "pg_catalog", "pg_toast"})
_PATIENCE = "30s"
_OPAQUE = "audit_event"
"""The one table that may go on to hold a person's opaque id."""
_WORDS = frozenset({"command.answer", "refusal.reason", "capstone.name", "ledger_entry.source"})
"""Columns of words of ours or of names of other things, which are called as others are that hold texts."""


@dataclass(frozen=True)
class SqlTraceSearch:
    """``ports.people.Database``."""

    database: sa.Engine

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the right to serve it."""
        try:
            with hold_server_lease(self.database):
                yield
        except AlreadyServedError as served:
            raise UserError(
                f"{served.what} It would write anew what is being erased; nothing was changed.",
                "Stop it, erase, and start it again: what GitHub sends meanwhile it asks for again then.",
            ) from None

    def clean(self) -> bool:
        """Give back what deleted rows took: a file is written anew, a server's tables as well."""
        return self._clean_file() if self.database.dialect.name == "sqlite" else self._clean_server()

    def _clean_file(self) -> bool:
        with self.database.connect() as connection:
            cursor = connection.connection.cursor()  # outside of any transaction
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute("VACUUM")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def _clean_server(self) -> bool:
        tables = self._tables()
        with self.database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f"SET lock_timeout = '{_PATIENCE}'"))
            try:
                for table in tables:
                    connection.execute(sa.text(f"VACUUM (FULL) {_quoted(connection, table)}"))
            except sa.exc.DBAPIError as failed:
                log.warning("erase.unclean", why=type(failed.orig).__name__)
                return False
            finally:
                connection.execute(sa.text("RESET lock_timeout"))
        return True

    def search(self, traces: PersonalTraces) -> TraceSearchResult:
        """Look through every column of every table, and through a file's bytes."""
        left: Counter[str] = Counter()
        looked: dict[str, str] = {}
        tables = self._tables()
        with self.database.connect() as connection:
            for table in tables:
                rows = 0
                for row in connection.execution_options(yield_per=200).execute(_as_stored(table)):
                    rows += 1
                    for column, value in zip(table.columns, row, strict=True):
                        if hits := _hits(table, column, value, traces):
                            left[f"{table.name}.{column.name}"] += hits
                looked[table.name] = f"{rows:,} rows"
        for name, (size, hits) in self._bytes(traces).items():
            looked[name] = f"{size:,} bytes"
            left[name] += hits
        return TraceSearchResult(sum(len(table.columns) for table in tables), looked, +left)

    def _tables(self) -> list[sa.Table]:
        inspector = sa.inspect(self.database)
        lite = self.database.dialect.name == "sqlite"
        schemas = [None] if lite else [s for s in inspector.get_schema_names() if s not in _SYSTEM]
        found = sa.MetaData()
        tables = [
            sa.Table(name, found, schema=schema, autoload_with=self.database, resolve_fks=False)
            for schema in schemas
            for name in inspector.get_table_names(schema=schema)
        ]
        if lite:
            tables.append(sa.Table("sqlite_sequence", found, sa.Column("name"), sa.Column("seq")))
        return tables

    def _bytes(self, traces: PersonalTraces) -> dict[str, tuple[int, int]]:
        """Count what the files' bytes hold beyond the rows, which were just looked through one by one.

        A copy is made of the rows alone, in memory; what the files hold more often than that lies about in
        them. Bytes have no words, so that ``ada`` is in ``adapter`` here, in the files as in the copy.
        """
        name = self.database.url.database
        if self.database.dialect.name != "sqlite" or not name or name == ":memory:":
            return {}
        with (
            closing(sqlite3.connect("file:sensei-rows?mode=memory&cache=shared", uri=True)) as memory,
            closing(sqlite3.connect(f"{Path(name).absolute().as_uri()}", uri=True)) as file,
        ):
            file.execute("VACUUM INTO 'file:sensei-rows?mode=memory&cache=shared'")
            rows = memory.serialize().lower()
        needles = {
            spelt.encode().lower()
            for text in (
                *traces.names,
                *traces.called,
                *map(str, traces.numbers),
                *traces.words,
                traces.person or "",
            )
            if text
            for spelt in spellings(text)
        }
        found = {}
        # Opened and closed, a file that SQLite has open in this process would lose SQLite's locks.
        self.database.dispose()
        for path in (Path(name), Path(f"{name}-wal"), Path(f"{name}-journal")):
            content = path.read_bytes().lower() if path.exists() else b""
            known = rows if path == Path(name) else b""
            beyond = sum(max(content.count(needle) - known.count(needle), 0) for needle in needles)
            found[path.name] = len(content), beyond
        return found


def _as_stored(table: sa.Table) -> Any:
    """Select a table's columns as they lie there: no type of ours reads them first."""
    return sa.select(*(sa.type_coerce(column, sa.types.NullType()) for column in table.columns))


def _hits(table: sa.Table, column: sa.Column[Any], value: Any, traces: PersonalTraces) -> int:
    match value:
        case None | bool() | float():
            return 0
        case int():
            return int(value in traces.numbers and _is_foreign(table, column))
        case bytes() | memoryview() | bytearray():
            return traces.count(bytes(value).decode("utf-8", "replace"), place=_place(table, column))
        case _:
            text = value if isinstance(value, str) else _written(value)
            found = traces.count(text, place=_place(table, column))
            if table.name == _OPAQUE and found:
                return found - traces.opaque(text)
            return found


def _place(table: sa.Table, column: sa.Column[Any]) -> str:
    """Return where a text is, for what is a name there; erasing goes by the same."""
    if f"{table.name}.{column.name}" in _WORDS:
        return "kind"
    if table.name == "person_name":
        return OF_A_PERSON
    return column.name if table.name in metadata.tables or column.name in ENGINE_HOLDS else "kind"


def _is_foreign(table: sa.Table, column: sa.Column[Any]) -> bool:
    """Say whether a number is somebody else's id: not one of our own, which count from one."""
    own = metadata.tables.get(table.name)
    if own is None or not column.name.endswith("_id"):
        return False
    known = own.columns.get(column.name)
    return known is None or not known.foreign_keys


def _written(value: Any) -> str:
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _quoted(connection: sa.Connection, table: sa.Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
