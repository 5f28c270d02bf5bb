"""Gathers what a sensei's digest is made of, in as many queries for one participant as for twenty."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.domain.digest.delivery_times import name_week
from bot.domain.digest.matters import (
    AppealToDecide,
    ComingRulings,
    DigestMaterial,
    ParticipantMatters,
    WaitingEnquiry,
)
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import CohortDate, CohortRole, DateKind, EnrolmentState, Member
from bot.domain.enquiries.records import Addressee, Handover
from bot.domain.rubrics.rubric import Rubric
from bot.domain.triage.due_rulings import RulingCalendar, pick_due_rulings
from bot.domain.triage.milestone_windows import closing_day, find_coming_milestone, opening_day
from bot.domain.triage.records import Appeal, AppealState, Milestone, RulerRole
from bot.ports.store import Tx
from bot.workflows.chat.digest_refresh import SENSEI_ROLE
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.digest.capstone_matters import CapstoneRows, CapstoneRowsLoader, MatterSorter
from bot.workflows.digest.sensei_calendars import make_sensei_calendar
from bot.workflows.triage.due import make_calendar
from bot.workflows.triage.responsibilities import Responsibility, list_responsibilities

_LONG_AGO = timedelta(weeks=8)
"""How far back digests are looked at for rows that the reader knows."""


@dataclass(frozen=True)
class DigestGatherer:
    """Gathers the material of senseis' digests."""

    loader: CapstoneRowsLoader

    def gather(self, tx: Tx, cohort: int, person: str, moment: datetime, *, week: str = "") -> DigestMaterial:
        """Return what waits about the participants for whom a person is responsible at a moment.

        With it come the appeals that they were asked to decide, which are about others' participants.
        ``week`` is the digest's; the moment's, if it is empty.
        """
        hours, dates = find_hours(tx, person, cohort), tx.cohorts.dates(cohort)
        assigned = tx.appeals.of_cohort(cohort, (AppealState.ASSIGNED,))
        asked = {appeal.capstone for appeal in assigned if appeal.second == person}
        concerned = [
            one
            for one in list_responsibilities(tx, cohort, moment)
            if one.role_of(person) or one.capstone in asked
        ]
        people = _load_people(tx, cohort, concerned)
        own = [one.capstone for one in concerned if one.role_of(person)]
        weeks = make_calendar(tx, cohort, moment, hours.time_zone)
        rows = self.loader.load(tx, own, weeks, moment)
        sorter = MatterSorter(rows, hours.time_zone)
        rubric = self.loader.ledgers.library.rubric
        appeals = AppealSorter(assigned, person, hours.time_zone, rubric)
        enquiries = EnquirySorter.read(tx, people.members.values(), hours.time_zone)
        participants = []
        for one in concerned:
            known = people.describe(one, person)
            if known is not None:
                matters = sorter.sort(known) if one.capstone in own else known
                matters = replace(matters, enquiries=enquiries.take(one, person))
                participants.append(_count_from_start(appeals.add(matters), dates))
        calendar = make_sensei_calendar(tx, cohort, person, hours, dates, moment)
        described = [matters.capstone for matters in participants if matters.capstone in own]
        return DigestMaterial(
            calendar,
            participants,
            dict(tx.snoozes.of([person])[person]),
            _list_shown(tx, cohort, person, hours.time_zone, week or name_week(calendar.today), moment),
            _count_coming(rows, described, dates, calendar.today, weeks),
        )


def _list_shown(  # noqa: PLR0913, PLR0917 - whose digests, and before which one
    tx: Tx, cohort: int, person: str, zone: str, week: str, moment: datetime
) -> Mapping[str, date]:
    """Return since when every digest before a week's has had the rows of the last of them."""
    earlier = [
        digest
        for digest in tx.digests.recent(person, SENSEI_ROLE, moment - _LONG_AGO)
        if digest.cohort == cohort and digest.week < week
    ]
    shown: dict[str, date] = {}
    for digest in earlier:
        day = day_in(zone, digest.at)
        shown = {key: shown.get(key, day) for key in digest.rows}
    return shown


