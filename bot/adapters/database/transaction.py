"""Database transactions for workflows (``ports.store``)."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session

from bot.adapters.database import sqlite_turns
from bot.adapters.database.articulation.conversations import SqlConversations
from bot.adapters.database.audit_trail import AuditEventRow
from bot.adapters.database.check_ins.check_ins import SqlCheckIns
from bot.adapters.database.check_ins.rhythms import SqlRhythms
from bot.adapters.database.check_ins.unprompted import SqlUnprompted
from bot.adapters.database.connections import open_read_only
from bot.adapters.database.decisions.decisions import SqlDecisions
from bot.adapters.database.decisions.statements import SqlStatements
from bot.adapters.database.defences.defences import SqlDefences
from bot.adapters.database.design_documents.documents import SqlDesignDocuments
from bot.adapters.database.dojo.absences import SqlAbsences
from bot.adapters.database.dojo.cohorts import SqlCohorts
from bot.adapters.database.dojo.link_codes import SqlLinkCodes
from bot.adapters.database.dojo.members import SqlMembers
from bot.adapters.database.dojo.never_pairs import SqlNeverPairs
from bot.adapters.database.enquiries.enquiries import SqlEnquiries
from bot.adapters.database.enquiries.handbooks import SqlHandbooks
from bot.adapters.database.enquiries.handovers import SqlHandovers
from bot.adapters.database.jobs.due_jobs import SqlEffects, SqlJobs
from bot.adapters.database.one_to_ones.calendar_links import SqlCalendarLinks
from bot.adapters.database.one_to_ones.one_to_ones import SqlOneToOnes
from bot.adapters.database.pairing.pairings import SqlPairings
from bot.adapters.database.privacy.erasures import SqlErasures
from bot.adapters.database.privacy.export import SqlPeople
from bot.adapters.database.pull_requests.capstones import SqlCapstones
from bot.adapters.database.pull_requests.comment_commands import SqlCommentCommands
from bot.adapters.database.pull_requests.deliveries import SqlDeliveries
from bot.adapters.database.pull_requests.ledgers import SqlLedgers
from bot.adapters.database.pull_requests.questions import SqlQuestions
from bot.adapters.database.pull_requests.rounds import SqlPullRequests, SqlRounds
from bot.adapters.database.pull_requests.standings import SqlStandings
from bot.adapters.database.triage.appeals import SqlAppeals
from bot.adapters.database.triage.digests import SqlDigests, SqlSnapshots, SqlSnoozes
from bot.adapters.database.triage.exemptions import SqlExemptions
from bot.adapters.database.triage.growth import SqlGrowthRecords
from bot.adapters.database.triage.rulings import SqlRulings
from bot.adapters.database.triage.weekly_figures import SqlWeeklyFigures
from bot.errors import TransientError

# Any number that no other advisory lock in the database uses.
WRITE_LOCK = 5_367_366
"""The advisory lock that a deciding transaction holds on PostgreSQL until it ends."""
_TAKE_TURN = sa.text("SELECT pg_advisory_xact_lock(:n)")
_READ_ONLY_SQLSTATE = "25006"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


def _utc() -> datetime:
    return datetime.now(UTC)


class SqlTx:
    """A ``ports.store.Tx`` that uses one session."""

    def __init__(self, session: Session, tenant: str, now: Callable[[], datetime] = _utc) -> None:
        self._session = session
        self._now = now
        self.deliveries = SqlDeliveries(session)
        self.capstones = SqlCapstones(session, tenant, now)
        self.pull_requests = SqlPullRequests(session)
        self.rounds = SqlRounds(session)
        self.questions = SqlQuestions(session, tenant)
        self.commands = SqlCommentCommands(session)
        self.ledgers = SqlLedgers(session)
        self.conversations = SqlConversations(session)
        self.decisions = SqlDecisions(session)
        self.statements = SqlStatements(session)
        self.effects = SqlEffects(session)
        self.jobs = SqlJobs(session)
        self.cohorts = SqlCohorts(session)
        self.members = SqlMembers(session, tenant)
        self.never_pairs = SqlNeverPairs(session)
        self.absences = SqlAbsences(session)
        self.link_codes = SqlLinkCodes(session)
        self.pairings = SqlPairings(session)
        self.standings = SqlStandings(session, tenant)
        self.rulings = SqlRulings(session)
        self.exemptions = SqlExemptions(session)
        self.appeals = SqlAppeals(session)
        self.snoozes = SqlSnoozes(session)
        self.snapshots = SqlSnapshots(session)
        self.digests = SqlDigests(session)
        self.design_documents = SqlDesignDocuments(session)
        self.defences = SqlDefences(session)
        self.growth = SqlGrowthRecords(session)
        self.weekly_figures = SqlWeeklyFigures(session, tenant)
        self.one_to_ones = SqlOneToOnes(session)
        self.calendar_links = SqlCalendarLinks(session)
        self.rhythms = SqlRhythms(session)
        self.check_ins = SqlCheckIns(session)
        self.unprompted = SqlUnprompted(session)
        self.enquiries = SqlEnquiries(session)
        self.handovers = SqlHandovers(session)
        self.handbooks = SqlHandbooks(session)
        self.people = SqlPeople(session, tenant)
        self.erasures = SqlErasures(session, tenant)

    def audit(self, actor: str, action: str, subject: str, **detail: Any) -> None:
        """Add an entry to the audit trail."""
        self._session.add(
            AuditEventRow(at=self._now(), actor=actor, action=action, subject=subject, detail=detail)
        )


class SqlStore:
    """A ``ports.store.Store`` that uses an engine. ``tenant`` is the code host's name."""

    def __init__(self, engine: sa.Engine, tenant: str, now: Callable[[], datetime] = _utc) -> None:
        self._engine = engine
        self._tenant = tenant
        self._now = now

    @contextmanager
    def begin(self) -> Iterator[SqlTx]:
        """Start a transaction, which is committed at the end or rolled back on an error.

        Raises:
            TransientError: the database did not answer, or the connection was lost.
        """
        with self._open_session() as session:
            take_turn(session)
            yield SqlTx(session, self._tenant, self._now)

    @contextmanager
    def begin_without_turn(self) -> Iterator[SqlTx]:
        """Start a transaction like ``begin`` that doesn't wait behind other waiting writers.

        On PostgreSQL, it waits for none. On SQLite, it is the next one to write.
        """
        with sqlite_turns.urgently(), self._open_session() as session:
            yield SqlTx(session, self._tenant, self._now)

    @contextmanager
    def _open_session(self) -> Iterator[Session]:
        with (
            _report_unavailable(),
            Session(self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[SqlTx]:
        """Start a transaction that can't write. It doesn't wait for writers, and sees a snapshot.

        Raises:
            TransientError: as in ``begin``.
            WriteInReadError: something was written.
        """
        with (
            _report_unavailable(),
            _report_refused_writes(),
            open_read_only(self._engine) as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            sa.event.listen(session, "before_flush", _refuse_flush)
            yield SqlTx(session, self._tenant, self._now)
            session.flush()  # Changes that no query has flushed are refused too.


class WriteInReadError(Exception):
    """A transaction from ``SqlStore.read`` tried to write. This is a bug; nothing was written."""


def _refuse_flush(session: Session, *_: object) -> None:
    changed = next(iter([*session.new, *session.dirty, *session.deleted]))
    raise WriteInReadError(f"{type(changed).__name__} was changed in a read-only transaction.")


@contextmanager
def _report_refused_writes() -> Iterator[None]:
    try:
        yield
    except DBAPIError as failed:
        if not _is_refused_write(failed.orig):
            raise
        raise WriteInReadError("A statement tried to write in a read-only transaction.") from failed


def _is_refused_write(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode == sqlite3.SQLITE_READONLY
    return getattr(error, "sqlstate", None) == _READ_ONLY_SQLSTATE


@contextmanager
def _report_unavailable() -> Iterator[None]:
    try:
        yield
    except NoConnectionFree as failed:
        raise TransientError("No database connection was available.") from failed
    except DBAPIError as failed:
        passing = failed.connection_invalidated or isinstance(failed, OperationalError | InterfaceError)
        if not passing:
            raise
        raise TransientError(f"The database did not answer ({type(failed.orig).__name__}).") from failed


def take_turn(session: Session) -> None:
    """Exclude other writers on PostgreSQL until this transaction ends. SQLite has only one writer anyway.

    Otherwise two transactions could look for the same row, not find it, and both create it.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKE_TURN, {"n": WRITE_LOCK})
