"""Searching what a person may read."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.dojo.people import EnrolmentState
from bot.domain.sources.documents import FoundPassage, cohort_scope, rubric_scope
from bot.ports.sources import SearchIndex
from bot.ports.store import Store
from bot.workflows.sources.own_documents import OwnDocuments


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
        """
        with self.store.read() as tx:
            member = tx.members.get(enrolment)
        scopes = [rubric_scope(self.rubric)]
        if member.state is not EnrolmentState.LEFT:
            scopes.append(cohort_scope(member.cohort))
            if not public:
                scopes += self.own.bring_up_to_date(member)
        return self.index.search(question, scopes)

    def find_in_cohort(self, cohort: int, question: str) -> Sequence[FoundPassage]:
        """Return what every member of a cohort would find."""
        return self.index.search(question, [rubric_scope(self.rubric), cohort_scope(cohort)])
