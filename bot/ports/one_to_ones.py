"""Stored one-to-ones, what was said of them, and the calendars that they come from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.one_to_ones.records import CalendarLink, OneToOne, OneToOneNote, Worth


class OneToOnes(Protocol):
    """Meetings of participants and senseis, who are opaque ids of people."""

    def plan(  # noqa: PLR0913, PLR0917 - one row's columns
        self, cohort: int, participant: str, sensei: str, at: datetime, now: datetime, event: str = ""
    ) -> OneToOne:
        """Store a one-to-one. ``event`` identifies it in a calendar."""

    def find(self, one_to_one: int) -> OneToOne | None:
        """Return a one-to-one in any state, or None."""

    def move(self, one_to_one: int, at: datetime) -> None:
        """Store another time, at which anybody may attend."""

    def cancel(self, one_to_one: int, *, forget_event: bool = False) -> None:
        """Cancel a one-to-one. With ``forget_event``, its calendar can bring it again."""

    def adopt(self, one_to_one: int, event: str) -> None:
        """Store which event of a calendar a one-to-one is."""

    def note_attendee(self, one_to_one: int, person: str) -> None:
        """Store who met the participant."""

    def between(self, first: datetime, last: datetime) -> Sequence[OneToOne]:
        """List all planned one-to-ones from ``first`` to ``last``, by time."""

    def planned_with(self, people: Collection[str], since: datetime) -> Sequence[OneToOne]:
        """List the planned one-to-ones from a moment on in which any of these people takes part, by time."""

    def known_of(
        self, participant: str, sensei: str, since: datetime, events: Collection[str]
    ) -> Sequence[OneToOne]:
        """List a pair's one-to-ones in any state: those from a moment on, and those of these events."""

    def last_before(self, participant: str, sensei: str, moment: datetime) -> OneToOne | None:
        """Return a pair's last planned one-to-one that began before a moment, or None."""

    def notes(self, one_to_one: int) -> Sequence[OneToOneNote]:
        """List what was said of a one-to-one, in the order of people's ids."""

    def set_worth(self, one_to_one: int, person: str, worth: Worth, at: datetime) -> None:
        """Store whether a person found it worth the hour."""

    def set_decided(self, one_to_one: int, person: str, decided: str, at: datetime) -> None:
        """Store what a person says was decided. An empty text removes it."""

    def note_draft(self, one_to_one: int, person: str, decision: int) -> None:
        """Store which decision was drafted from what a person says was decided."""


class CalendarLinks(Protocol):
    """The calendars of pairs: at most one for each enrolment of a participant."""

    def find(self, enrolment: int) -> CalendarLink | None:
        """Return the calendar of a participant's enrolment, or None."""

    def find_all(self, enrolments: Collection[int]) -> Sequence[CalendarLink]:
        """List the calendars of some enrolments, in one query."""

    def save(self, enrolment: int, address: str, added_by: str, looks_for: str, title: str) -> None:
        """Store a calendar that was not read yet, in place of any earlier one."""

    def to_read(self, before: datetime) -> Sequence[CalendarLink]:
        """List the calendars that were last read before a moment, or never."""

    def mark_read(self, enrolment: int, at: datetime, problem: str) -> None:
        """Store when a calendar was read, and why it could not be. Nothing changes if it was removed."""

    def remove(self, enrolment: int) -> None:
        """Delete the calendar of an enrolment, if there is one."""
