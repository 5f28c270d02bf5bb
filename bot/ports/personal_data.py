"""Personal data: finding a person in the database, exporting their data and erasing it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.domain.pull_requests.records import Account

Counts = dict[str, int]
"""Numbers of rows by table."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person whose data is exported or erased.

    ``id`` is Sensei's own opaque id, or None for someone who only wrote in others' pull requests.
    ``accounts`` are at the code host, ``elsewhere`` are ids at other providers, and ``called`` are names.
    """

    id: str | None
    accounts: tuple[Account, ...]
    elsewhere: tuple[str, ...] = ()
    called: tuple[str, ...] = ()

    @property
    def numbers(self) -> frozenset[int]:
        """The ids of their accounts at the code host."""
        return frozenset(account.id for account in self.accounts)

    @property
    def ids(self) -> frozenset[str]:
        """Their ids at other providers, and Sensei's own id."""
        return frozenset((*self.elsewhere, *((self.id,) if self.id else ())))


@dataclass(frozen=True, slots=True)
class PublishedItems:
    """What was published at the code host, as paths below the host's address.

    ``records`` are the pull requests that add decision files.
    """

    reviews: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectMessages:
    """Sensei's own direct messages to a person in the chat.

    ``deleted`` were deleted, or would be. ``refused`` are those that the workspace doesn't allow to delete.
    """

    deleted: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class WorkflowRecord:
    """A workflow as the engine stores it. ``record`` holds all of its rows, by table."""

    id: str
    ended: bool
    argument: Any
    record: Mapping[str, Any] = field(default_factory=dict)


class People(Protocol):
    """Reads personal data within a transaction."""

    def find(self, name: str) -> Sequence[Subject]:
        """List the people that a login, account id, chat id, name or opaque id may refer to."""

    def scope(self, subject: Subject) -> DataScope:
        """Return the ids under which a person's own data, capstones and commands are stored."""

    def own_scope(self, subject: Subject) -> DataScope:
        """Return the ids under which a person's own data and pairs are stored, without their capstones."""

    def capstone_scope(self, capstone: int) -> DataScope:
        """Return the ids under which one capstone's data is stored."""

    def document(self, subject: Subject) -> dict[str, Any]:
        """Return all data about a person as JSON. Other people appear only as "somebody else"."""

    def traces(self, subject: Subject) -> PersonalTraces:
        """Return a person's names and ids, and the texts that only their own rows contain."""

    def published_items(self, subject: Subject) -> PublishedItems:
        """Return what was published about a person's capstones."""


class Erasures(Protocol):
    """Erases data within a transaction. Erasures return how many rows were deleted or blanked, by table."""

    def erase_person(self, subject: Subject, traces: PersonalTraces) -> Counts:
        """Erase a person with their capstones, and their words and names in others' data.

        The audit trail remains.
        """

    def erase_capstone(self, capstone: int) -> Counts:
        """Erase a capstone with everything below it. Only the cost of model calls remains."""

    def ended_capstones(self, before: datetime) -> Sequence[int]:
        """List the ids of capstones that ended before a moment."""

    def forget_answers(self, before: datetime) -> int:
        """Erase model answers from before a moment that no reading can still need; return how many.

        Their costs remain.
        """

    def forget_enquiry_answers(self, enrolment: int) -> int:
        """Erase what a model answered about what a member asked, since it may quote them; return how many."""

    def forget_askers(self, before: datetime) -> int:
        """Erase who asked, in the calls from before a moment about what people asked; return how many.

        Their costs remain.
        """


class WorkflowRecords(Protocol):
    """The engine's records of workflows. They can be read without a running engine."""

    def by_scope(self, scope: DataScope) -> Sequence[WorkflowRecord]:
        """List the workflows that concern a scope."""

    def forget(self, workflows: Sequence[str]) -> int:
        """Delete workflows with all their records, in any state; return how many there were."""

    def scrub(self, traces: PersonalTraces) -> int:
        """Remove a person's names and ids from the records of other workflows; return how many changed."""


class Clones(Protocol):
    """Clones of repositories on this machine."""

    def holds(self, repository: int) -> bool:
        """Return whether any file on disk is named after a repository's id."""

    def remove(self, repository: int) -> bool:
        """Remove a repository's clone; return whether there was one.

        Raises:
            UserError: the clone is being read.
        """


@dataclass(frozen=True, slots=True)
class TraceSearchResult:
    """The result of a search for traces.

    ``looked`` says how much was searched, by table and file: ``12 rows``. ``left`` counts the traces that are
    left, by ``table.column`` or the name of a file.
    """

    columns: int
    looked: Mapping[str, str]
    left: Mapping[str, int]


class TraceSearch(Protocol):
    """The database as a whole: locked, cleaned, and searched for traces of a person."""

    def hold_server_lock(self) -> AbstractContextManager[object]:
        """Hold the server lock, so that no other process restores the data that is being erased.

        Raises:
            UserError: a process serves the database.
        """

    def clean(self) -> bool:
        """Free and overwrite the space of deleted rows; return False if the database did not allow it."""

    def search(self, traces: PersonalTraces) -> TraceSearchResult:
        """Search every column of every table, and the bytes of a database file."""
