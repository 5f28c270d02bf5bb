"""Gathers a lead's digest from rows, with a number of queries that doesn't grow with the cohort."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.digest.lead_digest import (
    HANDOVER_DAYS,
    DateAhead,
    LeadDigest,
    UncoveredAbsence,
    WaitingHandover,
    WeekCost,
    needs_deputy,
    pick_dates,
)
from bot.domain.digest.ruled_levels import spread_levels
from bot.domain.dojo.app_home import STUCK_DAYS, FullSensei, ShownPerson, StuckParticipant
from bot.domain.dojo.local_days import day_in
from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.enquiries.records import Addressee
from bot.domain.milestones.schedule import MilestoneDate, MilestoneStage
from bot.domain.pairing.parties import may_see
from bot.domain.pairing.states import TAKES_A_PLACE
from bot.domain.pull_requests.records import QuestionState
from bot.domain.triage.records import AppealState, CriterionRuling
from bot.domain.triage.shown import ShownAppeal
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.digest.picture_content import list_criteria
from bot.workflows.enquiries.trends import read_trends
from bot.workflows.milestones.standings import find_milestone, gather_readiness
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.responsibilities import list_responsibilities

PERIOD = timedelta(days=7)
"""The figures are those of this long before the digest."""


@dataclass(frozen=True, slots=True)
class LeadReader:
    """Who reads a digest of which cohort, made when."""

    cohort: int
    person: str
    at: datetime


def gather_lead_digest(
    tx: Tx, loader: LedgerLoader, reader: LeadReader, day_budget: float | None
) -> LeadDigest:
    """Return a lead's digest. ``day_budget`` is in USD."""
    rows = _LeadRows(tx, loader, reader)
    return LeadDigest(
        cohort=tx.cohorts.get(reader.cohort).name,
        today=rows.today,
        appeals=rows.list_appeals(),
        waiting=rows.list_handovers(),
        stuck=rows.list_stuck(),
        full=rows.list_full(),
        uncovered=rows.list_uncovered(),
        dates=rows.list_dates(),
        noise=tx.weekly_figures.question_noise(rows.capstones, reader.at - PERIOD),
        cost=rows.sum_costs(day_budget),
        levels=spread_levels(list_criteria(loader.library.rubric), rows.rulings),
        trends=read_trends(tx, reader.cohort, reader.at),
        gaps=len(tx.handbooks.gaps(reader.cohort)),
    )


