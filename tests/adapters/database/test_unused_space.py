"""What rows take up of a file is counted a few at a time, and comes to just what the file has of them."""

import sqlite3
import tracemalloc
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.database import open_store, unused_space
from bot.adapters.database.trace_search import SqlTraceSearch
from bot.adapters.database.unused_space import count_in_chunks, count_in_pages, count_in_rows
from bot.domain.privacy.personal_traces import PersonalTraces
from tests import databases

NEEDLES = {b"ada", b"zelda-quill", b"aa", b"740000010", "grüße".encode()}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_the_size_of_the_chunks_makes_no_difference(size: int) -> None:
    text = ("Ada aaaa adada zelda-quill 7400000107400000100 grüße " * 9).encode()
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert count_in_chunks(chunks, NEEDLES) == {
        b"ada": 27,
        b"aa": 27,
        b"zelda-quill": 9,
        b"740000010": 18,
        "grüße".encode(): 9,
    }


@pytest.mark.parametrize("size", [1, 3_000, 4_000_000])
def test_rows_take_up_what_a_clean_file_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Long rows, bytes, indexes, numbered rows, a table without them, and names of tables."""
    monkeypatch.setattr(unused_space, "_ROWS", size)
    file = tmp_path / "s.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute(
            "CREATE TABLE ada (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT CHECK (text <> 'x'))"
        )
        database.execute("CREATE UNIQUE INDEX of_ada ON ada (text) WHERE text > 'a'")
        database.execute('CREATE TABLE "odd \'name" (a BLOB, b TEXT PRIMARY KEY) WITHOUT ROWID')
        for n in range(60):
            database.execute("INSERT INTO ada (text) VALUES (?)", [f"zelda-quill {n} aaa " * (n * n // 4)])
            database.execute('INSERT INTO "odd \'name" VALUES (?, ?)', [b"\xff Ada \x00" * n, f"grüße {n}"])
        database.execute("INSERT INTO ada (text) VALUES (CAST(x'ff416461' AS TEXT))")
        database.execute("VACUUM")
    assert count_in_pages(file, NEEDLES) == count_in_rows(file, NEEDLES)
    assert count_in_rows(file, NEEDLES)[b"zelda-quill"] > 15_000


@pytest.mark.contract
def test_a_search_does_not_hold_a_whole_database_in_memory(tmp_path: Path) -> None:
    with open_store(databases.migrated_file(tmp_path / "s.db")) as engine:
        with closing(sqlite3.connect(tmp_path / "s.db", isolation_level=None)) as database:
            database.execute("CREATE TABLE note (text BLOB)")
            database.executemany("INSERT INTO note VALUES (?)", [(bytes(500_000),)] * 80)
        tracemalloc.start()
        try:
            SqlTraceSearch(engine).search(PersonalTraces(frozenset({"zelda"})))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 34_000_000  # of 40 MB