def _count_coming(
    rows: CapstoneRows,
    capstones: Sequence[int],
    dates: Sequence[CohortDate],
    today: date,
    weeks: RulingCalendar,
) -> ComingRulings | None:
    """Return how many rulings will be due at the milestone that opens next, if it is to be announced.

    Appeals aside, which will be decided by then.
    """
    names = {milestone.value: milestone for milestone in Milestone}
    days = {names[entry.kind]: entry.day for entry in dates if entry.kind in names}
    milestone = find_coming_milestone(days, today)
    if milestone is None:
        return None
    calendar = RulingCalendar(weeks.week_began, milestone)
    due = (
        pick_due_rulings(one, rows.ledgers[one].evidence, rows.rulings[one], calendar) for one in capstones
    )
    counts = [len(found) for found in due if found]
    if not counts:
        return None
    day = days[milestone]
    return ComingRulings(milestone, day, opening_day(day), closing_day(day), sum(counts), len(counts))


@dataclass(frozen=True)
class EnquirySorter:
    """Finds what participants asked and passed on. ``waiting`` is by their opaque ids.

    A participant's questions are about no capstone. Of several, the first one lists them.
    """

    waiting: dict[str, Sequence[Handover]]
    zone: str

    @classmethod
    def read(cls, tx: Tx, members: Iterable[Member], zone: str) -> "EnquirySorter":
        """Read what waits for a person, for all participants in one go."""
        participants = {
            member.enrolment: member.person for member in members if member.role is CohortRole.PARTICIPANT
        }
        waiting: dict[str, list[Handover]] = {}
        for enrolment, handover in tx.handovers.waiting_of(participants):
            waiting.setdefault(participants[enrolment], []).append(handover)
        return cls(dict(waiting), zone)

    def take(self, of: Responsibility, reader: str) -> tuple[WaitingEnquiry, ...]:
        """Return what a reader can answer about a participant, the first time that it is asked for."""
        return tuple(
            WaitingEnquiry(handover.id, day_in(self.zone, handover.at))
            for handover in self.waiting.pop(of.participant, ())
            if handover.chosen == reader
            or (handover.addressee is Addressee.ON_DUTY and of.role_of(reader) is not None)
        )


@dataclass(frozen=True)
class AppealSorter:
    """Adds appeals to what waits for a person."""

    assigned: Sequence[Appeal]
    person: str
    zone: str
    rubric: Rubric

    def add(self, matters: ParticipantMatters) -> ParticipantMatters:
        """Return what waits about a capstone, with the appeals that the person was asked to decide."""
        mine = (
            self._show(appeal)
            for appeal in self.assigned
            if appeal.capstone == matters.capstone and appeal.second == self.person
        )
        return replace(matters, appeals=tuple(shown for shown in mine if shown))

    def _show(self, appeal: Appeal) -> AppealToDecide | None:
        """Return an appeal with its criterion's title, or None if the rubric no longer has it."""
        for criterion in self.rubric.criteria:
            if criterion.id == appeal.criterion:
                since = day_in(self.zone, appeal.at)
                return AppealToDecide(criterion.id, criterion.title, criterion.gate, since)
        return None


@dataclass(frozen=True)
class _People:
    """The names and states of participants, and the names of senseis."""

    members: Mapping[tuple[str, CohortRole], Member]

    def describe(self, of: Responsibility, reader: str) -> ParticipantMatters | None:
        """Return what is known of a participant, or None if they have left."""
        member = self.members.get((of.participant, CohortRole.PARTICIPANT))
        if member is None or member.state is EnrolmentState.LEFT:
            return None
        sensei = self.members.get((of.sensei or "", CohortRole.SENSEI))
        stands_in = of.role_of(reader) is RulerRole.DEPUTY and sensei is not None
        return ParticipantMatters(
            of.capstone,
            member.name,
            standing_in_for=sensei.name if stands_in and sensei else "",
            is_paused=member.state is EnrolmentState.PAUSED,
        )


def _load_people(tx: Tx, cohort: int, concerned: Sequence[Responsibility]) -> _People:
    wanted = {person for one in concerned for person in (one.participant, one.sensei) if person}
    return _People({(member.person, member.role): member for member in tx.members.of(cohort, people=wanted)})


def _count_from_start(matters: ParticipantMatters, dates: Sequence[CohortDate]) -> ParticipantMatters:
    """Count the days without a reading from the cohort's start at the earliest."""
    start = next((entry.day for entry in dates if entry.kind is DateKind.START), None)
    if start is None or matters.read_on is None:
        return matters
    return replace(matters, read_on=max(matters.read_on, start))
