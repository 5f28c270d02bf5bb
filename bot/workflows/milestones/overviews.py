"""Gathers what ``/dojo milestone`` shows: to a participant, to a sensei, and to a lead.

Each role has a function of its own, which reads only what that role may see. Draft levels are used in
``_list_theirs`` alone, for capstones on which the reader may rule now.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.dojo.people import EnrolmentState
from bot.domain.dojo.permissions import Action, Relation, is_allowed
from bot.domain.milestones.readiness import find_gates_in_doubt, list_open_questions
from bot.domain.milestones.schedule import MilestoneDate, MilestoneStage
from bot.domain.milestones.shown import MilestoneView, OwnMilestone, ParticipantMilestone, SenseiMilestone
from bot.domain.pull_requests.records import Capstone
from bot.domain.triage.records import Milestone, RulerRole
from bot.errors import UserError
from bot.ports.store import Tx
from bot.workflows.chat.actors import Actor, Clock
from bot.workflows.dojo.app_home import local_today
from bot.workflows.milestones.growth import gather_growth
from bot.workflows.milestones.standings import find_milestone, gather_readiness
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.responsibilities import Responsibility, list_responsibilities

MOST_OPEN_QUESTIONS = 6
"""Maximum checks that Sensei shows a participant as still open for one capstone."""


@dataclass(frozen=True)
class MilestoneOverviews:
    """Gathers overviews. ``make_loader`` loads the rubric on its first call."""

    make_loader: Callable[[], LedgerLoader]

    def gather(self, tx: Tx, actor: Actor, clock: Clock) -> MilestoneView:
        """Return the milestone as the actor may see it in the cohort where they act.

        Raises:
            UserError: there is no cohort.
        """
        if actor.cohort is None or actor.person is None:
            raise UserError("You're not in this dojo.", "To join, use `/dojo join`.")
        today, cohort = local_today(actor, clock), tx.cohorts.get(actor.cohort)
        current = find_milestone(tx, cohort.id, today)
        if current is None:
            return MilestoneView(cohort.name, today, None)
        loader, roles = self.make_loader(), actor.roles()
        asked = _Question(tx, loader, current, cohort.id, actor.person, clock())

        def may_see(relation: Relation) -> bool:
            return is_allowed(Action.MILESTONE_SEE, roles, relation)

        return MilestoneView(
            cohort.name,
            today,
            current,
            tuple(level.name for level in loader.library.rubric.scale),
            _list_own(asked) if may_see(Relation.OWN) else None,
            _list_theirs(asked) if may_see(Relation.THEIRS) else None,
            list_cohort(tx, loader, cohort.id, current, clock()) if may_see(Relation.COHORT) else None,
        )


@dataclass(frozen=True, slots=True)
class _Question:
    """Who asks, about which milestone."""

    tx: Tx
    loader: LedgerLoader
    current: MilestoneDate
    cohort: int
    person: str
    at: datetime


def list_cohort(
    tx: Tx, loader: LedgerLoader, cohort: int, current: MilestoneDate, at: datetime
) -> tuple[SenseiMilestone, ...]:
    """Return a cohort's senseis by name, with how many rulings their participants have and need.

    Participants without a sensei come last.
    """
    people = _name_people(tx, cohort)
    all_ = [one for one in list_responsibilities(tx, cohort, at) if one.participant in people]
    readiness = gather_readiness(tx, loader, [one.capstone for one in all_], current)
    groups: dict[str | None, list[Responsibility]] = {}
    for responsibility in all_:
        groups.setdefault(responsibility.sensei, []).append(responsibility)
    shown = [
        SenseiMilestone(
            people.get(sensei, ShownPerson("someone who has left")) if sensei else None,
            tuple((people[one.participant], readiness[one.capstone]) for one in _sort(group, people)),
        )
        for sensei, group in groups.items()
    ]
    return tuple(sorted(shown, key=lambda one: (one.person is None, _sort_name(one.person))))


def list_own_capstones(tx: Tx, person: str, cohort: int) -> Sequence[Capstone]:
    """List a participant's active capstones in a cohort."""
    return [found for found in tx.capstones.by_participant(person) if found.cohort == cohort]


def _list_own(asked: _Question) -> tuple[OwnMilestone, ...]:
    """Return the reader's own capstones, with ruled levels and the wording of open checks."""
    capstones = {
        found.id: found.full_name for found in list_own_capstones(asked.tx, asked.person, asked.cohort)
    }
    ledgers = asked.loader.load(asked.tx, list(capstones))
    readiness = gather_readiness(asked.tx, asked.loader, list(capstones), asked.current, ledgers)
    growth = gather_growth(asked.tx, asked.loader.library, list(capstones))
    sessions = asked.tx.defences.list_sessions(list(capstones))
    most = 0 if asked.current.stage is MilestoneStage.OVER else MOST_OPEN_QUESTIONS
    return tuple(
        OwnMilestone(
            name,
            readiness[capstone],
            tuple(list_open_questions(readiness[capstone], ledgers[capstone].evidence, most)),
            growth[capstone],
            sessions.get(capstone),
        )
        for capstone, name in capstones.items()
    )


def _list_theirs(asked: _Question) -> tuple[ParticipantMilestone, ...]:
    """Return the participants on whom the reader may rule now, their own first, with what drafts suggest."""
    people = _name_people(asked.tx, asked.cohort)
    theirs = {
        one.capstone: (one, role)
        for one in list_responsibilities(asked.tx, asked.cohort, asked.at)
        if one.participant in people and (role := one.role_of(asked.person)) is not None
    }
    ledgers = asked.loader.load(asked.tx, list(theirs))
    readiness = gather_readiness(asked.tx, asked.loader, list(theirs), asked.current, ledgers)
    growth = gather_growth(asked.tx, asked.loader.library, list(theirs))
    is_final = asked.current.milestone is Milestone.FINAL
    defences = asked.tx.defences.newest(list(theirs)) if is_final else {}
    sessions = asked.tx.defences.list_sessions(list(theirs)) if is_final else {}
    rows = [
        ParticipantMilestone(
            people[one.participant],
            readiness[capstone],
            find_gates_in_doubt(readiness[capstone], ledgers[capstone].evidence),
            growth[capstone],
            role is RulerRole.DEPUTY,
            capstone in defences,
            sessions.get(capstone),
        )
        for capstone, (one, role) in theirs.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.standing_in, _sort_name(row.person))))


def _name_people(tx: Tx, cohort: int) -> Mapping[str, ShownPerson]:
    """Return everyone who hasn't left a cohort, by their opaque id."""
    return {
        member.person: ShownPerson(member.name, member.chat)
        for member in tx.members.of(cohort)
        if member.state is not EnrolmentState.LEFT
    }


def _sort(group: Iterable[Responsibility], people: Mapping[str, ShownPerson]) -> list[Responsibility]:
    return sorted(group, key=lambda one: _sort_name(people[one.participant]))


def _sort_name(person: ShownPerson | None) -> str:
    return person.name.casefold() if person else ""
