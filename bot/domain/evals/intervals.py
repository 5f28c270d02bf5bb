"""Counts of hits, their shares, and the confidence intervals of the shares."""

import math
from typing import NamedTuple

# The 97.5 % quantile of the normal distribution: two-sided 95 %.
_Z = 1.959963984540054


class Tally(NamedTuple):
    """A count of ``hits`` among ``of`` items."""

    hits: int = 0
    of: int = 0

    def plus(self, other: "Tally") -> "Tally":
        """Return the sum of two counts of the same measure."""
        return Tally(self.hits + other.hits, self.of + other.of)

    @property
    def share(self) -> float | None:
        """The share from 0 to 1, or None if nothing was counted."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share, computed by ``wilson_interval``."""
        return wilson_interval(self.hits, self.of)


def wilson_interval(hits: int, of: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion, or (0, 1) if nothing was counted.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22 (1927), 209-212; without a continuity correction. It stays within
    0 to 1 and works at 0 % and 100 %, where the textbook interval has no width (R. G. Newcombe, Statistics
    in Medicine 17 (1998), 857-872).
    """
    if not of:
        return 0.0, 1.0
    share, square = hits / of, _Z * _Z
    middle = share + square / (2 * of)
    reach = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = (middle - reach) / (1 + square / of), (middle + reach) / (1 + square / of)
    return (0.0 if hits == 0 else low), (1.0 if hits == of else high)
