"""Cohen's kappa: how far two people agree beyond chance."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bot.domain.evals.bootstrap import bootstrap_interval
from bot.domain.evals.intervals import Tally

Labels = Counter[tuple[str, str]]
"""How often each pair of labels occurs: the first person's, and the second's for the same item."""


class Agreement(NamedTuple):
    """The items on which two people agree, and kappa with its 95 % interval, where it is defined."""

    agreed: Tally
    kappa: float | None
    interval: tuple[float, float] | None


def measure_agreement(cases: Sequence[Labels]) -> Agreement:
    """Compare two people's labels. The interval comes from drawing cases at random."""
    labels = sum(cases, Labels())
    same = sum(count for (first, second), count in labels.items() if first == second)
    kappa = cohens_kappa(labels)
    interval = (
        None if kappa is None else bootstrap_interval(cases, lambda drawn: cohens_kappa(_add_up(drawn)))
    )
    return Agreement(Tally(same, labels.total()), kappa, interval)


def cohens_kappa(labels: Labels) -> float | None:
    """Return kappa from -1 to 1, or None if it is undefined.

    J. Cohen, "A coefficient of agreement for nominal scales", *Educational and Psychological Measurement* 20
    (1960), 37-46. It is undefined without items, and if both people gave every item the same label.
    """
    firsts, seconds = Labels(), Labels()
    for (first, second), count in labels.items():
        firsts[first, ""] += count
        seconds[second, ""] += count
    total = labels.total()
    # In whole numbers, so that agreement that is certain by chance is recognised.
    by_chance = sum(count * seconds[label] for label, count in firsts.items())
    if by_chance == total * total:
        return None
    same = sum(count for (first, second), count in labels.items() if first == second)
    return (same * total - by_chance) / (total * total - by_chance)


def _add_up(cases: Sequence[Labels]) -> Labels:
    total = Labels()
    for labels in cases:
        total.update(labels)
    return total
