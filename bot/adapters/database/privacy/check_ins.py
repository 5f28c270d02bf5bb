"""Check-ins and rhythms in a person's export, in an erasure, and among their own texts."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from bot.adapters.database.check_ins.tables import CheckInRow, RhythmChoiceRow, UnpromptedMessageRow
from bot.adapters.database.dojo.tables import EnrolmentRow
from bot.adapters.database.privacy.row_json import Json, as_json


def export_check_ins(session: Session, person: str) -> Json:
    """Return a person's check-ins, the rhythms that they chose, and on which days Sensei wrote to them."""
    own = _list_enrolments(person)
    asked = select(CheckInRow).where(col(CheckInRow.enrolment_id).in_(own)).order_by(col(CheckInRow.id))
    chosen = select(RhythmChoiceRow).where(col(RhythmChoiceRow.enrolment_id).in_(own))
    written = select(UnpromptedMessageRow).where(UnpromptedMessageRow.person_id == person)
    return {
        "check_ins": [as_json(row) for row in session.exec(asked)],
        "rhythms": [as_json(row) for row in session.exec(chosen.order_by(col(RhythmChoiceRow.enrolment_id)))],
        "unprompted_messages": [
            as_json(row, but={"person_id"})
            for row in session.exec(written.order_by(col(UnpromptedMessageRow.day)))
        ],
    }


def erase_check_ins(session: Session, person: str) -> Counter[str]:
    """Delete a person's check-ins, rhythms and days with a message; return how many rows, by table."""
    own = _list_enrolments(person)
    done = Counter[str]()
    for table, condition in (
        (CheckInRow, col(CheckInRow.enrolment_id).in_(own)),
        (RhythmChoiceRow, col(RhythmChoiceRow.enrolment_id).in_(own)),
        (UnpromptedMessageRow, col(UnpromptedMessageRow.person_id) == person),
    ):
        done[str(table.__tablename__)] += _delete(session, table, condition)
    return done


def erase_check_ins_about(session: Session, capstone: int) -> int:
    """Delete the check-ins about a capstone; return how many."""
    return _delete(session, CheckInRow, col(CheckInRow.capstone_id) == capstone)


def list_reasons(session: Session, person: str, *, theirs: bool) -> Iterator[str]:
    """Yield why a person skipped check-ins, or why everyone else did, in their own words."""
    wrote = col(CheckInRow.enrolment_id).in_(_list_enrolments(person))
    yield from session.exec(select(CheckInRow.reason).where(wrote if theirs else sa.not_(wrote)))


def _list_enrolments(person: str) -> Any:
    return select(EnrolmentRow.id).where(EnrolmentRow.person_id == person)


def _delete(session: Session, table: type[SQLModel], condition: sa.ColumnElement[bool]) -> int:
    return int(session.connection().execute(sa.delete(table).where(condition)).rowcount)
