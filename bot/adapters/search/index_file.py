"""The file of the search index: opening it, making it anew, and SQLite's errors.

Every use opens a connection of its own, which takes a fraction of a millisecond. So threads share nothing,
nothing stays open, and after another process has made the file anew, the next use finds the new one.
"""

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from bot.adapters.database.sqlite_turns import find_turns
from bot.errors import TransientError, UserError

VERSION = 1
"""Of the tables, and of how ``words.py`` reads texts: raise it with every change of either."""
BUSY_SECONDS = 30.0
APPLICATION = 0x53656E73
"""Marks Sensei's own files, so that Sensei never overwrites another database that a setting names."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
_TABLES = """
CREATE TABLE scope (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, passages INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE document (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    scope INTEGER NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    first_passage INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    UNIQUE (scope, key)
);
CREATE VIRTUAL TABLE passage USING fts5(
    title, headings, body, extra, shown UNINDEXED, document UNINDEXED,
    tokenize = "porter unicode61 remove_diacritics 2"
);
"""


class MadeAnewError(TransientError):
    """The file was damaged or of another version, and is empty now."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"The search index {file} had to be made anew.")


class IndexFile:
    """A file with the tables of the index."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._making = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Open the file and a transaction that sees one state of it. It doesn't wait for writers.

        Raises:
            MadeAnewError: the file couldn't be used.
            UserError, TransientError: see ``SqliteSearchIndex``.
        """
        with self._open() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open the file and a transaction that writes. It is kept unless an exception ends it.

        This process's writers take turns, as they do for the database.

        Raises:
            MadeAnewError, UserError, TransientError: as for ``read``.
        """
        turns = find_turns(str(self._file))
        has_turn = turns.take()
        try:
            with self._open() as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        finally:
            if has_turn:
                turns.give()

    def empty_log(self) -> None:
        """Empty the write-ahead log, which may hold what was deleted, unless somebody reads at the moment."""
        with suppress(MadeAnewError), self._open() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        seen = self._identify()
        if seen is None:
            self._make_anew(None)
            seen = self._identify()
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.Error as error:
            if not _is_damage(error):
                raise TransientError(f"The search index {self._file} can't be used: {error}.") from error
        except _OtherVersionError:
            pass
        else:
            return
        self._make_anew(seen)
        raise MadeAnewError(self._file)

    def _connect(self) -> sqlite3.Connection:
        """Return a connection to a file with our tables."""
        until = time.monotonic() + BUSY_SECONDS
        while True:
            connection = sqlite3.connect(self._file, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                self._prepare(connection)
            except sqlite3.OperationalError as error:
                connection.close()
                # SQLite doesn't wait for a process that empties the log as the last one to close the file.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            except BaseException:
                connection.close()
                raise
            else:
                return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        [version], [application] = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("user_version", "application_id")
        )
        if application != APPLICATION:
            [tables] = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables:
                raise UserError(
                    f"{self._file} is a database, but not a search index. Nothing in it was changed.",
                    "Set SENSEI_SEARCH_INDEX to a file that Sensei may make, or unset it.",
                )
        if (version, application) != (VERSION, APPLICATION):
            raise _OtherVersionError
        connection.execute(
            "PRAGMA synchronous=NORMAL"
        )  # a power cut may lose documents, which are read again
        connection.execute("PRAGMA secure_delete=ON")

    def _make_anew(self, seen: tuple[int, int] | None) -> None:
        """Put an empty index in the place of the file that was seen, unless somebody else has done so."""
        with self._making:
            if self._identify() != seen:
                return
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(prefix=".search-", dir=self._file.parent) as folder:
                    made = Path(folder) / "made"
                    _make(made)
                    for ending in ("-wal", "-shm"):  # a log that is left would be written into the new file
                        Path(f"{self._file}{ending}").unlink(missing_ok=True)
                    made.replace(self._file)
            except (OSError, sqlite3.Error) as refused:
                raise UserError(
                    f"The search index {self._file} can't be made: {refused}.",
                    "Make its folder writable, or set SENSEI_SEARCH_INDEX to another file.",
                ) from None

    def _identify(self) -> tuple[int, int] | None:
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino


class _OtherVersionError(Exception):
    """The file has other tables, or none."""


def _make(file: Path) -> None:
    """Make an empty index that only its owner can read, because it holds people's own documents."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(_TABLES)
        # From SQLite 3.42 on, deleted words are overwritten too. Older ones keep them until segments merge.
        with suppress(sqlite3.Error):
            connection.execute("INSERT INTO passage (passage, rank) VALUES ('secure-delete', 1)")
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={VERSION}")


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _DAMAGED or code == sqlite3.SQLITE_IOERR_SHORT_READ
