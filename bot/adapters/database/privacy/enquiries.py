"""What people asked Sensei in their export, in an erasure, and among their own texts."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from bot.adapters.database.dojo.tables import EnrolmentRow
from bot.adapters.database.enquiries.tables import (
    EnquiryAnswerRow,
    EnquiryHandoverRow,
    EnquiryMessageRow,
    EnquiryRow,
    HandbookGapRow,
)
from bot.adapters.database.model_calls.tables import ModelCallRow
from bot.adapters.database.privacy.row_json import Json, as_json
from bot.domain.enquiries.records import model_repository
from bot.domain.privacy.third_parties import SOMEBODY_ELSE
from bot.domain.sources.markdown_files import redact

_UNEXPORTED = {"enquiry_id", "to_id", "chosen_id", "answered_by_id", "replies"}
"""Columns of hand-overs that name others, or where their messages are."""


def export_enquiries(session: Session, enrolment: int) -> list[Json]:
    """Return what somebody asked as a member, with the answers and hand-overs. Nobody else is named."""
    enquiries = select(EnquiryRow).where(EnquiryRow.enrolment_id == enrolment).order_by(col(EnquiryRow.id))
    return [_export_enquiry(session, row) for row in session.exec(enquiries)]


def export_answered_handovers(session: Session, person: str) -> list[Json]:
    """Return what somebody answered to hand-overs; not what was asked."""
    rows = select(EnquiryHandoverRow).where(EnquiryHandoverRow.answered_by_id == person)
    return [
        {"id": row.id, "answered_at": row.answered_at.isoformat() if row.answered_at else None}
        | {"answer": row.answer, "summary": SOMEBODY_ELSE}
        for row in session.exec(rows.order_by(col(EnquiryHandoverRow.id)))
    ]


def export_calls(session: Session, enrolment: int) -> list[Json]:
    """Return the calls to a model about what somebody asked as a member."""
    return [
        {**as_json(row), "answer": json.loads(row.answer) if row.answer else None}
        for row in session.exec(select_calls([enrolment]))
    ]


def select_calls(enrolments: list[int]) -> Any:
    """Return the query for the calls to a model about what people asked."""
    names = [model_repository(enrolment) for enrolment in enrolments]
    query = select(ModelCallRow).where(col(ModelCallRow.repository).in_(names))
    return query.order_by(col(ModelCallRow.id))


def own_enrolments(session: Session, person: str) -> list[int]:
    """List a person's enrolments."""
    query = select(EnrolmentRow.id).where(EnrolmentRow.person_id == person)
    return [enrolment for enrolment in session.exec(query) if enrolment is not None]


def erase_enquiries(session: Session, person: str) -> Counter[str]:
    """Delete what a person asked, and the words that they answered to others.

    Return how many rows were deleted or changed, by table.
    """
    asked = select(EnquiryRow.id).where(col(EnquiryRow.enrolment_id).in_(own_enrolments(session, person)))
    done = Counter[str](handbook_gap=_delete_gaps(session, person))
    tables = EnquiryHandoverRow, EnquiryAnswerRow, EnquiryMessageRow
    for table in tables:
        done[str(table.__tablename__)] += _execute(
            session, sa.delete(table).where(col(table.enquiry_id).in_(asked))
        )
    done["enquiry"] += _execute(session, sa.delete(EnquiryRow).where(col(EnquiryRow.id).in_(asked)))
    answered = col(EnquiryHandoverRow.answered_by_id) == person
    done["enquiry_handover"] += _execute(
        session,
        sa.update(EnquiryHandoverRow).where(answered).values(answer="", replies="[]", answered_by_id=None),
    )
    for column in (EnquiryHandoverRow.to_id, EnquiryHandoverRow.chosen_id):
        named = sa.update(EnquiryHandoverRow).where(col(column) == person)
        done["enquiry_handover"] += _execute(session, named.values({col(column): None}))
    return done


def _delete_gaps(session: Session, person: str) -> int:
    """Delete the gaps that are how one of a person's messages begins. Nothing else says whose they are."""
    own = own_enrolments(session, person)
    cohorts = select(EnrolmentRow.cohort_id).where(col(EnrolmentRow.id).in_(own))
    gaps = session.exec(select(HandbookGapRow).where(col(HandbookGapRow.cohort_id).in_(cohorts))).all()
    asked = select(EnquiryMessageRow.text).join(
        EnquiryRow, col(EnquiryRow.id) == col(EnquiryMessageRow.enquiry_id)
    )
    said = [
        words
        for text in session.exec(asked.where(col(EnquiryRow.enrolment_id).in_(own)))
        for words in (text, redact(text))
    ]
    theirs = [gap for gap in gaps if any(words.startswith(gap.text.strip()) for words in said)]
    for gap in theirs:
        session.delete(gap)
    session.flush()
    return len(theirs)


def list_enquiry_texts(session: Session, person: str, *, theirs: bool) -> Iterator[str]:
    """Yield what a person asked, agreed to show and answered to others, or what everyone else did."""
    enquiries = col(EnquiryRow.enrolment_id).in_(own_enrolments(session, person))
    asked = select(EnquiryRow.id).where(enquiries if theirs else sa.not_(enquiries))
    for column in (EnquiryMessageRow.text, EnquiryHandoverRow.summary):
        table: Any = column.class_  # type: ignore[attr-defined]
        yield from session.exec(select(column).where(col(table.enquiry_id).in_(asked)))
    answered = sa.func.coalesce(col(EnquiryHandoverRow.answered_by_id), "") == person
    yield from session.exec(select(EnquiryHandoverRow.answer).where(answered if theirs else ~answered))


def _export_enquiry(session: Session, row: EnquiryRow) -> Json:
    def read(table: type[SQLModel], but: set[str]) -> list[Json]:
        keyed: Any = table
        rows = session.exec(select(keyed).where(keyed.enquiry_id == row.id).order_by(keyed.id))
        return [as_json(one, but=but) for one in rows]

    return {
        **as_json(row, but={"enrolment_id"}),
        "messages": read(EnquiryMessageRow, {"enquiry_id"}),
        "answers": [
            {**answer, "citations": json.loads(answer["citations"])}
            for answer in read(EnquiryAnswerRow, {"enquiry_id"})
        ],
        "handovers": [
            {**handover, "to": SOMEBODY_ELSE if handover["told_at"] else None}
            for handover in read(EnquiryHandoverRow, _UNEXPORTED)
        ],
    }


def _execute(session: Session, statement: Any) -> int:
    return int(session.connection().execute(statement).rowcount)
