"""What a person should rule on now, by participant, and how much that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.triage.due_rulings import DueRuling, RulingCalendar
from bot.domain.triage.records import Appeal
from bot.domain.triage.shown import TriageCounts
from bot.ports.store import Tx
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.due import make_calendar, pick_from
from bot.workflows.triage.own_capstones import OwnCapstone, list_own_appeals, list_own_capstones
from bot.workflows.triage.waiting import count_waiting

CountsTriage = Callable[[Tx, str, int, datetime], TriageCounts]
"""Counts what waits for a sensei in a cohort at a moment."""


@dataclass(frozen=True, slots=True)
class CapstoneDue:
    """The rulings that are due for a capstone. ``criteria`` is the number of its criteria."""

    own: OwnCapstone
    due: tuple[DueRuling, ...]
    criteria: int


@dataclass(frozen=True, slots=True)
class WaitingRulings:
    """The capstones on which a person may rule, with what is due, and the appeals that they decide.

    ``titles`` are those of all criteria, by id.
    """

    capstones: tuple[CapstoneDue, ...]
    appeals: tuple[Appeal, ...]
    titles: Mapping[str, str]
    calendar: RulingCalendar

    @property
    def total(self) -> int:
        """Return the number of rulings that are due, without appeals."""
        return sum(len(found.due) for found in self.capstones)


def find_waiting_rulings(
    tx: Tx, loader: LedgerLoader, person: str, cohort: int, at: datetime
) -> WaitingRulings:
    """Return what a person should rule on now, in a constant number of queries."""
    owned = list_own_capstones(tx, person, cohort, at)
    appeals = tuple(list_own_appeals(tx, person, cohort))
    calendar = make_calendar(tx, cohort, at, find_hours(tx, person, cohort).time_zone)
    ledgers = loader.load(tx, [own.capstone for own in owned]) if owned else {}
    due = pick_from(tx, ledgers, calendar) if ledgers else {}
    rubric = loader.library.rubric
    return WaitingRulings(
        tuple(CapstoneDue(own, due[own.capstone], len(ledgers[own.capstone].evidence)) for own in owned),
        appeals,
        {criterion.id: criterion.title for criterion in rubric.criteria},
        calendar,
    )


def triage_counter(load_ledgers: Callable[[], LedgerLoader]) -> CountsTriage:
    """Return a function that counts what waits for a sensei, for their App Home."""

    def count(tx: Tx, person: str, cohort: int, at: datetime) -> TriageCounts:
        waiting = find_waiting_rulings(tx, load_ledgers(), person, cohort, at)
        questions, disputes = count_waiting(tx, _list_ids(waiting.capstones))
        return TriageCounts(questions, disputes, waiting.total, len(waiting.appeals))

    return count


def _list_ids(capstones: Sequence[CapstoneDue]) -> list[int]:
    return [found.own.capstone for found in capstones]
