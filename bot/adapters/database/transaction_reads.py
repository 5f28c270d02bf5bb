"""What a transaction has read, so that it asks the database only once.

A workflow passes a person or a question from function to function, and several of them need the same member
or capstone. SQLAlchemy's own identity map knows only primary keys, and a row only while somebody holds it.
"""

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

T = TypeVar("T")
_INFO = "sensei_reads"
_READS_ONLY = ("SELECT", "PRAGMA")


def read_once(session: Session, key: Hashable, rows: tuple[type[SQLModel], ...], load: Callable[[], T]) -> T:
    """Return what ``load`` returns, which must be immutable: from memory if this transaction has read it.

    ``key`` identifies it. ``rows`` are all tables that it comes from. As soon as the transaction writes to
    one of them, or deletes what a row in one of them belongs to, what was read is forgotten.
    """
    session.flush()  # as before a query: what is pending may be about these tables
    known = _find_reads(session).known
    if key not in known:
        tables = frozenset(str(row.__tablename__) for row in rows)
        known[key] = tables, load()
    found: T = known[key][1]
    return found


def keep_read(session: Session, key: Hashable, rows: tuple[type[SQLModel], ...], value: object) -> None:
    """Let ``read_once`` know what was just read together with something else."""
    _find_reads(session).known[key] = frozenset(str(row.__tablename__) for row in rows), value


class _Reads:
    """What was read over one connection in one transaction, by key, with the names of the tables."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.transaction = connection.get_transaction()
        self.known: dict[Hashable, tuple[frozenset[str], Any]] = {}
        sa.event.listen(connection, "before_cursor_execute", self._forget)

    def _forget(self, *event: Any) -> None:
        """Forget what a statement may change. Of text, and of savepoints, it isn't known what that is."""
        _, _, statement, _, context, _ = event
        if statement.startswith(_READS_ONLY):
            return
        written = getattr(context.compiled, "statement", None)
        table = getattr(written, "table", None)
        if not isinstance(table, sa.Table):
            self.known.clear()
            return
        changed = _list_reached(table) if isinstance(written, sa.Delete) else {table.name}
        for key in [key for key, (tables, _) in self.known.items() if not changed.isdisjoint(tables)]:
            del self.known[key]


def _find_reads(session: Session) -> _Reads:
    """Return what the session's transaction has read."""
    connection = session.connection()
    reads: _Reads | None = session.info.get(_INFO)
    if reads is None or reads.connection is not connection:
        reads = session.info[_INFO] = _Reads(connection)
    elif reads.transaction is not connection.get_transaction():
        reads.known.clear()
        reads.transaction = connection.get_transaction()
    return reads


@cache
def _list_reached(table: sa.Table) -> frozenset[str]:
    """Return the names of a table and of those in which deleting its rows changes rows."""
    reached = {table.name}
    while True:
        more = {
            other.name
            for other in table.metadata.tables.values()
            if any(key.column.table.name in reached for key in other.foreign_keys)
        }
        if more <= reached:
            return frozenset(reached)
        reached |= more
