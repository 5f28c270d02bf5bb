"""Searching what a person may read."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.domain.dojo.people import EnrolmentState, Member
from bot.domain.sources.documents import FoundPassage, cohort_scope, rubric_scope
from bot.errors import PermanentError, TransientError, UserError
from bot.ports.sources import SearchIndex
from bot.ports.store import Store
from bot.workflows.sources.own_documents import OwnDocuments

log = structlog.get_logger(__name__)

LEAST_OF_A_KIND = 2
"""How many passages of each kind of source are found, if it has as many that fit."""


@dataclass(frozen=True)
class SourceSearch:
    """Searches the rubric with this id, the handbooks, and each person's own documents."""

    store: Store
    index: SearchIndex
    own: OwnDocuments
    rubric: str

    def find(self, enrolment: int, question: str, *, public: bool = False) -> Sequence[FoundPassage]:
        """Return the passages that fit a member's question, best first.

        With ``public``, others may read the answer, so the member's own documents are left out. Those who
        left a cohort read no more than everybody.

        Raises:
            UserError, TransientError: the index can't be searched.
        """
        with self.store.read() as tx:
            member = tx.members.get(enrolment)
        kinds = [[rubric_scope(self.rubric)]]
        if member.state is not EnrolmentState.LEFT:
            kinds.append([cohort_scope(member.cohort)])
            if not public:
                kinds.append(self._list_own(member))
        return self._search(question, kinds)

    def _list_own(self, member: Member) -> list[str]:
        """Return the scopes of a member's own documents, or none if these can't be brought up to date."""
        try:
            return list(self.own.bring_up_to_date(member))
        except (TransientError, PermanentError, UserError) as failed:
            log.warning("sources.own_not_searched", enrolment=member.enrolment, why=str(failed))
            return []

    def find_in_cohort(self, cohort: int, question: str) -> Sequence[FoundPassage]:
        """Return what every member of a cohort would find."""
        return self._search(question, [[rubric_scope(self.rubric)], [cohort_scope(cohort)]])

    def _search(self, question: str, kinds: Sequence[Sequence[str]]) -> Sequence[FoundPassage]:
        """Return the best passages of all kinds of sources, with at least a few of each kind that has any.

        A large handbook would otherwise hide the few passages about a check, or of the asker's own decision.
        """
        found = list(self.index.search(question, [scope for kind in kinds for scope in kind]))
        for kind in filter(None, kinds):
            if sum(passage.scope in kind for passage in found) < LEAST_OF_A_KIND:
                more = self.index.search(question, kind, LEAST_OF_A_KIND)
                found += [passage for passage in more if passage not in found]
        return sorted(found, key=lambda passage: passage.score, reverse=True)
