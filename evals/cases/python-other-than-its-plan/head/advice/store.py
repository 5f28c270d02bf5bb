"""Keeps the notes of calls."""

import sqlite3
from datetime import UTC, datetime, timedelta

KEPT = timedelta(days=90)
TABLE = "CREATE TABLE IF NOT EXISTS notes (call TEXT PRIMARY KEY, note TEXT NOT NULL, at TEXT NOT NULL)"


class Notes:
    def __init__(self, path: str) -> None:
        self._db = sqlite3.connect(path)
        self._db.execute(TABLE)

    def keep(self, call: str, note: str) -> None:
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (call, note, datetime.now(UTC).isoformat()))

    def delete_old(self) -> int:
        """Delete what is older than 90 days, and return how many notes that were. The nightly job calls it."""
        oldest = (datetime.now(UTC) - KEPT).isoformat()
        with self._db:
            return self._db.execute("DELETE FROM notes WHERE at < ?", (oldest,)).rowcount
