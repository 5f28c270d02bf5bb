"""Intervals of figures that have no formula: they are computed again for randomly drawn sets of cases."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

RESAMPLES = 2000
SEED = 1

Group = TypeVar("Group")


def bootstrap_interval(
    groups: Sequence[Group], statistic: Callable[[Sequence[Group]], float | None]
) -> tuple[float, float] | None:
    """Return the 95 % percentile interval of a statistic, always the same for the same groups.

    B. Efron, R. J. Tibshirani, *An Introduction to the Bootstrap* (1993), chapter 13. A group is all that
    belongs to one case, because items of the same case are not independent. Draws for which the statistic is
    None are left out. The result is None if there are fewer than two groups, or if no draw has a value.
    """
    if len(groups) < 2:
        return None
    chance = random.Random(SEED)  # noqa: S311 - statistics, not a secret
    draws = (statistic(chance.choices(groups, k=len(groups))) for _ in range(RESAMPLES))
    values = sorted(value for value in draws if value is not None)
    if not values:
        return None
    last = len(values) - 1
    return values[round(0.025 * last)], values[round(0.975 * last)]
