"""The participants who may be asked, each with the calendar of their check-ins."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.check_ins.due_times import CheckInCalendar
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import (
    Absence,
    CohortDate,
    CohortRole,
    DateKind,
    EnrolmentState,
    Member,
    WorkingHours,
)
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import choose_hours, find_office_hours

_A_DAY = timedelta(days=1)
_PAST = timedelta(days=30)
"""How far back holidays are looked up, so that they don't count as working days."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant of a cohort, and when they may be asked."""

    member: Member
    calendar: CheckInCalendar


def list_participants(
    tx: Tx, cohort: int, at: datetime, people: Collection[str] | None = None
) -> Sequence[Participant]:
    """List a cohort's participants by name, all or some, without those who have left.

    It takes as many queries for one as for all.
    """
    members = [
        member
        for member in tx.members.of(cohort, CohortRole.PARTICIPANT, people)
        if member.state is not EnrolmentState.LEFT
    ]
    if not members:
        return ()
    calendars = _CalendarMaker(tx, cohort, at, members)
    return [Participant(member, calendars.make(member)) for member in members]


def find_participant(tx: Tx, cohort: int, person: str, enrolment: int, at: datetime) -> Participant | None:
    """Return the participant with an enrolment, or None if they have left or were erased."""
    found = list_participants(tx, cohort, at, [person])
    return next((one for one in found if one.member.enrolment == enrolment), None)


def is_over(dates: Sequence[CohortDate], at: datetime) -> bool:
    """Return whether a cohort's last day is past, wherever its people are."""
    last = _find_date(dates, DateKind.END)
    return last is not None and (at - _A_DAY).date() > last


class _CalendarMaker:
    """Makes the calendars of a cohort's participants from rows that it reads once."""

    def __init__(self, tx: Tx, cohort: int, at: datetime, members: Sequence[Member]) -> None:
        self._tx, self._cohort = tx, cohort
        enrolments = [member.enrolment for member in members]
        self._rhythm, self._choices = tx.rhythms.of_members(cohort, enrolments)
        self._absences: dict[str, list[Absence]] = {}
        only = members[0].person if len(members) == 1 else None
        for absence in tx.absences.ending_since(cohort, at.date() - _PAST, only):
            self._absences.setdefault(absence.sensei, []).append(absence)
        self._defences = tx.defences.list_session_times([member.person for member in members])
        dates = tx.cohorts.dates(cohort)
        self._days = _find_date(dates, DateKind.START), _find_date(dates, DateKind.END)
        self._roles: dict[str, list[Member]] = {}
        self._office: WorkingHours | None = None
        lacking = [member.person for member in members if member.profile is None]
        for role in tx.members.of_people(lacking) if lacking else ():
            self._roles.setdefault(role.person, []).append(role)

    def make(self, member: Member) -> CheckInCalendar:
        choice, (first, last) = self._choices[member.enrolment], self._days
        hours = self._find_hours(member)
        defences = self._defences.get(member.person, ())
        return CheckInCalendar(
            choice.rhythm or self._rhythm,
            hours,
            first,
            last,
            tuple(self._absences.get(member.person, ())),
            choice.snoozed_until,
            tuple(day_in(hours.time_zone, at) for at in defences),
        )

    def _find_hours(self, member: Member) -> WorkingHours:
        """Return what ``find_member_hours`` does, but read the cohort only once."""
        if member.profile:
            return member.profile.hours
        if (own := choose_hours(self._roles.get(member.person, ()))) is not None:
            return own
        if self._office is None:
            self._office = find_office_hours(self._tx, self._cohort)
        return self._office


def _find_date(dates: Sequence[CohortDate], kind: DateKind) -> date | None:
    return next((entry.day for entry in dates if entry.kind is kind), None)
