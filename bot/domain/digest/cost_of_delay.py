"""The cost of delay: what orders the rows of a digest.

It is a whole number: points for the kind of row, for a gate criterion, for a milestone that is near, and for
each working day that the row has waited. ``docs/triage.md`` shows the points.
"""

from bot.domain.digest.rows import RowKind

KIND_POINTS = {
    RowKind.DISPUTE: 100,
    RowKind.APPEAL: 100,
    RowKind.HANDOVER: 100,
    RowKind.ENQUIRY: 100,
    RowKind.QUESTION: 70,
    RowKind.RULINGS: 30,
    RowKind.AT_RISK: 20,
    RowKind.DRIFT: 15,
    RowKind.CHECK_IN: 10,
    RowKind.GROWTH: 0,
}
"""Points by kind. In the first four kinds, a participant can't go on until the sensei acts."""
GATE_POINTS = 15
"""Points for a row about a gate criterion."""
MILESTONE_POINTS = 20
"""Points for a row that decides about a level while a milestone is near or open."""
DAY_POINTS, MOST_DAYS = 2, 10
"""Points for each working day of waiting, and the days after which they no longer grow."""
NEAR_DAYS = 10
"""A milestone is near if it is at most this many working days away."""


def add_up_cost(kind: RowKind, days: int, *, gate: bool = False, milestone: bool = False) -> int:
    """Return the cost of delay of a row that has waited for ``days`` working days."""
    waiting = DAY_POINTS * min(max(days, 0), MOST_DAYS)
    return KIND_POINTS[kind] + GATE_POINTS * gate + MILESTONE_POINTS * milestone + waiting
