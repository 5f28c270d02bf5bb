"""The questions of a person's check-ins. They may name the person's decisions, so they go with them."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.check_ins.tables import CheckInRow
from bot.adapters.database.dojo.tables import EnrolmentRow
from bot.adapters.database.pull_requests.tables import QuestionRow


def questions_to(session: Session, person: str) -> frozenset[int]:
    """Return the ids of the questions that only a person's check-ins asked, in whatever capstone."""
    query = (
        select(QuestionRow.id)
        .join(CheckInRow, col(CheckInRow.question_id) == col(QuestionRow.id))
        .join(EnrolmentRow, col(EnrolmentRow.id) == col(CheckInRow.enrolment_id))
        .where(EnrolmentRow.person_id == person, col(QuestionRow.pull_request_id).is_(None))
    )
    return frozenset(number for number in session.exec(query) if number is not None)


def capstones_asked_about(session: Session, person: str) -> frozenset[int]:
    """Return the ids of the capstones that a person's check-ins were about."""
    query = (
        select(CheckInRow.capstone_id)
        .join(EnrolmentRow, col(EnrolmentRow.id) == col(CheckInRow.enrolment_id))
        .where(EnrolmentRow.person_id == person)
    )
    return frozenset(session.exec(query))


def has_check_ins_of_others(session: Session, capstone: int, person: str) -> bool:
    """Return whether anyone but a person was asked a check-in about a capstone."""
    query = (
        select(CheckInRow.id)
        .join(EnrolmentRow, col(EnrolmentRow.id) == col(CheckInRow.enrolment_id))
        .where(CheckInRow.capstone_id == capstone, EnrolmentRow.person_id != person)
    )
    return session.exec(query.limit(1)).first() is not None


def list_question_texts(session: Session, questions: frozenset[int]) -> list[str]:
    """Return the words of questions. The code that they quote is the capstone's."""
    rows = session.exec(select(QuestionRow).where(col(QuestionRow.id).in_(questions)))
    return [text for row in rows for text in (row.text, row.original_text or "")]


def blank_questions(session: Session, questions: frozenset[int]) -> int:
    """Erase the words of questions; return how many there were. Their places in the code stay."""
    blanked = (
        sa.update(QuestionRow).where(col(QuestionRow.id).in_(questions)).values(text="", original_text=None)
    )
    return int(session.connection().execute(blanked).rowcount)
