"""Counting traces in the parts of an SQLite file that no row uses.

A file is read in chunks. What belongs there is counted in small databases in memory, which hold its rows with
the same indexes, a few megabytes at a time. What the file contains beyond that is in unused space.

The counts ignore word boundaries, so they find ``ada`` in ``adapter``, in the file and in the rows. Needles
are in lower case.
"""
# ruff: noqa: S608 - the names in the queries are those of the file's own tables

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

_CHUNK = 4 * 1024 * 1024  # bytes of a file: a multiple of every page size
_ROWS = 4_000_000  # bytes of rows
_OWN = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
_SEQUENCE = "sqlite_sequence"


def count_in_file(file: Path, needles: Collection[bytes]) -> Counter[bytes]:
    """Count each needle in the bytes of any file; a missing file is empty."""
    return count_in_chunks(_read_chunks(file), needles) if file.exists() else Counter()


def count_in_pages(file: Path, needles: Collection[bytes]) -> Counter[bytes]:
    """Count each needle in the pages of a database file. Compare the result with ``count_in_rows``."""
    with file.open("rb") as opened:
        size = int.from_bytes(opened.read(18)[16:], "big")  # https://sqlite.org/fileformat2.html#page_size
    size = 65_536 if size == 1 else size
    return count_in_chunks((_blank_page_starts(chunk, size) for chunk in _read_chunks(file)), needles)


def count_in_rows(file: Path, needles: Collection[bytes]) -> Counter[bytes]:
    """Count each needle in the bytes that a file's rows, indexes and schema take up."""
    with closing(sqlite3.connect(file.absolute().as_uri(), uri=True)) as database:
        database.text_factory = _decode
        tables = _read(database, f"SELECT name FROM sqlite_master WHERE type = 'table' AND {_OWN}")
        schema = _read(database, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND " + _OWN)
        has_numbers = _read(database, f"SELECT 1 FROM sqlite_master WHERE name = '{_SEQUENCE}'")
        numbers = _read(database, f"SELECT * FROM {_SEQUENCE}") if has_numbers else []
        size = _read(database, "PRAGMA page_size")[0][0]
        counts = count_in_chunks([_build_copy(size, schema, _SEQUENCE, numbers)], needles)
        for [table] in tables:
            own = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index')"
            schema = _read(database, f"{own} AND tbl_name = ?", table)
            empty = count_in_chunks([_build_copy(size, schema, table, [])], needles)
            for rows in _read_pages(database, table):
                counts.update(count_in_chunks([_build_copy(size, schema, table, rows)], needles))
                counts.subtract(empty)
    return counts


def count_in_chunks(chunks: Iterable[bytes], needles: Collection[bytes]) -> Counter[bytes]:
    """Count each needle, even if it overlaps itself, so that the division into chunks makes no difference."""
    counts: Counter[bytes] = Counter()
    kept = max(map(len, needles), default=1) - 1
    before = b""
    for chunk in chunks:
        text = before + chunk.lower()
        for needle in needles:
            # A match that ends within ``before`` was counted with the previous chunk.
            at = text.find(needle, max(0, len(before) - len(needle) + 1))
            while at >= 0:
                counts[needle] += 1
                at = text.find(needle, at + 1)
        before = text[-kept:] if kept else b""
    return counts


def _read_chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            yield chunk


def _blank_page_starts(pages: bytes, size: int) -> bytes:
    """Blank the first four bytes of each page, which are never text, but often the number of another page.

    Such a number may look like a letter before the text that follows, and differs between a file and a copy.
    """
    blanked = bytearray(pages)
    for start in range(0, len(pages), size):
        blanked[start : start + 4] = bytes(4)
    return bytes(blanked)


def _decode(text: bytes) -> str | bytes:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text


def _read(database: sqlite3.Connection, query: str, *parameters: str) -> list[Any]:
    return database.execute(query, parameters).fetchall()


def _read_pages(database: sqlite3.Connection, table: str) -> Iterator[list[Any]]:
    """Yield a table's rows, some megabytes at a time."""
    page, size = [], 0
    for row in database.execute(f"SELECT * FROM {_quote(table)}"):
        page.append(row)
        size += sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)
        if size >= _ROWS:
            yield page
            page, size = [], 0
    if page:
        yield page


def _build_copy(page_size: int, schema: Sequence[Any], table: str, rows: Sequence[Any]) -> bytes:
    """Return the bytes of a database with this schema, and with rows in one of its tables."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        copy.execute(f"PRAGMA page_size={page_size}")
        copy.execute("PRAGMA secure_delete=ON")
        for [statement] in schema:
            copy.execute(statement)
        copy.execute("BEGIN")
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            copy.executemany(f"INSERT INTO {_quote(table)} VALUES ({marks})", rows)
        if table != _SEQUENCE and _read(copy, f"SELECT 1 FROM sqlite_master WHERE name = '{_SEQUENCE}'"):
            copy.execute(f"DELETE FROM {_SEQUENCE}")  # It is counted once, with the whole schema.
        copy.execute("COMMIT")
        copy.execute("VACUUM")  # Inserting leaves copies of cells in the pages that it divides.
        return _blank_page_starts(copy.serialize(), page_size)


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
