"""Design documents, and what was found in them."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from bot.adapters.database.design_documents.tables import DesignDocumentRow
from bot.adapters.database.pull_requests.tables import CapstoneRow
from bot.domain.design_documents.records import (
    DesignDocument,
    DocumentFinding,
    DocumentProblem,
    DocumentReading,
    DocumentSource,
    DocumentState,
    DocumentStatement,
    Says,
)


@dataclass
class SqlDesignDocuments:
    """The ``design_document`` table."""

    session: Session

    def add(  # noqa: PLR0913 - one row's columns
        self,
        capstone: int,
        person: str,
        *,
        source: DocumentSource,
        path: str = "",
        text: str = "",
        at: datetime,
    ) -> DesignDocument:
        """Store a document that waits to be read."""
        row = DesignDocumentRow(
            capstone_id=capstone,
            person_id=person,
            source=source,
            path=path,
            text=text,
            state=DocumentState.WAITING,
            at=at,
        )
        self.session.add(row)
        self.session.flush()
        return _as_document(row)

    def find(self, document: int) -> DesignDocument | None:
        """Return a document, or None."""
        row = self.session.get(DesignDocumentRow, document)
        return _as_document(row) if row else None

    def newest(self, capstone: int) -> DesignDocument | None:
        """Return the document that was given last, or None."""
        query = select(DesignDocumentRow).where(*_by_participants([capstone]))
        row = self.session.exec(query.order_by(col(DesignDocumentRow.id).desc())).first()
        return _as_document(row) if row else None

    def choose(self, document: int, path: str) -> None:
        """Store which file it is."""
        row = self.session.get_one(DesignDocumentRow, document)
        row.path, row.state, row.problem, row.findings = path, DocumentState.WAITING, "", ""
        self.session.flush()

    def save_reading(
        self, document: int, head: str, path: str, reading: DocumentReading, at: datetime
    ) -> None:
        """Store what was found in it."""
        row = self.session.get_one(DesignDocumentRow, document)
        row.head_sha, row.path, row.state, row.problem = head, path, DocumentState.READ, ""
        row.findings, row.read_at = json.dumps(asdict(reading), ensure_ascii=False), at
        self.session.flush()

    def save_problem(
        self,
        document: int,
        state: DocumentState,
        problem: DocumentProblem,
        paths: Sequence[str] = (),
        head: str = "",
    ) -> None:
        """Store why it wasn't read."""
        row = self.session.get_one(DesignDocumentRow, document)
        row.state, row.problem, row.head_sha = state, problem, head
        row.findings = json.dumps({"paths": list(paths)}, ensure_ascii=False) if paths else ""
        self.session.flush()

    def list_statements(self, capstones: Collection[int]) -> Sequence[DocumentStatement]:
        """List what the newest read document of each capstone says about checks."""
        found = self.session.execute(_select_newest_read(), {"capstones": list(capstones)}).scalars()
        return [
            DocumentStatement(row.capstone_id, row.id or 0, finding)
            for row in found
            for finding in _parse_reading(json.loads(row.findings)).findings
        ]


@cache
def _select_newest_read() -> sa.Select[DesignDocumentRow]:
    """Return the query of ``list_statements``, which is made once: making it takes longer than the answer."""
    newest = (
        sa.select(func.max(DesignDocumentRow.id))
        .where(
            *_by_participants(sa.bindparam("capstones", expanding=True)),
            col(DesignDocumentRow.state) == DocumentState.READ,
        )
        .group_by(col(DesignDocumentRow.capstone_id))
    )
    return (
        sa.select(DesignDocumentRow)
        .where(col(DesignDocumentRow.id).in_(newest))
        .order_by(col(DesignDocumentRow.id))
    )


def _by_participants(capstones: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Limit a query to documents by the capstones' participants of now."""
    participant = (
        select(CapstoneRow.participant_id)
        .where(col(CapstoneRow.id) == col(DesignDocumentRow.capstone_id))
        .correlate(DesignDocumentRow)
        .scalar_subquery()
    )
    return (
        col(DesignDocumentRow.capstone_id).in_(capstones),
        col(DesignDocumentRow.person_id) == participant,
    )


def _as_document(row: DesignDocumentRow) -> DesignDocument:
    found: dict[str, Any] = json.loads(row.findings) if row.findings else {}
    return DesignDocument(
        row.id or 0,
        row.capstone_id,
        row.person_id,
        DocumentSource(row.source),
        row.path,
        row.head_sha,
        row.text,
        DocumentState(row.state),
        DocumentProblem(row.problem) if row.problem else None,
        row.at,
        row.read_at,
        tuple(found.get("paths", ())),
        _parse_reading(found) if row.state == DocumentState.READ else None,
    )


def _parse_reading(found: dict[str, Any]) -> DocumentReading:
    findings = tuple(
        DocumentFinding(one["check"], Says(one["says"]), one["quote"], one["line"], one["missing"])
        for one in found["findings"]
    )
    return DocumentReading(tuple(found["asked"]), findings, tuple(found["questions"]))
