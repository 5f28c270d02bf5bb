"""Saves once a week how far each criterion of each capstone had got, for the digest's pictures.

The workflow ``snapshot`` takes all of a cohort's snapshots when a week begins anywhere on earth, before
anyone's digest. What it missed, such as a capstone enrolled on Monday, is taken when a picture is drawn.
"""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.dojo.local_days import load_zone
from bot.domain.ledger.evidence import CheckState
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.domain.triage.records import CriterionSnapshot
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.triage.capstone_ledgers import LedgerLoader

KIND = "snapshot"
EARLIEST_ZONE = "Pacific/Kiritimati"
"""Where each day begins first, 14 hours before UTC."""
_AT_ONCE = 20
"""Capstones in one transaction. Others can't write meanwhile."""


@dataclass(frozen=True)
class WeeklySnapshots:
    """The workflow ``snapshot``. ``load`` returns the loader of ledgers."""

    load: Callable[[], LedgerLoader]
    now: Callable[[], datetime]

    def run(self, steps: Steps, argument: Json) -> Json:
        """Take the snapshots of a cohort's active capstones, unless the week is over.

        After a long outage, the present state is not that of the week.
        """
        week = date.fromisoformat(argument["week"])
        capstones: list[int] | None = steps.tx("list", lambda tx: self._list(tx, argument["cohort"], week))
        if capstones is None:
            return {"outcome": "late"}
        for number, start in enumerate(range(0, len(capstones), _AT_ONCE)):
            self._save(steps, f"save.{number}", capstones[start : start + _AT_ONCE], week)
        return {"outcome": "done", "capstones": len(capstones)}

    def _list(self, tx: Tx, cohort: int, week: date) -> list[int] | None:
        return list_capstones(tx, cohort) if week_of(self.now()) == week else None

    def _save(self, steps: Steps, name: str, capstones: Collection[int], week: date) -> None:
        steps.tx(name, lambda tx: take_snapshots(tx, self.load(), capstones, week))


def list_capstones(tx: Tx, cohort: int) -> list[int]:
    """List the active capstones of a cohort."""
    return sorted(capstone for owned in tx.standings.capstones(cohort).values() for capstone in owned)


def take_snapshots(tx: Tx, loader: LedgerLoader, capstones: Collection[int], week: date) -> int:
    """Save the present state of some capstones as that of a week; return the number of snapshots."""
    rulings = tx.rulings.latest(capstones)
    taken = [
        _take(capstone, week, shown, ruling.level if ruling else None)
        for capstone, loaded in loader.load(tx, capstones).items()
        for criterion, shown in loaded.evidence.items()
        for ruling in (rulings[capstone].get(criterion),)
    ]
    tx.snapshots.save(taken)
    return len(taken)


def take_missing(tx: Tx, loader: LedgerLoader, capstones: Collection[int], week: date) -> int:
    """Take the snapshots of a week for those capstones that have none of it."""
    known = {snapshot.capstone for snapshot in tx.snapshots.of(capstones, week) if snapshot.week == week}
    missing = sorted(set(capstones) - known)
    return take_snapshots(tx, loader, missing, week) if missing else 0


def add_snapshot_jobs(tx: Tx, moment: datetime) -> None:
    """Schedule this week's snapshots of every cohort, once. Call it at least once an hour."""
    week = week_of(moment)
    wanted = {f"snapshot:{cohort.id}:{week.isoformat()}": cohort.id for cohort in tx.cohorts.all()}
    known = tx.jobs.find_due_times(list(wanted))
    for job, cohort in wanted.items():
        if job not in known:
            tx.jobs.add(Job(job, KIND, {"cohort": cohort, "week": week.isoformat()}, moment))


def week_of(moment: datetime) -> date:
    """Return the Monday of the week that has begun somewhere on earth."""
    today = moment.astimezone(load_zone(EARLIEST_ZONE)).date()
    return today - timedelta(days=today.weekday())


def _take(capstone: int, week: date, shown: CriterionEvidence, level: int | None) -> CriterionSnapshot:
    counts = Counter(check.state for check in shown.checks)
    return CriterionSnapshot(
        capstone,
        shown.criterion.id,
        week,
        met=counts[CheckState.MET],
        partly_met=counts[CheckState.PARTLY_MET],
        contested=counts[CheckState.CONTESTED],
        open=counts[CheckState.OPEN],
        not_applicable=counts[CheckState.NOT_APPLICABLE],
        not_assessed=counts[CheckState.NOT_ASSESSED],
        level=level,
    )
