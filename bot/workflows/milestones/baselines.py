"""Reads each capstone's whole tree when a milestone opens, so that rulings rest on what is there now.

A model reads it, if there is one, since signals alone leave most checks without an assessment.
"""

from datetime import datetime

from bot.domain.milestones.schedule import MilestoneDate, MilestoneStage
from bot.ports.jobs import Job
from bot.ports.store import Tx
from bot.workflows.milestones.standings import find_milestone


def add_milestone_baselines(tx: Tx, moment: datetime) -> int:
    """Add a job ``baseline`` for each active capstone of cohorts with an open milestone; return how many.

    Each capstone gets one for each milestone and date, in the week before the date: if the date moves, the
    tree is read again in the new week. Days are those of UTC. Call it regularly: it takes as many queries for
    one capstone as for a thousand.
    """
    current = {cohort.id: find_milestone(tx, cohort.id, moment.date()) for cohort in tx.cohorts.all()}
    due = {
        cohort: milestone for cohort, milestone in current.items() if milestone and _is_due(milestone, moment)
    }
    capstones = tx.capstones.all() if due else ()
    wanted = {
        f"baseline:{capstone.repository}:{milestone.milestone}.{milestone.day:%Y%m%d}": capstone.id
        for capstone in capstones
        if (milestone := due.get(capstone.cohort))
    }
    known = tx.jobs.find_due_times(list(wanted)) if wanted else {}
    missing = {job: capstone for job, capstone in wanted.items() if job not in known}
    for job, capstone in missing.items():
        tx.jobs.add(Job(job, "baseline", {"capstone": capstone, "with_model": True}, moment))
    return len(missing)


def _is_due(current: MilestoneDate, moment: datetime) -> bool:
    return current.stage is MilestoneStage.OPEN and moment.date() <= current.day
