"""A person in what is kept: finding them, showing them what is kept of them, and forgetting them."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.domain.pull_requests.records import Account

Counts = dict[str, int]
"""How many rows, by table."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person: ``id`` is our own opaque one, None for somebody who only wrote in others' pull requests.

    ``accounts`` are theirs at the code host, ``elsewhere`` their ids at other providers, ``called`` the names
    that they go by.
    """

    id: str | None
    accounts: tuple[Account, ...]
    elsewhere: tuple[str, ...] = ()
    called: tuple[str, ...] = ()

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of their accounts."""
        return frozenset(account.id for account in self.accounts)

    @property
    def ids(self) -> frozenset[str]:
        """Their ids at other providers, and our own one."""
        return frozenset((*self.elsewhere, *((self.id,) if self.id else ())))


@dataclass(frozen=True, slots=True)
class PublishedItems:
    """What was published at the code host, by its paths below the host's address."""

    reviews: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowRecord:
    """A workflow as the engine keeps it; ``record`` is all of it, by table."""

    id: str
    ended: bool
    argument: Any
    record: Mapping[str, Any] = field(default_factory=dict)


class People(Protocol):
    """Reads what is kept of people; part of a transaction."""

    def find(self, name: str) -> Sequence[Subject]:
        """List who may be meant by a login, a number, an id in the chat, a name or an opaque id."""

    def scope(self, who: Subject) -> DataScope:
        """Return the numbers under which things of their own capstones, and their commands, are kept."""

    def own(self, who: Subject) -> DataScope:
        """Return what they alone are kept under: their opaque id, their pairs; nothing of their capstones."""

    def scope_of(self, capstone: int) -> DataScope:
        """Return the numbers under which things of one capstone are kept."""

    def document(self, who: Subject) -> dict[str, Any]:
        """Return all that is kept of them, as JSON; of others nothing but that there was somebody else."""

    def traces(self, who: Subject) -> PersonalTraces:
        """Return what they are known by, and their words that nobody else's rows hold."""

    def shown(self, who: Subject) -> PublishedItems:
        """Return what was published about their capstones."""


class Erasures(Protocol):
    """Forgets; part of a transaction. Each returns how many rows of each table went or were blanked."""

    def person(self, who: Subject, traces: PersonalTraces) -> Counts:
        """Forget somebody: their capstones whole, their words and names in others'. The audit trail stays."""

    def capstone(self, capstone: int) -> Counts:
        """Forget a capstone with everything under it; of calls to a model the bill is kept."""

    def ended(self, before: datetime) -> Sequence[int]:
        """List the capstones that ended before a moment."""

    def answers(self, before: datetime) -> int:
        """Forget what a model answered before a moment, where no reading can want it any more.

        What it cost is kept. Return how many.
        """


class WorkflowRecords(Protocol):
    """What the engine keeps of workflows, whether or not one runs."""

    def of(self, scope: DataScope) -> Sequence[WorkflowRecord]:
        """List the workflows that are about somebody's capstones."""

    def forget(self, workflows: Sequence[str]) -> int:
        """Forget workflows wholly, whatever their state; return how many there were."""

    def scrub(self, traces: PersonalTraces) -> int:
        """Take a person's names and numbers out of what is kept of other workflows; return of how many."""


class Clones(Protocol):
    """Clones of repositories on this machine."""

    def holds(self, repository: int) -> bool:
        """Say whether anything on disk bears a repository's number."""

    def remove(self, repository: int) -> bool:
        """Remove a repository's clone; say whether there was one.

        Raises:
            UserError: it is being read.
        """


@dataclass(frozen=True, slots=True)
class TraceSearchResult:
    """A search's result.

    ``looked`` is how much was looked through, by table and file: ``12 rows``. ``left`` is where something is
    left, as ``table.column`` or a file's name, and how often.
    """

    columns: int
    looked: Mapping[str, str]
    left: Mapping[str, int]


class TraceSearch(Protocol):
    """The database as a whole."""

    def alone(self) -> AbstractContextManager[object]:
        """Hold the right to serve it, so that nobody writes anew what is being forgotten.

        Raises:
            UserError: a process serves it.
        """

    def clean(self) -> bool:
        """Give back what deleted rows took, overwritten; False where the database did not allow it."""

    def search(self, traces: PersonalTraces) -> TraceSearchResult:
        """Look through every column of every table, and through a file's bytes."""
