"""How a cohort's ruled levels are spread: for each criterion, how many participants have which level.

Only senseis' newest rulings count, and there are no draft levels in it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.digest.progress import ShownCriterion
from bot.domain.triage.records import CriterionRuling

HIGHEST_LEVEL = 4


@dataclass(frozen=True, slots=True)
class LevelSpread:
    """One criterion: ``counts`` are numbers of capstones by level, from 0 to ``HIGHEST_LEVEL``.

    ``unruled`` are those without a level: nobody has ruled, or the sensei could not judge.
    """

    criterion: ShownCriterion
    counts: tuple[int, ...]
    unruled: int


def spread_levels(
    criteria: Sequence[ShownCriterion], rulings: Mapping[int, Mapping[str, CriterionRuling]]
) -> tuple[LevelSpread, ...]:
    """Return the spread of each criterion, in the rubric's order. ``rulings`` are the newest by capstone."""
    spreads = []
    for criterion in criteria:
        levels = Counter(ruled[criterion.id].level for ruled in rulings.values() if criterion.id in ruled)
        counts = tuple(levels[level] for level in range(HIGHEST_LEVEL + 1))
        spreads.append(LevelSpread(criterion, counts, len(rulings) - sum(counts)))
    return tuple(spreads)


def has_levels(spreads: Sequence[LevelSpread]) -> bool:
    """Return whether any criterion of anyone has a level."""
    return any(any(spread.counts) for spread in spreads)
