"""The database. A transaction's writes are not visible to others until it ends."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from bot.ports.articulation import Conversations
from bot.ports.check_ins import CheckIns, Rhythms, Unprompted
from bot.ports.decisions import Decisions, Statements
from bot.ports.defences import Defences
from bot.ports.deliveries import Deliveries
from bot.ports.design_documents import DesignDocuments
from bot.ports.digest import WeeklyFigures
from bot.ports.dojo import Absences, Cohorts, LinkCodes, Members, NeverPairs
from bot.ports.enquiries import Enquiries, Handbooks, Handovers
from bot.ports.jobs import Effects, Jobs
from bot.ports.one_to_ones import CalendarLinks, OneToOnes
from bot.ports.pairing import Pairings
from bot.ports.personal_data import Erasures, People
from bot.ports.pull_requests import (
    Capstones,
    CommentCommands,
    Ledgers,
    PullRequests,
    Questions,
    Rounds,
    Standings,
)
from bot.ports.triage import Appeals, Digests, Exemptions, GrowthRecords, Rulings, Snapshots, Snoozes


class Tx(Protocol):
    """A transaction, with a repository for each kind of record."""

    @property
    def deliveries(self) -> Deliveries: ...  # noqa: D102 - the class says it
    @property
    def capstones(self) -> Capstones: ...  # noqa: D102
    @property
    def pull_requests(self) -> PullRequests: ...  # noqa: D102
    @property
    def rounds(self) -> Rounds: ...  # noqa: D102
    @property
    def questions(self) -> Questions: ...  # noqa: D102
    @property
    def commands(self) -> CommentCommands: ...  # noqa: D102
    @property
    def ledgers(self) -> Ledgers: ...  # noqa: D102
    @property
    def conversations(self) -> Conversations: ...  # noqa: D102
    @property
    def decisions(self) -> Decisions: ...  # noqa: D102
    @property
    def statements(self) -> Statements: ...  # noqa: D102
    @property
    def effects(self) -> Effects: ...  # noqa: D102
    @property
    def jobs(self) -> Jobs: ...  # noqa: D102
    @property
    def cohorts(self) -> Cohorts: ...  # noqa: D102
    @property
    def members(self) -> Members: ...  # noqa: D102
    @property
    def never_pairs(self) -> NeverPairs: ...  # noqa: D102
    @property
    def absences(self) -> Absences: ...  # noqa: D102
    @property
    def link_codes(self) -> LinkCodes: ...  # noqa: D102
    @property
    def pairings(self) -> Pairings: ...  # noqa: D102
    @property
    def standings(self) -> Standings: ...  # noqa: D102
    @property
    def rulings(self) -> Rulings: ...  # noqa: D102
    @property
    def exemptions(self) -> Exemptions: ...  # noqa: D102
    @property
    def appeals(self) -> Appeals: ...  # noqa: D102
    @property
    def snoozes(self) -> Snoozes: ...  # noqa: D102
    @property
    def snapshots(self) -> Snapshots: ...  # noqa: D102
    @property
    def digests(self) -> Digests: ...  # noqa: D102
    @property
    def design_documents(self) -> DesignDocuments: ...  # noqa: D102
    @property
    def defences(self) -> Defences: ...  # noqa: D102
    @property
    def growth(self) -> GrowthRecords: ...  # noqa: D102
    @property
    def weekly_figures(self) -> WeeklyFigures: ...  # noqa: D102
    @property
    def one_to_ones(self) -> OneToOnes: ...  # noqa: D102
    @property
    def calendar_links(self) -> CalendarLinks: ...  # noqa: D102
    @property
    def rhythms(self) -> Rhythms: ...  # noqa: D102
    @property
    def check_ins(self) -> CheckIns: ...  # noqa: D102
    @property
    def unprompted(self) -> Unprompted: ...  # noqa: D102
    @property
    def enquiries(self) -> Enquiries: ...  # noqa: D102
    @property
    def handovers(self) -> Handovers: ...  # noqa: D102
    @property
    def handbooks(self) -> Handbooks: ...  # noqa: D102
    @property
    def people(self) -> People: ...  # noqa: D102
    @property
    def erasures(self) -> Erasures: ...  # noqa: D102

    def audit(self, actor: str, action: str, subject: str, **detail: Any) -> None:
        """Add an entry to the audit trail. ``actor`` is a person's opaque id or ``operator``."""


class Store(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[Tx]:
        """Start a transaction, which is committed at the end or rolled back on an error.

        Only one can run at a time, so what it reads stays true until it ends. It must not wait for anything
        external.
        """

    def read(self) -> AbstractContextManager[Tx]:
        """Start a read-only transaction: it sees a snapshot of the database and doesn't wait for writers.

        Anything may change before the caller acts on what it read, so a later ``begin`` must decide again.
        Writing in it fails.
        """

    def begin_without_turn(self) -> AbstractContextManager[Tx]:
        """Start a transaction like ``begin``, but on PostgreSQL without waiting for other writers.

        It may only store rows that a unique key keeps from being stored twice, because others write at the
        same time.
        """
