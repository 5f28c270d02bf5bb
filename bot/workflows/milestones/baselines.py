"""Reads each capstone's whole tree when a milestone opens, so that rulings rest on what is there now."""

from datetime import datetime

from bot.domain.milestones.schedule import MilestoneDate, MilestoneStage
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.milestones.standings import find_milestone


def add_milestone_baselines(tx: Tx, moment: datetime) -> int:
    """Add a job ``baseline`` for each active capstone of cohorts with an open milestone; return how many.

    Each capstone gets one for each milestone and date, in the week before the date: if the date moves, the
    tree is read again in the new week. Days are those of UTC. Call it regularly.
    """
    added = 0
    for cohort in tx.cohorts.all():
        current = find_milestone(tx, cohort.id, moment.date())
        if current is None or not _is_due(current, moment):
            continue
        for capstones in tx.standings.capstones(cohort.id).values():
            added += sum(_add_baseline(tx, capstone, current, moment) for capstone in capstones)
    return added


def _is_due(current: MilestoneDate, moment: datetime) -> bool:
    return current.stage is MilestoneStage.OPEN and moment.date() <= current.day


def _add_baseline(tx: Tx, capstone: int, current: MilestoneDate, moment: datetime) -> bool:
    """Add a capstone's job unless it has one; return whether it was added."""
    repository = tx.capstones.get(capstone).repository
    identity = f"baseline:{repository}:{current.milestone}.{current.day:%Y%m%d}"
    if tx.jobs.find_due_time(identity) is not None:
        return False
    tx.jobs.add(Job(identity, "baseline", {"capstone": capstone}, moment))
    return True
