"""Turns for writing to an SQLite file: this process's writers queue, instead of trying again and again.

A writer that finds an SQLite file locked sleeps for up to a tenth of a second and tries again. A thread that
writes often takes the lock in the meantime, so others can wait for seconds, although no transaction is long.
So the connections of this process, including DBOS's own, take turns first: deliveries that a sender waits
for, then everything else in the order of arrival. Other processes still wait for the lock as before.
"""

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

LONGEST_WAIT = 30.0
"""Seconds to wait for a turn. After that, a writer relies on SQLite's lock alone, which may time out too."""

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")  # before which the driver begins a transaction by itself
_urgent: ContextVar[bool] = ContextVar("urgent", default=False)


class WriteTurns:
    """One writer at a time. Urgent ones go first, the others in the order of arrival."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = False
        self._urgent: deque[threading.Event] = deque()
        self._others: deque[threading.Event] = deque()

    def take(self, *, urgent: bool = False, seconds: float = LONGEST_WAIT) -> bool:
        """Wait for a turn; return False if it has not come after some seconds."""
        turn = threading.Event()
        waiting = self._urgent if urgent else self._others
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            waiting.append(turn)
        if turn.wait(seconds):
            return True
        with self._lock:
            if turn.is_set():  # at the last moment
                return True
            waiting.remove(turn)
            return False

    def count_waiting(self) -> int:
        """Return how many wait for a turn."""
        with self._lock:
            return len(self._urgent) + len(self._others)

    def give(self) -> None:
        """End a turn; the next writer's begins."""
        with self._lock:
            waiting = self._urgent or self._others
            if waiting:
                waiting.popleft().set()
            else:
                self._taken = False


_turns: dict[str, WriteTurns] = {}
_turns_lock = threading.Lock()


def find_turns(file: str) -> WriteTurns:
    """Return the turns of a file, which all connections of this process share."""
    with _turns_lock:
        return _turns.setdefault(os.path.realpath(file), WriteTurns())


@contextmanager
def urgently() -> Iterator[None]:
    """Let this thread's transactions go before those of others that wait."""
    before = _urgent.set(True)
    try:
        yield
    finally:
        _urgent.reset(before)


class QueuingConnection(sqlite3.Connection):
    """A connection that waits for a turn before it writes. Use it as the driver's ``factory``.

    A turn ends with the transaction, or with the connection.
    """

    _turns: WriteTurns | None = None
    _has_turn = False

    def __init__(self, database: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(database, *arguments, **options)
        if database and database != ":memory:":
            self._turns = find_turns(os.fsdecode(database))

    def cursor(self, factory: Any = None) -> Any:
        """Return a cursor that waits for a turn before it writes."""
        return super().cursor(factory or _QueuingCursor)

    def execute(self, statement: str, *parameters: Any) -> Any:
        """Execute a statement with a new cursor; the driver's own shortcut would not wait."""
        return self.cursor().execute(statement, *parameters)

    def commit(self) -> None:
        """Commit, and end the turn."""
        try:
            super().commit()
        finally:
            self.give_turn_if_over()

    def rollback(self) -> None:
        """Roll back, and end the turn."""
        try:
            super().rollback()
        finally:
            self.give_turn_if_over()

    def close(self) -> None:
        """Close the connection, which ends its turn."""
        try:
            super().close()
        finally:
            self._give_turn()

    def __del__(self) -> None:
        self._give_turn()

    def take_turn_for(self, statement: str) -> None:
        """Wait for a turn if a statement begins a transaction that writes."""
        if self._turns is None or self._has_turn or self.in_transaction:
            return
        first = statement.lstrip()[:15].upper()
        begins_itself = self.isolation_level is not None and first.startswith(_WRITES)
        if begins_itself or first == "BEGIN IMMEDIATE":
            self._has_turn = self._turns.take(urgent=_urgent.get())

    def give_turn_if_over(self) -> None:
        """End the turn unless a transaction is under way."""
        if self._has_turn and not self.in_transaction:
            self._give_turn()

    def _give_turn(self) -> None:
        if self._has_turn and self._turns is not None:
            self._has_turn = False
            self._turns.give()


class _QueuingCursor(sqlite3.Cursor):
    connection: QueuingConnection

    def execute(self, statement: str, *parameters: Any) -> "_QueuingCursor":
        self.connection.take_turn_for(statement)
        try:
            return super().execute(statement, *parameters)
        finally:
            self.connection.give_turn_if_over()

    def executemany(self, statement: str, *parameters: Any) -> "_QueuingCursor":
        self.connection.take_turn_for(statement)
        try:
            return super().executemany(statement, *parameters)
        finally:
            self.connection.give_turn_if_over()
