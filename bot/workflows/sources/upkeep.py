"""Keeping the index right: the rubric, the handbooks' readings, and what nobody may read any more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.dojo.people import EnrolmentState
from bot.domain.rubrics.rubric import Library
from bot.domain.sources.documents import PersonScope, cohort_scope, read_person_scope, rubric_scope
from bot.ports.sources import SearchIndex
from bot.ports.store import Store, Tx
from bot.workflows.sources.handbooks import add_handbook_jobs
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
        """Remove earlier rubrics, handbooks that cohorts no longer have, and what has no owner any more."""
        with self.store.read() as tx:
            readable = {rubric_scope(self.library.rubric.id)}
            readable |= {cohort_scope(handbook.cohort) for handbook in tx.handbooks.all()}
            gone = [scope for scope in scopes if scope not in readable and not _has_owner(tx, scope)]
        for scope in gone:
            self.index.remove(scope)
        if gone:
            log.info("sources.removed", scopes=len(gone))


def _has_owner(tx: Tx, scope: str) -> bool:
    owner = read_person_scope(scope)
    return owner is not None and _is_member(tx, owner) and _has_capstone(tx, owner)


def _is_member(tx: Tx, owner: PersonScope) -> bool:
    return any(
        role.cohort == owner.cohort and role.state is not EnrolmentState.LEFT
        for role in tx.members.roles(owner.person)
    )


def _has_capstone(tx: Tx, owner: PersonScope) -> bool:
    if owner.capstone is None:
        return True
    return any(capstone.id == owner.capstone for capstone in tx.capstones.by_participant(owner.person))