class _LeadRows:
    """The rows of a cohort that several parts of a digest use, read once."""

    def __init__(self, tx: Tx, loader: LedgerLoader, reader: LeadReader) -> None:
        self._tx, self._loader, self._reader = tx, loader, reader
        self._zone = find_hours(tx, reader.person, reader.cohort).time_zone
        self.today = day_in(self._zone, reader.at)
        members = tx.members.of(reader.cohort)
        self._members = [member for member in members if member.state is not EnrolmentState.LEFT]
        self._names = {member.person: member.name for member in members}
        owned = tx.standings.capstones(reader.cohort)
        self._owners = {capstone: person for person, mine in owned.items() for capstone in mine}
        self.capstones = sorted(self._owners)
        self.rulings: Mapping[int, Mapping[str, CriterionRuling]] = tx.rulings.latest(self.capstones)
        pairs = [pair for pair in tx.pairings.ongoing(reader.cohort) if pair.state in TAKES_A_PLACE]
        self._loads = Counter(pair.sensei for pair in pairs if may_see(pair, reader.person))

    def list_appeals(self) -> tuple[ShownAppeal, ...]:
        """List the appeals for which this lead can name a second sensei."""
        titles = {criterion.id: criterion.title for criterion in self._loader.library.rubric.criteria}
        appeals = self._tx.appeals.of_cohort(self._reader.cohort, [AppealState.ASKED])
        return tuple(
            ShownAppeal(
                appeal.id,
                self._name(appeal.person or ""),
                titles.get(appeal.criterion, appeal.criterion),
                day_in(self._zone, appeal.at),
            )
            for appeal in appeals
            if appeal.person != self._reader.person
        )

    def list_handovers(self) -> tuple[WaitingHandover, ...]:
        """List questions that wait for this lead, or too long for a sensei; without their words.

        Of a question to a person whom the asker chose, nobody else hears.
        """
        askers = {member.enrolment: member for member in self._members}
        found = []
        for enrolment, handover in self._tx.handovers.waiting_of(askers):
            asker, since = askers[enrolment], day_in(self._zone, handover.at)
            is_yours = handover.chosen == self._reader.person
            is_shared = handover.addressee is Addressee.ON_DUTY
            is_known = self._reader.person in {asker.person, handover.to}
            is_late = not handover.to or (self.today - since).days >= HANDOVER_DAYS
            if is_yours or (is_shared and is_late and not is_known):
                answerer = self._name(handover.to) if handover.to else ""
                found.append(WaitingHandover(handover.id, asker.name, answerer, since, is_yours))
        return tuple(found)

    def list_stuck(self) -> tuple[tuple[str, StuckParticipant], ...]:
        """List participants with overdue questions, the longest overdue first."""
        days: dict[str, list[int]] = {}
        for question in self._tx.standings.questions(self.capstones):
            age = (self.today - day_in(self._zone, question.at)).days
            if question.state is QuestionState.ASKED and age > STUCK_DAYS:
                days.setdefault(self._owners[question.capstone], []).append(age)
        active = {member.person for member in self._list_active(CohortRole.PARTICIPANT)}
        stuck = [
            (person, StuckParticipant(ShownPerson(self._name(person)), len(ages), max(ages)))
            for person, ages in days.items()
            if person in active
        ]
        return tuple(sorted(stuck, key=lambda row: (-row[1].days, row[1].person.name.casefold(), row[0])))

    def list_full(self) -> tuple[tuple[str, FullSensei], ...]:
        """List senseis with more participants than their capacity."""
        return tuple(
            (sensei.person, FullSensei(ShownPerson(sensei.name), load, capacity))
            for sensei in self._list_active(CohortRole.SENSEI)
            for capacity in (sensei.profile.capacity if sensei.profile else 0,)
            if (load := self._loads[sensei.person]) > capacity
        )

    def list_uncovered(self) -> tuple[UncoveredAbsence, ...]:
        """List absences without a deputy, of senseis who have participants."""
        absences = self._tx.absences.not_over(self._reader.cohort, self._reader.at)
        return tuple(
            UncoveredAbsence(
                absence.id,
                self._name(absence.sensei),
                absence.first,
                absence.last,
                self._loads[absence.sensei],
            )
            for absence in absences
            if needs_deputy(absence, self.today) and self._loads[absence.sensei]
        )

    def list_dates(self) -> tuple[DateAhead, ...]:
        """List the dates ahead, with who has not ruled yet for the milestone that is open."""
        current = find_milestone(self._tx, self._reader.cohort, self.today)
        unruled: dict[str, Sequence[tuple[str, int]]] = {}
        if current is not None and current.stage is MilestoneStage.OPEN:
            unruled[current.milestone] = self._count_unruled(current)
        return pick_dates(self._tx.cohorts.dates(self._reader.cohort), self.today, unruled)

    def _count_unruled(self, current: MilestoneDate) -> Sequence[tuple[str, int]]:
        """Count the participants without all rulings for a milestone, by their sensei's name."""
        here = {member.person for member in self._members if member.role is CohortRole.PARTICIPANT}
        responsibilities = list_responsibilities(self._tx, self._reader.cohort, self._reader.at)
        concerned = [one for one in responsibilities if one.participant in here]
        capstones = [one.capstone for one in concerned]
        readiness = gather_readiness(self._tx, self._loader, capstones, current)
        waiting = Counter(
            self._name(one.sensei) if one.sensei else ""
            for one in concerned
            if readiness[one.capstone].missing
        )
        return sorted(waiting.items(), key=_by_count)

    def sum_costs(self, day_budget: float | None) -> WeekCost:
        """Return what the last seven days cost, by capstone, the highest first."""
        costs = self._tx.weekly_figures.costs(self.capstones, self._reader.at - PERIOD)
        names = self._tx.standings.names(self.capstones)
        by_capstone = sorted(((names[capstone], usd) for capstone, usd in costs.items()), key=_by_cost)
        return WeekCost(tuple(by_capstone), day_budget)

    def _list_active(self, role: CohortRole) -> list[Member]:
        return [
            member
            for member in self._members
            if member.role is role and member.state is EnrolmentState.ACTIVE
        ]

    def _name(self, person: str) -> str:
        return self._names.get(person) or "someone who has left"


def _by_count(item: tuple[str, int]) -> tuple[int, bool, str]:
    """Sort senseis with the most first. Participants without a sensei have an empty name, and come last."""
    return -item[1], not item[0], item[0]


def _by_cost(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]
