"""What readings found out about decisions."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.decisions.tables import DecisionRow, DriftFindingRow
from bot.domain.decisions.drift import DriftFinding
from bot.domain.review.report import Citation
from bot.domain.text.storable_text import make_json_storable


def save_findings(session: Session, round_: str, findings: Sequence[DriftFinding]) -> None:
    """Store a round's findings in place of what was stored before."""
    session.connection().execute(sa.delete(DriftFindingRow).where(col(DriftFindingRow.round_id) == round_))
    session.add_all(
        DriftFindingRow(
            round_id=round_,
            decision_id=finding.decision,
            fingerprint=finding.fingerprint,
            citation=make_json_storable(finding.citation.model_dump(mode="json")),
            text=finding.text,
            inline=finding.inline,
            touched=finding.touched,
        )
        for finding in findings
        if session.get(DecisionRow, finding.decision) is not None
    )
    session.flush()


def list_findings(session: Session, round_: str) -> list[DriftFinding]:
    """List a round's findings in the order in which they were stored."""
    query = (
        select(DriftFindingRow).where(DriftFindingRow.round_id == round_).order_by(col(DriftFindingRow.id))
    )
    return [
        DriftFinding(
            row.decision_id,
            row.fingerprint,
            Citation.model_validate(row.citation),
            row.text,
            row.inline,
            row.touched,
        )
        for row in session.exec(query)
    ]
