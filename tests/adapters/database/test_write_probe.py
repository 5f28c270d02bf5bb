"""Could a delivery be kept now? Each thing that keeps one from being written is told, and passes."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bot.adapters.database import open_store, write_probe
from bot.adapters.database.transaction import WRITE_LOCK
from bot.adapters.database.write_probe import WriteProbe
from tests import databases
from tests.security.doors import locked


class Clock:
    """A clock that goes on by a second at each look, so that every answer is a new one."""

    def __init__(self, step: float = 1.001) -> None:
        self.at, self._step = 0.0, step

    def __call__(self) -> float:
        self.at += self._step
        return self.at


@contextmanager
def probe(url: str, step: float = 30.0) -> Iterator[WriteProbe]:
    with open_store(url) as database:
        made = WriteProbe(database, Clock(step))
        try:
            yield made
        finally:
            made.close()


def number(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_a_file_that_somebody_writes_to_is_told_until_they_have(tmp_path: Path) -> None:
    file = tmp_path / "sensei.db"
    with probe(databases.migrated_file(file)) as it:
        assert it.why_not() is None
        with locked(file):
            assert it.why_not() == "another transaction has kept others from writing for more than 1 s"
        assert it.why_not() is None


def test_a_disk_without_room_for_a_delivery_is_told_though_a_small_write_would_succeed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with probe(databases.migrated_file(tmp_path / "sensei.db")) as it:
        monkeypatch.setattr(write_probe, "MIN_FREE_BYTES", 2**62)
        assert (it.why_not() or "").startswith("the database's disk has only ")
        monkeypatch.undo()
        assert it.why_not() is None


@pytest.mark.contract
def test_a_disk_that_is_full_or_read_only_is_told(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a disk, and not everywhere")
    try:
        with probe(databases.migrated_file(disk / "sensei.db")) as it:
            assert it.why_not() is None
            free = shutil.disk_usage(disk).free
            (disk / "filler").write_bytes(b"x" * (free - 5 * 1024 * 1024))
            assert (it.why_not() or "").startswith("the database's disk has only ")
            (disk / "filler").unlink()
            assert it.why_not() is None
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        database = sa.create_engine(f"sqlite:///{disk / 'sensei.db'}")
        assert (WriteProbe(database).why_not() or "").startswith("the database cannot be written to (")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_file_that_is_gone_is_told_and_not_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "sensei.db"
    with probe(databases.migrated_file(file)) as it:
        file.rename(tmp_path / "elsewhere")
        assert it.why_not() == "the database cannot be written to (unable to open database file)"
        assert not file.exists()


def test_asked_each_second_it_writes_every_ten(tmp_path: Path) -> None:
    file = tmp_path / "sensei.db"
    with open_store(databases.migrated_file(file)) as database:
        clock = Clock(0.0)
        it = WriteProbe(database, clock)
        before = number(file)
        for second in range(200):
            clock.at = float(second)
            assert [it.why_not() for _ in range(5)] == [None] * 5
        assert number(file) - before == 20


def test_a_server_that_may_only_be_read_or_keeps_others_waiting_is_told() -> None:
    with databases.migrated() as url, probe(url) as it:
        other = sa.create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        assert it.why_not() is None
        with other.connect() as connection, connection.begin():
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": WRITE_LOCK})
            assert it.why_not() is None, "a delivery does not wait for a turn"
            connection.exec_driver_sql("LOCK TABLE delivery IN EXCLUSIVE MODE")
            assert it.why_not() == "another transaction has kept others from writing for more than 1 s"
        assert it.why_not() is None
        read_only(other, "on")
        assert it.why_not() == "the database is read-only: it may be a standby"
        read_only(other, "off")
        assert it.why_not() is None
        other.dispose()


def read_only(engine: sa.Engine, state: str) -> None:
    """Let a database only be read from now on, or not, and end every other connection to it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {state}')
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_is_not_there_is_told_without_its_address_and_left_alone() -> None:
    address = "postgresql+psycopg://sensei:not-to-be-shown@127.0.0.1:9/sensei"
    database = sa.create_engine(address)
    clock = Clock(0.0)
    it = WriteProbe(database, clock)
    assert it.why_not() == "the database cannot be reached (OperationalError)"
    clock.at = 9.0
    assert it._believed_until > clock.at
    it.close()
