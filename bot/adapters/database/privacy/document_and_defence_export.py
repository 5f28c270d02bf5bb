"""Design documents and defences in the export of a person's data.

The questions of a defence that is still to come are for the sensei alone, and what a strong answer would
touch on always is.
"""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from bot.adapters.database.defences.tables import DefenceQuestionRow, DefenceRow, DefenceRulingRow
from bot.adapters.database.design_documents.tables import DesignDocumentRow
from bot.adapters.database.privacy.row_json import Json, as_json
from bot.domain.defences.records import DefenceState
from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.third_parties import SOMEBODY_ELSE
from bot.ports.personal_data import Subject

DEFENCE_CALLS = "defence"
"""The purpose of calls to a model whose answers are for senseis: they word the questions of a defence."""
_FOR_SENSEIS = {"follow_ups", "touches", "replaced"}
_WHOSE = {"capstone_id", "person_id", "participant_id", "prepared_by"}


@dataclass(frozen=True)
class DocumentAndDefenceExport:
    """Exports a person's design documents and defences, and what they ruled as a sensei."""

    session: Session
    subject: Subject

    @property
    def _person(self) -> str:
        return self.subject.id or ""

    def of_capstone(self, capstone: int) -> Json:
        """Return the person's own documents and defences in a capstone."""
        return {
            "design_documents": [
                self._export_document(row) for row in self._documents() if row.capstone_id == capstone
            ],
            "defences": [
                self._export_defence(row) for row in self._defences() if row.capstone_id == capstone
            ],
        }

    def elsewhere(self, scope: DataScope) -> Json:
        """Return those in former capstones, and the rulings that the person made as a sensei."""
        ruled = self._read_rows(DefenceRulingRow, DefenceRulingRow.ruled_by == self._person)
        return {
            "design_documents": [
                {"capstone": row.capstone_id, **self._export_document(row)}
                for row in self._documents()
                if row.capstone_id not in scope.capstones
            ],
            "defences": [
                {"capstone": row.capstone_id, **self._export_defence(row)}
                for row in self._defences()
                if row.capstone_id not in scope.capstones
            ],
            "defence_rulings": [as_json(row, but={"ruled_by"}) for row in ruled],
        }

    def _export_document(self, row: DesignDocumentRow) -> Json:
        found = json.loads(row.findings) if row.findings else None
        return {**as_json(row, but=_WHOSE), "findings": found}

    def _export_defence(self, row: DefenceRow) -> Json:
        is_over = row.state == DefenceState.HELD
        asked = self._read_rows(DefenceQuestionRow, DefenceQuestionRow.defence_id == row.id)
        return {
            **as_json(row, but=_WHOSE | _FOR_SENSEIS),
            "questions": [self._export_question(one) for one in asked] if is_over else [],
        }

    def _export_question(self, row: DefenceQuestionRow) -> Json:
        rulings = self._read_rows(DefenceRulingRow, DefenceRulingRow.question_id == row.id)
        return {
            **as_json(row, but={"defence_id", *_FOR_SENSEIS}),
            "rulings": [
                {**as_json(one, but={"question_id", "ruled_by"}), "sensei": self._name(one.ruled_by)}
                for one in rulings
            ],
        }

    def _documents(self) -> list[DesignDocumentRow]:
        return self._read_rows(DesignDocumentRow, DesignDocumentRow.person_id == self._person)

    def _defences(self) -> list[DefenceRow]:
        return self._read_rows(DefenceRow, DefenceRow.participant_id == self._person)

    def _name(self, person: str | None) -> str | None:
        return None if person is None else "themselves" if person == self.subject.id else SOMEBODY_ELSE

    def _read_rows(self, table: type[Any], condition: Any) -> list[Any]:
        return list(self.session.exec(select(table).where(condition).order_by(col(table.id))))
