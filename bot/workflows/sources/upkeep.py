"""Keeping the index right: the rubric, the handbooks' readings, and what nobody may read any more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.rubrics.rubric import Library
from bot.domain.sources.documents import PersonScope, cohort_scope, read_person_scope, rubric_scope
from bot.ports.sources import SearchIndex
from bot.ports.store import Store, Tx
from bot.workflows.sources.handbooks import add_handbook_jobs
from bot.workflows.sources.own_documents import list_stored_keys
from bot.workflows.sources.rubric import index_rubric

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SourceUpkeep:
    """What `sensei serve` does at its start and every few minutes. It connects to nobody."""

    store: Store
    index: SearchIndex
    library: Library
    now: Callable[[], datetime]

    def keep(self, starting: bool) -> None:
        """Index the rubric at the start or if it was lost, let handbooks be read, and forget the rest."""
        scopes = self.index.list_scopes()
        if starting or rubric_scope(self.library.rubric.id) not in scopes:
            index_rubric(self.index, self.library)
        self._remove_unreadable(scopes)
        with self.store.begin() as tx:
            add_handbook_jobs(tx, scopes, self.now(), starting=starting)

    def _remove_unreadable(self, scopes: Sequence[str]) -> None:
        """Remove earlier rubrics, handbooks that cohorts no longer have, and what is nobody's any more."""
        with self.store.read() as tx:
            readable = {rubric_scope(self.library.rubric.id)}
            readable |= {cohort_scope(handbook.cohort) for handbook in tx.handbooks.all()}
            gone = [scope for scope in scopes if scope not in readable and not self._is_current(tx, scope)]
        for scope in gone:
            self.index.remove(scope)
        if gone:
            log.info("sources.removed", scopes=len(gone))

    def _is_current(self, tx: Tx, scope: str) -> bool:
        """Return whether a scope is still somebody's own, and holds nothing that they withdrew.

        One that is removed is made anew when they next ask.
        """
        owner = read_person_scope(scope)
        member = _find_member(tx, owner) if owner else None
        if owner is None or member is None:
            return False
        if owner.capstone is None:
            return list_stored_keys(tx, member).issuperset(self.index.list_documents(scope))
        return any(capstone.id == owner.capstone for capstone in tx.capstones.by_participant(owner.person))


def _find_member(tx: Tx, owner: PersonScope) -> Member | None:
    return next(
        (
            role
            for role in tx.members.roles(owner.person)
            if role.cohort == owner.cohort and role.state is not EnrolmentState.LEFT
        ),
        None,
    )
