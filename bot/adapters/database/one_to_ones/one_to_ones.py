"""The tables ``one_to_one`` and ``one_to_one_note``."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from bot.adapters.database.one_to_ones.tables import OneToOneNoteRow, OneToOneRow
from bot.domain.one_to_ones.records import OneToOne, OneToOneNote, OneToOneState, Worth

_IS_PLANNED = col(OneToOneRow.state) == OneToOneState.PLANNED
_ORDER = (col(OneToOneRow.at), col(OneToOneRow.id))


@dataclass
class SqlOneToOnes:
    """``ports.one_to_ones.OneToOnes`` over one session."""

    session: Session

    def plan(  # noqa: PLR0913, PLR0917 - one row's columns
        self, cohort: int, participant: str, sensei: str, at: datetime, now: datetime, event: str = ""
    ) -> OneToOne:
        """Store a one-to-one. ``event`` identifies it in a calendar."""
        row = OneToOneRow(
            cohort_id=cohort,
            participant_id=participant,
            sensei_id=sensei,
            at=at,
            state=OneToOneState.PLANNED,
            event=event,
            created_at=now,
        )
        self.session.add(row)
        self.session.flush()
        return _as_one_to_one(row)

    def find(self, one_to_one: int) -> OneToOne | None:
        """Return a one-to-one in any state, or None."""
        row = self.session.get(OneToOneRow, one_to_one)
        return _as_one_to_one(row) if row else None

    def move(self, one_to_one: int, at: datetime) -> None:
        """Store another time, at which anybody may attend."""
        row = self.session.get_one(OneToOneRow, one_to_one)
        row.at, row.attendee_id = at, None
        self.session.flush()

    def cancel(self, one_to_one: int, *, forget_event: bool = False) -> None:
        """Cancel a one-to-one. With ``forget_event``, its calendar can bring it again."""
        row = self.session.get_one(OneToOneRow, one_to_one)
        row.state = OneToOneState.CANCELLED
        if forget_event:
            row.event = ""
        self.session.flush()

    def adopt(self, one_to_one: int, event: str) -> None:
        """Store which event of a calendar a one-to-one is."""
        self.session.get_one(OneToOneRow, one_to_one).event = event
        self.session.flush()

    def note_attendee(self, one_to_one: int, person: str) -> None:
        """Store who met the participant."""
        self.session.get_one(OneToOneRow, one_to_one).attendee_id = person
        self.session.flush()

    def between(self, first: datetime, last: datetime) -> Sequence[OneToOne]:
        """List all planned one-to-ones from ``first`` to ``last``, by time."""
        return self._list(_IS_PLANNED, col(OneToOneRow.at) >= first, col(OneToOneRow.at) <= last)

    def planned_with(self, people: Collection[str], since: datetime) -> Sequence[OneToOne]:
        """List the planned one-to-ones from a moment on in which any of these people takes part, by time."""
        takes_part = or_(col(OneToOneRow.participant_id).in_(people), col(OneToOneRow.sensei_id).in_(people))
        return self._list(_IS_PLANNED, takes_part, col(OneToOneRow.at) >= since)

    def known_of(
        self, participant: str, sensei: str, since: datetime, events: Collection[str]
    ) -> Sequence[OneToOne]:
        """List a pair's one-to-ones in any state: those from a moment on, and those of these events."""
        wanted = or_(col(OneToOneRow.at) >= since, col(OneToOneRow.event).in_(events))
        return self._list(*_is_of_pair(participant, sensei), wanted)

    def last_before(self, participant: str, sensei: str, moment: datetime) -> OneToOne | None:
        """Return a pair's last planned one-to-one that began before a moment, or None."""
        earlier = self._list(*_is_of_pair(participant, sensei), _IS_PLANNED, col(OneToOneRow.at) < moment)
        return earlier[-1] if earlier else None

    def notes(self, one_to_one: int) -> Sequence[OneToOneNote]:
        """List what was said of a one-to-one, in the order of people's ids."""
        query = select(OneToOneNoteRow).where(OneToOneNoteRow.one_to_one_id == one_to_one)
        return [
            OneToOneNote(
                row.one_to_one_id,
                row.person_id,
                Worth(row.worth) if row.worth else None,
                row.decided,
                row.at,
                row.draft_id,
            )
            for row in self.session.exec(query.order_by(col(OneToOneNoteRow.person_id)))
        ]

    def set_worth(self, one_to_one: int, person: str, worth: Worth, at: datetime) -> None:
        """Store whether a person found it worth the hour."""
        row = self._get_note(one_to_one, person, at)
        row.worth = worth
        self.session.flush()

    def set_decided(self, one_to_one: int, person: str, decided: str, at: datetime) -> None:
        """Store what a person says was decided."""
        row = self._get_note(one_to_one, person, at)
        row.decided = decided
        self.session.flush()

    def note_draft(self, one_to_one: int, person: str, decision: int) -> None:
        """Store which decision was drafted from what a person says was decided."""
        self.session.get_one(OneToOneNoteRow, (one_to_one, person)).draft_id = decision
        self.session.flush()

    def _get_note(self, one_to_one: int, person: str, at: datetime) -> OneToOneNoteRow:
        row = self.session.get(OneToOneNoteRow, (one_to_one, person))
        if row is None:
            row = OneToOneNoteRow(one_to_one_id=one_to_one, person_id=person, at=at)
            self.session.add(row)
        row.at = at
        return row

    def _list(self, *conditions: sa.ColumnElement[bool]) -> list[OneToOne]:
        query = select(OneToOneRow).where(*conditions).order_by(*_ORDER)
        return [_as_one_to_one(row) for row in self.session.exec(query)]


def _is_of_pair(participant: str, sensei: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (col(OneToOneRow.participant_id) == participant, col(OneToOneRow.sensei_id) == sensei)


def _as_one_to_one(row: OneToOneRow) -> OneToOne:
    return OneToOne(
        row.id or 0,
        row.cohort_id,
        row.participant_id,
        row.sensei_id,
        row.at,
        OneToOneState(row.state),
        row.event,
        row.attendee_id,
    )
