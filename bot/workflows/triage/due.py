"""Finds the rulings that are due for capstones, with a constant number of queries."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from bot.domain.dojo.local_days import day_in, load_zone
from bot.domain.triage.due_rulings import DueRuling, RulingCalendar, pick_due_rulings
from bot.domain.triage.milestone_windows import find_open_milestone, opening_day
from bot.domain.triage.records import WAITING_APPEALS, CriterionRuling, Milestone
from bot.ports.store import Tx
from bot.workflows.triage.capstone_ledgers import CapstoneLedger, LedgerLoader

_FIRST_ZONE = "Pacific/Kiritimati"  # UTC+14


def find_due_rulings(
    tx: Tx, loader: LedgerLoader, capstones: Collection[int], calendar: RulingCalendar
) -> Mapping[int, tuple[DueRuling, ...]]:
    """Return the rulings that are due, by capstone."""
    return pick_from(tx, loader.load(tx, capstones), calendar)


def pick_from(
    tx: Tx, ledgers: Mapping[int, CapstoneLedger], calendar: RulingCalendar
) -> Mapping[int, tuple[DueRuling, ...]]:
    """Return the rulings that are due for capstones whose ledgers are loaded, by capstone."""
    rulings = tx.rulings.latest(list(ledgers))
    appealed = find_under_appeal(tx, rulings)
    return {
        capstone: pick_due_rulings(
            capstone, loaded.evidence, rulings[capstone], calendar, appealed.get(capstone, ())
        )
        for capstone, loaded in ledgers.items()
    }


def find_under_appeal(
    tx: Tx, rulings: Mapping[int, Mapping[str, CriterionRuling]]
) -> Mapping[int, Collection[str]]:
    """Return the criteria whose newest ruling waits for a second sensei, by capstone, in one query."""
    newest = [ruling.id for by_criterion in rulings.values() for ruling in by_criterion.values()]
    found: dict[int, set[str]] = {}
    for appeal in tx.appeals.by_ruling(newest).values() if newest else ():
        if appeal.state in WAITING_APPEALS:
            found.setdefault(appeal.capstone, set()).add(appeal.criterion)
    return found


def make_calendar(tx: Tx, cohort: int, at: datetime, zone: str = "") -> RulingCalendar:
    """Return the week and the open milestone of a cohort. ``zone`` is the sensei's: weeks begin on Monday."""
    dates = milestone_dates(tx, cohort)
    today = day_in(zone, at)
    milestone = find_open_milestone(dates, today)
    return RulingCalendar(
        start_of(today - timedelta(days=today.weekday()), zone),
        milestone,
        # In the zone where the day begins first, so that a ruling counts wherever its sensei and deputy live.
        start_of(opening_day(dates[milestone]), _FIRST_ZONE) if milestone else None,
    )


def milestone_dates(tx: Tx, cohort: int) -> dict[Milestone, date]:
    """Return the dates of a cohort's milestones."""
    names = {milestone.value: milestone for milestone in Milestone}
    return {names[entry.kind]: entry.day for entry in tx.cohorts.dates(cohort) if entry.kind in names}


def start_of(day: date, zone: str) -> datetime:
    """Return the moment at which a day begins in a time zone."""
    return datetime.combine(day, time(), load_zone(zone))
