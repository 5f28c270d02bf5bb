"""Finds the milestone to show, and how far its rulings have come, with a constant number of queries."""

from collections.abc import Collection, Mapping
from datetime import date

from bot.domain.milestones.readiness import Readiness, assess_readiness
from bot.domain.milestones.schedule import MilestoneDate, find_current_milestone
from bot.domain.triage.due_rulings import is_ruled_for
from bot.domain.triage.records import ExemptSubject
from bot.ports.store import Tx
from bot.workflows.triage.capstone_ledgers import CapstoneLedger, LedgerLoader
from bot.workflows.triage.due import milestone_dates, start_of


def find_milestone(tx: Tx, cohort: int, today: date) -> MilestoneDate | None:
    """Return the milestone of a cohort to show today, or None if its calendar has none."""
    return find_current_milestone(milestone_dates(tx, cohort), today)


def gather_readiness(
    tx: Tx,
    loader: LedgerLoader,
    capstones: Collection[int],
    current: MilestoneDate,
    ledgers: Mapping[int, CapstoneLedger] | None = None,
) -> Mapping[int, Readiness]:
    """Return how far the rulings of some capstones have come, by capstone. It contains no drafts.

    Without ``ledgers``, only those of capstones with a ruling from before the milestone's window are loaded:
    such a ruling counts only while its evidence is unchanged.
    """
    rulings = tx.rulings.for_milestone(capstones, current.milestone)
    opened = start_of(current.opens, "")
    if ledgers is None:
        early = [
            capstone
            for capstone in capstones
            if any(ruling.at < opened for ruling in rulings[capstone].values())
        ]
        ledgers = loader.load(tx, early) if early else {}
    exempted = _find_exempted(tx, capstones)
    found = {}
    for capstone in capstones:
        loaded = ledgers.get(capstone)
        digests = {name: shown.digest for name, shown in loaded.evidence.items()} if loaded else {}
        counted = {
            criterion: ruling
            for criterion, ruling in rulings[capstone].items()
            if is_ruled_for(ruling, current.milestone, opened, digests.get(criterion, ""))
        }
        found[capstone] = assess_readiness(capstone, loader.library.rubric, counted, exempted[capstone])
    return found


def _find_exempted(tx: Tx, capstones: Collection[int]) -> Mapping[int, set[str]]:
    """Return the criteria that don't apply, by capstone."""
    found: dict[int, set[str]] = {capstone: set() for capstone in capstones}
    for exemption in tx.exemptions.of(capstones):
        if exemption.kind is ExemptSubject.CRITERION:
            found[exemption.capstone].add(exemption.subject)
    return found
