"""Erasing a person's data, and proving that it is gone.

Messages in the chat, clones, the search index and the engine's records are erased first, because the rows
say whom they belong to. The rows follow in one transaction. So an erasure that was killed can be repeated
from the start, with the same result.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.domain.privacy.third_parties import CHAT_USER
from bot.domain.sources.documents import read_person_scope
from bot.domain.text.numbers import parse_number
from bot.ports.chat import PostedMessage
from bot.ports.personal_data import (
    Clones,
    Counts,
    DirectMessages,
    PublishedItems,
    Subject,
    TraceSearch,
    TraceSearchResult,
    WorkflowRecords,
)
from bot.ports.sources import SearchIndex
from bot.ports.store import Store, Tx
from bot.workflows.privacy.export import find_namesakes, find_person
from bot.workflows.privacy.message_deletion import MessageDeletion

_ABOUT_ENQUIRIES = ("enquiry_answer", "message:enquiries.handover")
"""How the keys of messages about what a person asked begin that others may read. Their enrolment follows."""


@dataclass(frozen=True)
class ErasurePlan:
    """What an erasure would remove, by kind. ``shown`` was published, and remains.

    ``in_chat`` says whether they have a chat account. ``messages`` are Sensei's direct messages to them, or
    None if these remain. ``namesakes`` are other records that may be about the same person; they remain.
    """

    person: Subject
    counts: Counts
    shown: PublishedItems
    in_chat: bool = False
    messages: DirectMessages | None = None
    namesakes: tuple[Subject, ...] = ()


@dataclass(frozen=True)
class ErasureResult:
    """What was removed, whether its space was overwritten, and what the search afterwards found."""

    plan: ErasurePlan | None
    cleaned: bool
    found: TraceSearchResult
    traces: PersonalTraces = field(repr=False)
    messages: DirectMessages | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return self.cleaned and not self.found.left


class _RollBack(Exception):  # noqa: N818 - unwinds a transaction
    """Raised to undo changes that were made only to count them."""


@dataclass(frozen=True)
class Erasure:
    """Plans and carries out erasures.

    ``plan`` may be called while the bot runs. ``erase`` may not: it holds the bot's own lock. With
    ``messages``, Sensei's direct messages to the person are deleted too. Without ``index``, there is none.
    """

    store: Store
    engine: WorkflowRecords
    clones: Clones
    database: TraceSearch
    messages: MessageDeletion | None = None
    index: SearchIndex | None = None

    def plan(self, name: str) -> ErasurePlan:
        """Return what would be removed, without changing anything.

        Raises:
            UserError: nobody is known by that name, or several people are.
        """
        counts = Counter[str]()
        try:
            with self.store.begin() as tx:
                person, scope, traces, shown = self._find_data(tx, name)
                namesakes, for_others = find_namesakes(tx, person), _list_about_enquiries(tx, scope)
                counts.update(tx.erasures.erase_person(person, traces))
                raise _RollBack
        except _RollBack:
            pass
        counts["workflow"] = len(self.engine.by_scope(scope))
        counts["clone"] = sum(self.clones.holds(repository) for repository in scope.repositories)
        counts["search index"] = len(self._list_indexed(scope))
        messages = self.messages.count(scope.users, for_others) if self.messages and scope.users else None
        return ErasurePlan(person, +counts, shown, bool(scope.users), messages, namesakes)

    def erase(self, name: str) -> ErasureResult:
        """Erase a person's data, and search for any traces left. If the name is no longer known, only search.

        Raises:
            UserError: a process serves the database, a clone is being read, or several people may be meant.
        """
        with self.database.hold_server_lock():
            with self.store.read() as tx:
                is_known = bool(tx.people.find(name))
                if is_known:
                    person, scope, traces, shown = self._find_data(tx, name)
                    namesakes, for_others = find_namesakes(tx, person), _list_about_enquiries(tx, scope)
            if not is_known:
                messages = self._delete_messages(
                    frozenset({name.strip()} if CHAT_USER.fullmatch(name.strip()) else ())
                )
                result = self._clean_and_search(None, _traces_of_name(name), DataScope())
                return replace(result, messages=messages)
            messages = self._delete_messages(scope.users, for_others)
            counts = Counter[str]()
            for repository in sorted(scope.repositories):
                counts["clone"] += self.clones.remove(repository)
            counts["search index"] += self._remove_indexed(scope)
            counts["workflow"] += self.engine.forget(
                [workflow.id for workflow in self.engine.by_scope(scope)]
            )
            self.engine.scrub(traces)
            with self.store.begin() as tx:
                counts.update(tx.erasures.erase_person(person, traces))
                tx.audit("operator", "person.erased", f"person:{person.id or 'in no cohort'}")
            plan = ErasurePlan(person, +counts, shown, bool(scope.users), messages, namesakes)
            return replace(self._clean_and_search(plan, traces, scope), messages=messages)

    def _delete_messages(
        self, users: Collection[str], others: Sequence[PostedMessage] = ()
    ) -> DirectMessages | None:
        """Delete messages before the rows, which are needed to repeat this after a crash."""
        return self.messages.delete(users, others) if self.messages and users else None

    def _list_indexed(self, scope: DataScope) -> Sequence[str]:
        """List the scopes of the search index that hold their own documents."""
        return [
            name
            for name in (self.index.list_scopes() if self.index else ())
            if (owner := read_person_scope(name)) is not None and owner.person in scope.people
        ]

    def _remove_indexed(self, scope: DataScope) -> int:
        """Remove their own documents from the search index, whose file is not part of the database."""
        found = self._list_indexed(scope)
        for name in found:
            if self.index is not None:
                self.index.remove(name)
        return len(found)

    def _find_data(self, tx: Tx, name: str) -> tuple[Subject, DataScope, PersonalTraces, PublishedItems]:
        person = find_person(tx, name)
        return person, tx.people.scope(person), tx.people.traces(person), tx.people.published_items(person)

    def _clean_and_search(
        self, plan: ErasurePlan | None, traces: PersonalTraces, scope: DataScope
    ) -> ErasureResult:
        """Overwrite the space of deleted rows, and search for traces that are left."""
        cleaned = self.database.clean()
        found = self.database.search(traces)
        left, looked = dict(found.left), dict(found.looked)
        looked["names of clones"] = f"{len(scope.repositories)} checked"
        if clones := sum(self.clones.holds(repository) for repository in scope.repositories):
            left["names of clones"] = clones
        indexed = self._list_indexed(scope)
        looked["scopes of the search index"] = f"{len(self.index.list_scopes()) if self.index else 0} checked"
        if indexed:
            left["scopes of the search index"] = len(indexed)
        return ErasureResult(plan, cleaned, replace(found, left=left, looked=looked), traces)


def _list_about_enquiries(tx: Tx, scope: DataScope) -> list[PostedMessage]:
    """List the messages about what somebody asked, in channels too, and those that passed it on to others."""
    found = [
        place.partition(" ")
        for enrolment in sorted(scope.enrolments)
        for kind in _ABOUT_ENQUIRIES
        for place in tx.effects.find_by_prefix(":".join((kind, str(enrolment), ""))).values()
        if place
    ]
    return [PostedMessage(channel, ts) for channel, _, ts in found]


def _traces_of_name(name: str) -> PersonalTraces:
    """Return the traces to search for if only a name is known."""
    bare = name.strip().removeprefix("@")
    if (number := parse_number(bare)) is not None:
        return PersonalTraces(numbers=frozenset({number}))
    return PersonalTraces(names=frozenset({bare}))
