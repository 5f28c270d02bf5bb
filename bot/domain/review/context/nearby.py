"""Unchanged text that is shown beside a change, and where it appears in a data section."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.review.citations import SourceText


class NearbyKind(StrEnum):
    """Why unchanged text is shown. The value is its tag."""

    HISTORY = "history"
    CALLER = "caller"
    USED = "used"
    PLAN = "plan"
    NEIGHBOUR = "neighbour"


ATTRIBUTES = {NearbyKind.CALLER: "calls", NearbyKind.USED: "defines"}
# Tokens for all texts of a kind, and a divisor of the budget that may be less. The first is cut last.
SHARES: dict[NearbyKind, tuple[int, int]] = {
    NearbyKind.HISTORY: (600, 40),
    NearbyKind.CALLER: (3000, 12),
    NearbyKind.USED: (1600, 15),
    NearbyKind.PLAN: (1200, 20),
    NearbyKind.NEIGHBOUR: (1200, 20),
}


@dataclass(frozen=True, slots=True)
class NearbyText:
    """Lines of an unchanged text, or of a changed file outside its changes.

    ``keys`` are the lines that matter: if the change already shows all of them, the text is left out.
    ``names`` says what the lines call or define, and ``about`` is the path of the changed file in question.
    """

    kind: NearbyKind
    text: SourceText
    lines: tuple[range, ...]
    keys: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    about: str = ""


def join_lines(ranges: Iterable[range], count: int, hidden: Iterable[int] = ()) -> list[int]:
    """Return the sorted numbers of the lines in some ranges, without those in ``hidden``."""
    left_out = set(hidden)
    return sorted({line for lines in ranges for line in lines if 1 <= line <= count} - left_out)
