"""Who is written to about a one-to-one, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import Absence, WorkingHours
from bot.domain.one_to_ones.message_times import (
    find_brief_end,
    find_brief_time,
    find_question_end,
    find_question_time,
)
from bot.domain.one_to_ones.records import OneToOne
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.dojo.one_to_one_parties import find_attendee, is_on
from bot.workflows.one_to_ones.message_keys import BRIEF

_PAST = timedelta(days=30)
"""How far back holidays are looked up."""


@dataclass(frozen=True, slots=True)
class MeetingReader:
    """One of the two of a one-to-one, with their hours and the days on which they are away."""

    meeting: OneToOne
    person: str
    hours: WorkingHours
    absences: Sequence[Absence]

    def find_time(self, kind: str, not_before: datetime) -> datetime | None:
        """Return when a message of a kind is sent to them, in UTC, or None if it can't be any more."""
        find = find_brief_time if kind == BRIEF else find_question_time
        return find(self.hours, self.absences, self.meeting.at, not_before)

    def find_end(self, kind: str) -> datetime:
        """Return after which moment a message of a kind is no longer sent to them."""
        return (find_brief_end if kind == BRIEF else find_question_end)(self.meeting.at)


def list_readers(tx: Tx, meeting: OneToOne) -> list[MeetingReader]:
    """Return both people of a one-to-one: nobody if it is off, or if one of them is away and has no deputy.

    For a sensei who is away that day, that is their deputy.
    """
    attendee = find_attendee(tx, meeting) if is_on(tx, meeting) else None
    if attendee is None:
        return []
    return [_make_reader(tx, meeting, person) for person in (meeting.participant, attendee)]


def find_reader(tx: Tx, meeting: OneToOne, person: str) -> MeetingReader | None:
    """Return a person as a reader, or None if they are not one of the two now."""
    return next((reader for reader in list_readers(tx, meeting) if reader.person == person), None)


def _make_reader(tx: Tx, meeting: OneToOne, person: str) -> MeetingReader:
    hours = find_hours(tx, person, meeting.cohort)
    since = day_in(hours.time_zone, meeting.at) - _PAST
    absences = tx.absences.ending_since(meeting.cohort, since)
    return MeetingReader(
        meeting, person, hours, [absence for absence in absences if absence.sensei == person]
    )
