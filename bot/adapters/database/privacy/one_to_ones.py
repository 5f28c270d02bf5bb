"""One-to-ones and calendars in a person's export, in an erasure, and among their own texts."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, or_, select

from bot.adapters.database.dojo.tables import EnrolmentRow
from bot.adapters.database.one_to_ones.tables import CalendarLinkRow, OneToOneNoteRow, OneToOneRow
from bot.adapters.database.privacy.row_json import Json, as_json
from bot.domain.privacy.third_parties import SOMEBODY_ELSE


def takes_part(person: str) -> sa.ColumnElement[bool]:
    """Return the condition that a person is one of the two of a one-to-one, or stood in as a deputy."""
    return or_(
        col(OneToOneRow.participant_id) == person,
        col(OneToOneRow.sensei_id) == person,
        col(OneToOneRow.attendee_id) == person,
    )


def export_one_to_ones(session: Session, person: str) -> Json:
    """Return a person's one-to-ones, what they said of them, and the calendars that they added.

    The other of the two isn't named, and nothing that they said is shown.
    """
    meetings = session.exec(select(OneToOneRow).where(takes_part(person)).order_by(col(OneToOneRow.id)))
    notes = session.exec(
        select(OneToOneNoteRow)
        .where(OneToOneNoteRow.person_id == person)
        .order_by(col(OneToOneNoteRow.one_to_one_id))
    )
    calendars = session.exec(
        select(CalendarLinkRow)
        .where(CalendarLinkRow.added_by == person)
        .order_by(col(CalendarLinkRow.enrolment_id))
    )
    return {
        "one_to_ones": [
            {
                **as_json(row, but={"participant_id", "sensei_id", "attendee_id"}),
                "as": "participant" if row.participant_id == person else "sensei",
                "with": SOMEBODY_ELSE,
            }
            for row in meetings
        ],
        "one_to_one_notes": [as_json(row, but={"person_id"}) for row in notes],
        "calendars": [as_json(row, but={"added_by", "enrolment_id", "looks_for"}) for row in calendars],
    }


def erase_one_to_ones(session: Session, person: str) -> Counter[str]:
    """Delete a person's one-to-ones with all that was said of them, their notes, and their calendars.

    Return how many rows were deleted, by table.
    """
    own = select(EnrolmentRow.id).where(EnrolmentRow.person_id == person)
    meetings = select(OneToOneRow.id).where(takes_part(person))
    done = Counter[str]()
    for table, condition in (
        (
            CalendarLinkRow,
            or_(col(CalendarLinkRow.added_by) == person, col(CalendarLinkRow.enrolment_id).in_(own)),
        ),
        (
            OneToOneNoteRow,
            or_(col(OneToOneNoteRow.person_id) == person, col(OneToOneNoteRow.one_to_one_id).in_(meetings)),
        ),
        (OneToOneRow, takes_part(person)),
    ):
        done[str(table.__tablename__)] += _delete(session, table, condition)
    return done


def list_texts(session: Session, person: str, *, theirs: bool) -> Iterator[str]:
    """Yield what a person wrote about one-to-ones and calendars, or what everyone else did."""
    wrote = col(OneToOneNoteRow.person_id) == person
    yield from session.exec(select(OneToOneNoteRow.decided).where(wrote if theirs else sa.not_(wrote)))
    added = col(CalendarLinkRow.added_by) == person
    for row in session.exec(select(CalendarLinkRow).where(added if theirs else sa.not_(added))):
        yield from (row.address, row.title)


def _delete(session: Session, table: type[SQLModel], condition: sa.ColumnElement[bool]) -> int:
    return int(session.connection().execute(sa.delete(table).where(condition)).rowcount)
