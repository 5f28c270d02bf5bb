"""Milestones at the command line, for the person who runs Sensei. It needs only the database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.dojo.cohort_choice import CohortChoice
from bot.domain.milestones.report import MilestoneReport
from bot.domain.milestones.schedule import MilestoneDate
from bot.domain.milestones.shown import SenseiMilestone
from bot.domain.pull_requests.records import Capstone
from bot.domain.triage.records import Milestone
from bot.errors import UserError
from bot.ports.store import Store, Tx
from bot.workflows.dojo.cohorts import find_cohort
from bot.workflows.dojo.people_lookup import find_person
from bot.workflows.milestones.overviews import list_cohort, list_own_capstones
from bot.workflows.milestones.reports import find_reported_milestone, gather_report
from bot.workflows.milestones.standings import find_milestone
from bot.workflows.triage.capstone_ledgers import LedgerLoader


@dataclass(frozen=True)
class MilestoneCommands:
    """An operator's commands for the chosen cohort."""

    store: Store
    now: Callable[[], datetime]
    choice: CohortChoice
    make_loader: Callable[[], LedgerLoader]

    def list(self) -> tuple[str, MilestoneDate | None, tuple[SenseiMilestone, ...]]:
        """Return the cohort's name, its milestone, and how many rulings each participant has.

        Raises:
            UserError: there is no such cohort.
        """
        with self.store.read() as tx:
            cohort, at = find_cohort(tx, self.choice), self.now()
            current = find_milestone(tx, cohort.id, at.date())
            if current is None:
                return cohort.name, None, ()
            return cohort.name, current, list_cohort(tx, self.make_loader(), cohort.id, current, at)

    def report(self, name: str, milestone: Milestone | None) -> MilestoneReport:
        """Return a participant's report, and note in the audit trail that the operator made it.

        Raises:
            UserError: nobody or several people have this name, they have no capstone in the cohort, or
                nothing was ruled on for the milestone.
        """
        with self.store.begin() as tx:
            capstone = self._find_capstone(tx, name)
            wanted = find_reported_milestone(tx, capstone.id, milestone)
            report = gather_report(tx, self.make_loader(), capstone, wanted, self.now())
            tx.audit("operator", "milestone.report", f"capstone:{capstone.id}", milestone=wanted.value)
            return report

    def _find_capstone(self, tx: Tx, name: str) -> Capstone:
        cohort = find_cohort(tx, self.choice)
        found = list_own_capstones(tx, find_person(tx, name), cohort.id)
        if not found:
            raise UserError(
                f"{name} has no capstone in {cohort.name}, so there's no report.",
                "`sensei capstone list` shows the capstones. Choose another cohort with --cohort.",
            )
        if len(found) > 1:
            names = ", ".join(capstone.full_name for capstone in found)
            raise UserError(
                f"{name} has several capstones in {cohort.name}: {names}.",
                "Use `sensei capstone` to end those that are over, then try again.",
            )
        return found[0]
