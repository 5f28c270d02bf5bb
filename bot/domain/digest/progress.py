"""How the evidence of each participant moved over the last weeks, criterion by criterion.

It rests on weekly snapshots of check states. There are no draft levels in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.triage.records import CriterionSnapshot

MOST_WEEKS = 8
"""Maximum weeks that are shown, including the newest."""
_WEEK = timedelta(days=7)


class Change(StrEnum):
    """How a criterion's evidence changed since the week before. ``OTHER``: it changed, but not the shares."""

    MORE = "more"
    LESS = "less"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """A criterion of the rubric. ``gate``: a capstone must pass it."""

    id: str
    title: str
    gate: bool


@dataclass(frozen=True, slots=True)
class WeekShare:
    """Which share of the checks that apply was met, and which partly met, at the beginning of a week."""

    met: float
    partly_met: float


@dataclass(frozen=True, slots=True)
class CriterionProgress:
    """One criterion of one participant. ``weeks`` are oldest first; None if nothing is known of a week.

    ``applies``: at least one check applies now. ``still_weeks`` counts the weeks since the evidence last
    changed, as far as they are known.
    """

    weeks: tuple[WeekShare | None, ...]
    change: Change
    applies: bool
    still_weeks: int


@dataclass(frozen=True, slots=True)
class ParticipantProgress:
    """A participant's row: one cell for each criterion, in the rubric's order."""

    name: str
    cells: tuple[CriterionProgress, ...]

    @property
    def is_read(self) -> bool:
        """Return whether anything is known of the newest week."""
        return any(cell.weeks and cell.weeks[-1] is not None for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ProgressGrid:
    """Participants and criteria over time. ``week`` is the Monday of the newest week of ``weeks``."""

    week: date
    weeks: int
    criteria: tuple[ShownCriterion, ...]
    rows: tuple[ParticipantProgress, ...]


def first_week(week: date) -> date:
    """Return the Monday of the oldest week that is shown if ``week`` is the newest."""
    return week - (MOST_WEEKS - 1) * _WEEK


def make_progress_grid(
    week: date,
    criteria: Sequence[ShownCriterion],
    participants: Iterable[tuple[str, int]],
    snapshots: Iterable[CriterionSnapshot],
) -> ProgressGrid:
    """Return the grid of the weeks up to ``week``.

    ``participants`` are names with capstones, in the order of the rows. Weeks before the first snapshot of
    them all are left out.
    """
    known: dict[tuple[int, str], dict[date, CriterionSnapshot]] = {}
    for snapshot in snapshots:
        if first_week(week) <= snapshot.week <= week:
            known.setdefault((snapshot.capstone, snapshot.criterion), {})[snapshot.week] = snapshot
    rows = list(participants)
    shown = {(capstone, criterion.id) for _, capstone in rows for criterion in criteria}
    oldest = min((day for key in shown for day in known.get(key, ())), default=week)
    weeks = tuple(oldest + number * _WEEK for number in range((week - oldest).days // 7 + 1))
    return ProgressGrid(
        week,
        len(weeks),
        tuple(criteria),
        tuple(
            ParticipantProgress(
                name,
                tuple(_make_cell(weeks, known.get((capstone, criterion.id), {})) for criterion in criteria),
            )
            for name, capstone in rows
        ),
    )


def _make_cell(weeks: Sequence[date], known: Mapping[date, CriterionSnapshot]) -> CriterionProgress:
    newest = known.get(weeks[-1])
    return CriterionProgress(
        tuple(_find_share(known.get(week)) for week in weeks),
        _find_change(known.get(weeks[-1] - _WEEK), newest),
        newest is None or newest.applicable > 0,
        _count_still_weeks(weeks, known),
    )


def _find_share(snapshot: CriterionSnapshot | None) -> WeekShare | None:
    if snapshot is None or not snapshot.applicable or snapshot.not_assessed == snapshot.applicable:
        return None
    return WeekShare(snapshot.met / snapshot.applicable, snapshot.partly_met / snapshot.applicable)


def _find_change(before: CriterionSnapshot | None, now: CriterionSnapshot | None) -> Change:
    """Return how the evidence changed. Without a snapshot of the week before, there is no change."""
    if before is None or now is None or _count_states(before) == _count_states(now):
        return Change.NONE
    gained = _weigh(now) - _weigh(before)
    if gained == 0:
        return Change.OTHER
    return Change.MORE if gained > 0 else Change.LESS


def _count_states(snapshot: CriterionSnapshot) -> tuple[int, ...]:
    """Return the counts whose change a sensei would notice. Whether a reading looked is not among them."""
    return snapshot.met, snapshot.partly_met, snapshot.contested, snapshot.not_applicable


def _weigh(snapshot: CriterionSnapshot) -> float:
    """Return the share of met checks, where a partly met check counts half."""
    if not snapshot.applicable:
        return 0.0
    return (snapshot.met + snapshot.partly_met / 2) / snapshot.applicable


def _count_still_weeks(weeks: Sequence[date], known: Mapping[date, CriterionSnapshot]) -> int:
    still = 0
    for earlier, later in zip(reversed(weeks[:-1]), reversed(weeks), strict=False):
        before, after = known.get(earlier), known.get(later)
        if before is None or after is None or _count_states(before) != _count_states(after):
            break
        still += 1
    return still
