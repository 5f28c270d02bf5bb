"""Finds the milestone to show, and how far its rulings have come, with a constant number of queries."""

from collections.abc import Collection, Mapping
from datetime import date

from bot.domain.milestones.readiness import Readiness, assess_readiness
from bot.domain.milestones.schedule import MilestoneDate, find_current_milestone
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.domain.triage.due_rulings import is_ruled_for
from bot.domain.triage.records import ExemptSubject
from bot.ports.store import Tx
from bot.workflows.triage.capstone_ledgers import CapstoneLedger, LedgerLoader
from bot.workflows.triage.due import milestone_dates, start_of

_FIRST_ZONE = "Pacific/Kiritimati"  # where each day begins first, as for rulings that are due


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

    Without ``ledgers``, only those that make a difference are loaded: of capstones where single checks don't
    apply, or with rulings from before the window, which count only while their evidence is unchanged.
    """
    rulings = tx.rulings.for_milestone(capstones, current.milestone)
    opened = start_of(current.opens, _FIRST_ZONE)
    exempted = _find_exempted(tx, capstones)
    if ledgers is None:
        needed = [
            capstone
            for capstone in capstones
            if any(ruling.at < opened for ruling in rulings[capstone].values())
            or ExemptSubject.CHECK in exempted[capstone].values()
        ]
        ledgers = loader.load(tx, needed) if needed else {}
    found = {}
    for capstone in capstones:
        evidence = ledgers[capstone].evidence if capstone in ledgers else {}
        counted = {
            criterion: ruling
            for criterion, ruling in rulings[capstone].items()
            if is_ruled_for(ruling, current.milestone, opened, _find_digest(evidence, criterion))
        }
        idle = {*exempted[capstone], *(name for name, shown in evidence.items() if not shown.applies)}
        found[capstone] = assess_readiness(capstone, loader.library.rubric, counted, idle)
    return found


def _find_digest(evidence: Mapping[str, CriterionEvidence], criterion: str) -> str:
    return evidence[criterion].digest if criterion in evidence else ""


def _find_exempted(tx: Tx, capstones: Collection[int]) -> Mapping[int, Mapping[str, ExemptSubject]]:
    """Return the criteria and the checks that don't apply, by capstone."""
    found: dict[int, dict[str, ExemptSubject]] = {capstone: {} for capstone in capstones}
    for exemption in tx.exemptions.of(capstones):
        found[exemption.capstone][exemption.subject] = exemption.kind
    return found
