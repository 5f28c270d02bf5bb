"""Forgetting somebody, and proving it.

Clones and the engine's records go first, and the rows, which say whose those are, in one transaction after
them: an erasure that was killed is done again from its beginning, and ends the same.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.personal_traces import PersonalTraces
from bot.domain.text.numbers import parse_number
from bot.ports.personal_data import (
    Clones,
    Counts,
    PublishedItems,
    Subject,
    TraceSearch,
    TraceSearchResult,
    WorkflowRecords,
)
from bot.ports.store import Store, Tx
from bot.workflows.privacy.export import find_person


@dataclass(frozen=True)
class ErasurePlan:
    """What would go, by kind; what was published stays, and is ``shown``."""

    who: Subject
    counts: Counts
    shown: PublishedItems


@dataclass(frozen=True)
class ErasureResult:
    """What went, whether what it took was given back, and what a search for the person has found then."""

    plan: ErasurePlan | None
    cleaned: bool
    found: TraceSearchResult
    traces: PersonalTraces = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return self.cleaned and not self.found.left


class _RollBack(Exception):  # noqa: N818 - unwinds a transaction
    """What was done was only to be counted."""


@dataclass(frozen=True)
class Erasure:
    """``plan`` may be called beside the running bot; ``erase`` holds the right to be it."""

    store: Store
    engine: WorkflowRecords
    clones: Clones
    database: TraceSearch

    def plan(self, name: str) -> ErasurePlan:
        """Say what would go; nothing is changed.

        Raises:
            UserError: nobody is known by that name, or several people are.
        """
        counts = Counter[str]()
        try:
            with self.store.begin() as tx:
                who, scope, traces, shown = self._known(tx, name)
                counts.update(tx.erasures.person(who, traces))
                raise _RollBack
        except _RollBack:
            pass
        counts["workflow"] = len(self.engine.of(scope))
        counts["clone"] = sum(self.clones.holds(each) for each in scope.repositories)
        return ErasurePlan(who, +counts, shown)

    def erase(self, name: str) -> ErasureResult:
        """Forget somebody, and search for what may be left; of a name that is not known any more as well.

        Raises:
            UserError: a process serves the database, a clone is being read, or several people may be meant.
        """
        with self.database.alone():
            with self.store.begin() as tx:
                nobody = not tx.people.find(name)
                if not nobody:
                    who, scope, traces, shown = self._known(tx, name)
            if nobody:
                return self._proved(None, _named(name), DataScope())
            counts = Counter[str]()
            for repository in sorted(scope.repositories):
                counts["clone"] += self.clones.remove(repository)
            counts["workflow"] += self.engine.forget([each.id for each in self.engine.of(scope)])
            self.engine.scrub(traces)
            with self.store.begin() as tx:
                counts.update(tx.erasures.person(who, traces))
                tx.audit("operator", "person.erased", f"person:{who.id or 'in no cohort'}")
            return self._proved(ErasurePlan(who, +counts, shown), traces, scope)

    def _known(self, tx: Tx, name: str) -> tuple[Subject, DataScope, PersonalTraces, PublishedItems]:
        who = find_person(tx, name)
        return who, tx.people.scope(who), tx.people.traces(who), tx.people.shown(who)

    def _proved(self, plan: ErasurePlan | None, traces: PersonalTraces, scope: DataScope) -> ErasureResult:
        """Clean, and search."""
        cleaned = self.database.clean()
        found = self.database.search(traces)
        left, looked = dict(found.left), dict(found.looked)
        looked["names of clones"] = f"{len(scope.repositories)} looked for"
        if clones := sum(self.clones.holds(each) for each in scope.repositories):
            left["names of clones"] = clones
        return ErasureResult(plan, cleaned, replace(found, left=left, looked=looked), traces)


def _named(name: str) -> PersonalTraces:
    """Return what there is to look for where nothing but a name is known."""
    bare = name.strip().removeprefix("@")
    if (number := parse_number(bare)) is not None:
        return PersonalTraces(numbers=frozenset({number}))
    return PersonalTraces(names=frozenset({bare}))
