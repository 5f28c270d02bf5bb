"""Forgetting somebody, and proving it.

Clones and the engine's records go first, and the rows, which say whose those are, in one transaction after
them: an erasure that was killed is done again from its beginning, and ends the same.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from bot.domain.privacy.data_scope import Scope
from bot.domain.privacy.personal_traces import Traces
from bot.domain.text.numbers import number_in
from bot.ports.personal_data import Clones, Counts, Database, EngineRecords, Found, Shown, Who
from bot.ports.store import Store, Tx
from bot.workflows.privacy.export import known


@dataclass(frozen=True)
class Plan:
    """What would go, by kind; what was published stays, and is ``shown``."""

    who: Who
    counts: Counts
    shown: Shown


@dataclass(frozen=True)
class Erased:
    """What went, whether what it took was given back, and what a search for the person has found then."""

    plan: Plan | None
    cleaned: bool
    found: Found
    traces: Traces = field(repr=False)

    @property
    def complete(self) -> bool:
        """Whether nothing is left."""
        return self.cleaned and not self.found.left


class _Undo(Exception):  # noqa: N818 - unwinds a transaction
    """What was done was only to be counted."""


@dataclass(frozen=True)
class Erasing:
    """``plan`` may be called beside the running bot; ``erase`` holds the right to be it."""

    store: Store
    engine: EngineRecords
    clones: Clones
    database: Database

    def plan(self, name: str) -> Plan:
        """Say what would go; nothing is changed.

        Raises:
            UserError: nobody is known by that name, or several people are.
        """
        counts = Counter[str]()
        try:
            with self.store.begin() as tx:
                who, scope, traces, shown = self._known(tx, name)
                counts.update(tx.erasures.person(who, traces))
                raise _Undo
        except _Undo:
            pass
        counts["workflow"] = len(self.engine.of(scope))
        counts["clone"] = sum(self.clones.holds(each) for each in scope.repositories)
        return Plan(who, +counts, shown)

    def erase(self, name: str) -> Erased:
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
                return self._proved(None, _named(name), Scope())
            counts = Counter[str]()
            for repository in sorted(scope.repositories):
                counts["clone"] += self.clones.remove(repository)
            counts["workflow"] += self.engine.forget([each.id for each in self.engine.of(scope)])
            self.engine.scrub(traces)
            with self.store.begin() as tx:
                counts.update(tx.erasures.person(who, traces))
                tx.audit("operator", "person.erased", f"person:{who.id or 'in no cohort'}")
            return self._proved(Plan(who, +counts, shown), traces, scope)

    def _known(self, tx: Tx, name: str) -> tuple[Who, Scope, Traces, Shown]:
        who = known(tx, name)
        return who, tx.people.scope(who), tx.people.traces(who), tx.people.shown(who)

    def _proved(self, plan: Plan | None, traces: Traces, scope: Scope) -> Erased:
        """Clean, and search."""
        cleaned = self.database.clean()
        found = self.database.search(traces)
        left, looked = dict(found.left), dict(found.looked)
        looked["names of clones"] = f"{len(scope.repositories)} looked for"
        if clones := sum(self.clones.holds(each) for each in scope.repositories):
            left["names of clones"] = clones
        return Erased(plan, cleaned, replace(found, left=left, looked=looked), traces)


def _named(name: str) -> Traces:
    """Return what there is to look for where nothing but a name is known."""
    bare = name.strip().removeprefix("@")
    if (number := number_in(bare)) is not None:
        return Traces(numbers=frozenset({number}))
    return Traces(names=frozenset({bare}))
