"""The rulings that wait for one sensei: what is due for their participants, and appeals assigned to them."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.domain.dojo.permissions import Action
from bot.domain.triage.records import Appeal, AppealState
from bot.domain.triage.tasks import RulingTask
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.due import find_due_rulings, make_calendar
from bot.workflows.triage.responsibilities import list_responsibilities, may_act_as_sensei


def list_tasks(tx: Tx, loader: LedgerLoader, person: str, cohort: int, at: datetime) -> Sequence[RulingTask]:
    """List a sensei's rulings in a cohort, by participant, the most urgent criterion first; appeals last."""
    if not may_act_as_sensei(tx, person, Action.RULING_MAKE, cohort):
        return []
    people = {
        duty.capstone: duty.participant
        for duty in list_responsibilities(tx, cohort, at)
        if duty.role_of(person)
    }
    calendar = make_calendar(tx, cohort, at, find_hours(tx, person, cohort).time_zone)
    due = find_due_rulings(tx, loader, people, calendar)
    appeals = [
        appeal for appeal in tx.appeals.of_cohort(cohort, [AppealState.ASSIGNED]) if appeal.second == person
    ]
    repositories = tx.standings.names([*people, *(appeal.capstone for appeal in appeals)])
    names = {member.person: member.name for member in tx.members.of(cohort, CohortRole.PARTICIPANT)}
    tasks = [
        RulingTask(
            capstone,
            repositories[capstone],
            names.get(people[capstone], "") or repositories[capstone],
            ruling.criterion,
            ruling.title,
            ruling.gate,
            ruling,
            calendar.milestone,
        )
        for capstone, rulings in due.items()
        for ruling in rulings
    ]
    tasks.sort(key=lambda task: (task.participant.casefold(), task.repository))
    return [
        *tasks,
        *(_make_appeal_task(tx, loader, appeal, repositories[appeal.capstone]) for appeal in appeals),
    ]


def list_senseis(tx: Tx, cohort: int) -> Sequence[tuple[str, str]]:
    """Return the id and the name of each sensei of a cohort who may rule, by name."""
    found = [
        (member.person, member.name or member.code or member.chat or "")
        for member in tx.members.of(cohort, CohortRole.SENSEI)
        if member.state is not EnrolmentState.LEFT
        and may_act_as_sensei(tx, member.person, Action.RULING_MAKE, cohort)
    ]
    return sorted(found, key=lambda sensei: sensei[1].casefold())


def _make_appeal_task(tx: Tx, loader: LedgerLoader, appeal: Appeal, repository: str) -> RulingTask:
    """Return the task of an appeal. Its participant is named by their repository alone."""
    criterion = loader.load(tx, [appeal.capstone])[appeal.capstone].evidence.get(appeal.criterion)
    title = criterion.criterion.title if criterion else appeal.criterion
    is_gate = criterion is not None and criterion.criterion.gate
    return RulingTask(
        appeal.capstone, repository, repository, appeal.criterion, title, is_gate, None, appeal=appeal.id
    )
