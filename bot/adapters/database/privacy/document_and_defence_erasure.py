"""Erasing design documents and defences."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from bot.adapters.database.defences.tables import DefenceQuestionRow, DefenceRow, DefenceRulingRow
from bot.adapters.database.design_documents.tables import DesignDocumentRow
from bot.domain.privacy.data_scope import DataScope


@dataclass(frozen=True)
class DocumentAndDefenceErasure:
    """Erases design documents and defences; returns how many rows were deleted or changed, by table."""

    session: Session

    def erase_in_capstone(self, scope: DataScope) -> Counter[str]:
        """Erase the documents and the defences of a capstone."""
        done = self._erase_defences(col(DefenceRow.capstone_id).in_(scope.capstones))
        mine = col(DesignDocumentRow.capstone_id).in_(scope.capstones)
        done["design_document"] += self._delete(DesignDocumentRow, mine)
        return done

    def erase_person(self, person: str) -> Counter[str]:
        """Erase a person's documents and defences wherever they are, and a sensei's words and id.

        A sensei's rulings stay, without their sentence.
        """
        done = self._erase_defences(col(DefenceRow.participant_id) == person)
        done["design_document"] += self._delete(DesignDocumentRow, col(DesignDocumentRow.person_id) == person)
        by = col(DefenceRulingRow.ruled_by) == person
        done["defence_ruling"] += self._change(DefenceRulingRow, by, ruled_by=None, note="")
        prepared = col(DefenceRow.prepared_by) == person
        done["defence"] += self._change(DefenceRow, prepared, prepared_by=None)
        return done

    def _erase_defences(self, condition: sa.ColumnElement[bool]) -> Counter[str]:
        defences = sa.select(DefenceRow.id).where(condition)  # type: ignore[call-overload]
        asked = col(DefenceQuestionRow.defence_id).in_(defences)
        questions = sa.select(DefenceQuestionRow.id).where(asked)  # type: ignore[call-overload]
        done = Counter(
            defence_ruling=self._delete(DefenceRulingRow, col(DefenceRulingRow.question_id).in_(questions))
        )
        done["defence_question"] += self._delete(DefenceQuestionRow, asked)
        done["defence"] += self._delete(DefenceRow, condition)
        return done

    def _delete(self, table: type[SQLModel], condition: sa.ColumnElement[bool]) -> int:
        return int(self.session.connection().execute(sa.delete(table).where(condition)).rowcount)

    def _change(self, table: type[SQLModel], condition: sa.ColumnElement[bool], **values: Any) -> int:
        statement = sa.update(table).where(condition).values(**values)
        return int(self.session.connection().execute(statement).rowcount)
