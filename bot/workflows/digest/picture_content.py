"""What a digest's picture shows: the sensei's participants over time, or the cohort's ruled levels."""

from collections.abc import Sequence
from datetime import date

from bot.domain.digest.progress import ProgressGrid, ShownCriterion, first_week, make_progress_grid
from bot.domain.digest.ruled_levels import LevelSpread, spread_levels
from bot.domain.dojo.local_days import day_in
from bot.domain.rubrics.rubric import Rubric
from bot.ports.chat import Block
from bot.ports.store import Tx
from bot.ports.triage import StoredDigest
from bot.rendering.digest import picture_words
from bot.workflows.chat.working_hours import find_hours
from bot.workflows.digest.snapshots import list_capstones
from bot.workflows.triage.responsibilities import Responsibility, list_responsibilities

LEAD = "lead"
"""The role of a stored digest that is a lead's."""


def list_criteria(rubric: Rubric) -> tuple[ShownCriterion, ...]:
    """Return a rubric's criteria. Packs add checks, but no criteria."""
    return tuple(
        ShownCriterion(criterion.id, criterion.title, criterion.gate) for criterion in rubric.criteria
    )


def find_week(digest: StoredDigest) -> date:
    """Return the Monday of a digest's week."""
    return date.fromisoformat(f"{digest.week}-1")


def list_own(tx: Tx, digest: StoredDigest) -> Sequence[Responsibility]:
    """List the capstones about which a digest's sensei decided when it was made."""
    return [
        responsibility
        for responsibility in list_responsibilities(tx, digest.cohort, digest.at)
        if responsibility.role_of(digest.person) is not None
    ]


def gather_progress(tx: Tx, rubric: Rubric, digest: StoredDigest) -> ProgressGrid | None:
    """Return the grid of a sensei's digest, or None if they have no participants."""
    own = list_own(tx, digest)
    if not own:
        return None
    people = {responsibility.participant for responsibility in own}
    names = {member.person: member.name for member in tx.members.of(digest.cohort, people=people)}
    rows = sorted(
        ((names.get(responsibility.participant, ""), responsibility.capstone) for responsibility in own),
        key=lambda row: (row[0].casefold(), row[1]),
    )
    week = find_week(digest)
    snapshots = tx.snapshots.of([capstone for _, capstone in rows], first_week(week))
    return make_progress_grid(week, list_criteria(rubric), rows, snapshots)


def gather_levels(tx: Tx, rubric: Rubric, cohort: int) -> tuple[LevelSpread, ...]:
    """Return how a cohort's ruled levels are spread."""
    return spread_levels(list_criteria(rubric), tx.rulings.latest(list_capstones(tx, cohort)))


def find_day(tx: Tx, digest: StoredDigest) -> date:
    """Return the day on which a digest was made, for its reader."""
    return day_in(find_hours(tx, digest.person, digest.cohort).time_zone, digest.at)


def picture_blocks(tx: Tx, rubric: Rubric, digest: StoredDigest) -> tuple[Block, ...]:
    """Return a digest's picture for its message, or no blocks if it has none."""
    if digest.picture is None:
        return ()
    if digest.role == LEAD:
        spreads = gather_levels(tx, rubric, digest.cohort)
        return picture_words.level_blocks(digest.picture, spreads, find_day(tx, digest))
    grid = gather_progress(tx, rubric, digest)
    return picture_words.progress_blocks(digest.picture, grid) if grid else ()
