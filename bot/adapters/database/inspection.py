"""Health checks of the database, which don't create, change or upgrade it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from bot.adapters import machine
from bot.adapters.database.connections import make_engine, parse_address
from bot.adapters.database.dojo.tables import IdentityRow
from bot.adapters.database.migration import head_revision, is_known_revision
from bot.adapters.database.pull_requests.tables import CapstoneRow, PullRequestRow, RoundRow
from bot.domain.pull_requests.records import RoundState
from bot.domain.setup.health_checks import DatabaseFacts, StuckRound

_BUSY_SECONDS = 5.0
# A statement that changes nothing, but fails for users without write access.
WRITES_NOTHING = "DELETE FROM delivery WHERE 1 = 0"


def examine_database(url: str | None, mounts: Path = machine.MOUNTS) -> DatabaseFacts:
    """Return the facts about a database. ``mounts`` is the file that lists mounted file systems.

    Raises:
        UserError: the address isn't valid.
    """
    address = parse_address(url)
    if address.get_backend_name() == "sqlite":
        return _examine_file(Path(address.database or ""), mounts)
    return _examine_server(address, make_engine(url))


def _examine_file(file: Path, mounts: Path) -> DatabaseFacts:
    place, shared = str(file), machine.remote_file_system(file, mounts)
    if not file.exists():
        why = machine.why_unwritable(file.parent)
        problem = f"{place} cannot be created: {why}." if why else ""
        return DatabaseFacts("sqlite", place, exists=False, problem=problem, shared=shared)
    try:
        # Our own engine would change the journal mode.
        with closing(
            sqlite3.connect(
                f"{file.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS, isolation_level=None
            )
        ) as connection:
            journal = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
            revision = _read_file_revision(connection)
            unwritable = _why_file_unwritable(connection)
    except sqlite3.Error as failed:
        return DatabaseFacts("sqlite", place, problem=f"{place} cannot be used ({failed}).", shared=shared)
    return DatabaseFacts(
        "sqlite",
        place,
        revision=revision,
        state=_compare_revision(revision),
        unwritable=unwritable,
        journal=journal,
        shared=shared,
    )


def _read_file_revision(connection: sqlite3.Connection) -> str | None:
    has_revision = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if has_revision else None
    return str(row[0]) if row else None


def _why_file_unwritable(connection: sqlite3.Connection) -> str:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError as refused:
        if refused.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            return f"another process has been writing for {_BUSY_SECONDS:g} s"
        return str(refused)
    return ""


def _examine_server(address: URL, engine: sa.Engine) -> DatabaseFacts:
    place = f"{address.host or 'this machine'}/{address.database}"
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            state = _compare_revision(revision)
            fits = connection.execute(
                sa.text(
                    "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'dbos')"
                    " OR has_database_privilege(current_database(), 'CREATE')"
                )
            ).scalar_one()
            connection.rollback()
            unwritable = _why_server_unwritable(connection) if state == "current" else ""
    except DBAPIError as failed:
        # The driver's message may contain the address and password.
        problem = f"The database at {place} cannot be used ({type(failed.orig).__name__})."
        return DatabaseFacts("postgresql", place, problem=problem)
    finally:
        engine.dispose()
    return DatabaseFacts(
        "postgresql", place, revision=revision, state=state, unwritable=unwritable, engine_fits=bool(fits)
    )


def _why_server_unwritable(connection: sa.Connection) -> str:
    try:
        connection.execute(sa.text(WRITES_NOTHING))
    except DBAPIError as refused:
        return type(refused.orig).__name__
    finally:
        connection.rollback()
    return ""


def _compare_revision(revision: str | None) -> Literal["none", "current", "behind", "newer"]:
    if revision is None:
        return "none"
    if revision == head_revision():
        return "current"
    return "behind" if is_known_revision(revision) else "newer"


def find_stuck_rounds(session: Session, since: datetime) -> Sequence[StuckRound]:
    """List open pull requests whose last round failed after a given time, newest first."""
    newest = (
        select(sa.func.max(RoundRow.number))
        .where(RoundRow.pull_request_id == PullRequestRow.id)
        .correlate(PullRequestRow)
        .scalar_subquery()
    )
    bad = (RoundState.STOPPED, RoundState.INCOMPLETE, RoundState.FAILED)
    query = (
        sa.select(CapstoneRow.owner, CapstoneRow.name, PullRequestRow.number, RoundRow.state, RoundRow.error)  # type: ignore[call-overload]
        .select_from(RoundRow)
        .join(PullRequestRow, col(PullRequestRow.id) == RoundRow.pull_request_id)
        .join(CapstoneRow, col(CapstoneRow.id) == PullRequestRow.capstone_id)
        .where(
            col(RoundRow.state).in_(bad),
            col(RoundRow.finished_at) >= since,
            PullRequestRow.state == "open",
            CapstoneRow.state == "active",
            RoundRow.number == newest,
        )
        .order_by(col(RoundRow.finished_at).desc())
    )
    return [
        StuckRound(f"{owner}/{name}", number, RoundState(state), error)
        for owner, name, number, state, error in session.connection().execute(query)
    ]


def find_workspaces(session: Session) -> Sequence[str]:
    """Return the ids of the chat workspaces of stored people."""
    query = select(IdentityRow.tenant).where(IdentityRow.provider == "slack").distinct()
    return sorted(session.exec(query).all())
