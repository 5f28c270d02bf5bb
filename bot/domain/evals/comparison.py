"""Compare two runs of the evaluation, case by case.

The interval of a difference is a paired bootstrap over cases: P. Koehn, "Statistical significance tests for
machine translation evaluation", *EMNLP* 2004, with the percentile intervals of Efron and Tibshirani (1993).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from bot.domain.evals.bootstrap import bootstrap_interval
from bot.domain.evals.intervals import Tally
from bot.domain.evals.saved_results import SavedResult
from bot.domain.evals.scoring import Measure

# Below this number, even an exact sign test can't give p < 0.05, even if all cases changed in the same
# direction: 2 * 0.5 ** 5 = 0.06, 2 * 0.5 ** 6 = 0.03.
LEAST_CHANGED = 6


class Conclusion(StrEnum):
    """What follows from the difference of a figure."""

    BETTER = "better"
    WORSE = "worse"
    UNCLEAR = "unclear"
    SAME = "same"
    NOT_COUNTED = "not counted"


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure in both runs, over the cases that both have.

    ``interval`` is the 95 % interval of ``share``, which is the second run's share less the first's. Both are
    None if they are undefined. ``changed`` is the number of cases in which the figure's share differs.
    """

    measure: Measure
    before: Tally
    after: Tally
    changed: int
    interval: tuple[float, float] | None

    @property
    def share(self) -> float | None:
        """The difference of the shares, from -1 to 1."""
        if self.before.share is None or self.after.share is None:
            return None
        return self.after.share - self.before.share

    @property
    def conclusion(self) -> Conclusion:
        """What can be concluded, or that nothing can."""
        if not self.before.of and not self.after.of:
            return Conclusion.NOT_COUNTED
        if not self.changed or self.interval == (0.0, 0.0):
            return Conclusion.SAME
        if self.interval is None or self.changed < LEAST_CHANGED:
            return Conclusion.UNCLEAR
        low, high = self.interval
        if low <= 0 <= high:
            return Conclusion.UNCLEAR
        return Conclusion.WORSE if (low > 0) is self.measure.less_is_better else Conclusion.BETTER


class ChangedCase(NamedTuple):
    """A case with different results: the counts of the measures whose share differs, and the remarks."""

    case: str
    counts: Mapping[Measure, tuple[Tally, Tally]]
    gone: Sequence[str]
    new: Sequence[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs: their figures, the cases that changed, and the cases that only one of them has."""

    before: SavedResult
    after: SavedResult
    cases: Sequence[str]
    differences: Sequence[Difference]
    changed: Sequence[ChangedCase]
    only_before: Sequence[str]
    only_after: Sequence[str]

    def concluded(self, conclusion: Conclusion) -> list[Measure]:
        """List the measures with a conclusion."""
        return [difference.measure for difference in self.differences if difference.conclusion is conclusion]


def compare_results(before: SavedResult, after: SavedResult) -> Comparison:
    """Compare two runs over the cases that both have."""
    cases = sorted(before.by_case.keys() & after.by_case.keys())
    changed = (_compare_case(name, before, after) for name in cases)
    return Comparison(
        before,
        after,
        cases,
        [_compare_measure(measure, before, after, cases) for measure in Measure],
        [case for case in changed if case.counts or case.gone or case.new],
        sorted(before.by_case.keys() - after.by_case.keys()),
        sorted(after.by_case.keys() - before.by_case.keys()),
    )


def _compare_measure(
    measure: Measure, before: SavedResult, after: SavedResult, cases: Sequence[str]
) -> Difference:
    pairs = [(before.tally(name, measure), after.tally(name, measure)) for name in cases]
    counted = [pair for pair in pairs if pair[0].of or pair[1].of]
    changed = sum(first.share != second.share for first, second in counted)
    interval = bootstrap_interval(counted, _share_difference) if changed else None
    firsts, seconds = _add_up([first for first, _ in pairs]), _add_up([second for _, second in pairs])
    return Difference(measure, firsts, seconds, changed, interval)


def _compare_case(name: str, before: SavedResult, after: SavedResult) -> ChangedCase:
    pairs = {measure: (before.tally(name, measure), after.tally(name, measure)) for measure in Measure}
    first, second = before.by_case[name].remarks, after.by_case[name].remarks
    return ChangedCase(
        name,
        {measure: pair for measure, pair in pairs.items() if pair[0].share != pair[1].share},
        [remark for remark in first if remark not in second],
        [remark for remark in second if remark not in first],
    )


def _share_difference(pairs: Sequence[tuple[Tally, Tally]]) -> float | None:
    before, after = (_add_up([pair[side] for pair in pairs]).share for side in (0, 1))
    return None if before is None or after is None else after - before


def _add_up(tallies: Sequence[Tally]) -> Tally:
    return Tally(sum(tally.hits for tally in tallies), sum(tally.of for tally in tallies))
