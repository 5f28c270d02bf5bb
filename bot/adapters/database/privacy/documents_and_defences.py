"""Finding design documents and defences, by whose work they are about and by who wrote in them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.adapters.database.defences.tables import DefenceQuestionRow, DefenceRow, DefenceRulingRow
from bot.adapters.database.design_documents.tables import DesignDocumentRow
from bot.domain.privacy.data_scope import DataScope


@dataclass(frozen=True)
class DocumentAndDefenceQueries:
    """Finds design documents and defences. They belong to whoever was the capstone's participant then."""

    session: Session

    def documents_in(self, capstones: frozenset[int]) -> frozenset[int]:
        """Return the ids of all design documents of capstones, also those of a former participant."""
        return self._read_ids(
            select(DesignDocumentRow.id).where(col(DesignDocumentRow.capstone_id).in_(capstones))
        )

    def documents_by(self, person: str) -> frozenset[int]:
        """Return the ids of the design documents that a person gave."""
        return self._read_ids(select(DesignDocumentRow.id).where(DesignDocumentRow.person_id == person))

    def defences_in(self, capstones: frozenset[int]) -> frozenset[int]:
        """Return the ids of all defences of capstones, also those by a former participant."""
        return self._read_ids(select(DefenceRow.id).where(col(DefenceRow.capstone_id).in_(capstones)))

    def defences_by(self, person: str) -> frozenset[int]:
        """Return the ids of a person's own defences."""
        return self._read_ids(select(DefenceRow.id).where(DefenceRow.participant_id == person))

    def capstones_of(self, person: str) -> frozenset[int]:
        """Return the ids of the capstones in which a person gave a design document or has a defence."""
        gave = select(DesignDocumentRow.capstone_id).where(DesignDocumentRow.person_id == person)
        defended = select(DefenceRow.capstone_id).where(DefenceRow.participant_id == person)
        return self._read_ids(gave) | self._read_ids(defended)

    def texts(self, scope: DataScope, person: str, *, theirs: bool) -> Iterator[str]:
        """Yield what was written by a person, or about their work, or all the rest."""
        given = col(DesignDocumentRow.id).in_(scope.documents)
        for document in self.session.exec(
            select(DesignDocumentRow).where(given if theirs else sa.not_(given))
        ):
            yield from (document.text, document.path, document.head_sha)
            yield from _list_texts(json.loads(document.findings or "{}"))
        asked = col(DefenceQuestionRow.defence_id).in_(scope.defences)
        for question in self.session.exec(
            select(DefenceQuestionRow).where(asked if theirs else sa.not_(asked))
        ):
            yield from (question.text, question.path, question.quote)
            yield from (*question.follow_ups, *question.touches)
        ruled = or_(
            col(DefenceQuestionRow.defence_id).in_(scope.defences),
            col(DefenceRulingRow.ruled_by).is_not_distinct_from(person),
        )
        notes = select(DefenceRulingRow.note).join(
            DefenceQuestionRow, col(DefenceQuestionRow.id) == col(DefenceRulingRow.question_id)
        )
        yield from self.session.exec(notes.where(ruled if theirs else sa.not_(ruled)))

    def _read_ids(self, query: Any) -> frozenset[int]:
        return frozenset(self.session.exec(query))


def _list_texts(found: Any) -> Iterator[str]:
    """Yield what was quoted from a document and written about it."""
    for finding in found.get("findings", ()):
        yield from (finding["quote"], finding["missing"])
    yield from found.get("questions", ())
    yield from found.get("paths", ())
