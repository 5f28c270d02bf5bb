"""Who can stand in for a sensei on holiday: for all of their participants, or for some."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.pairing.fit import Fit
from bot.domain.pairing.problem import Constraint, PairingProblem
from bot.domain.pairing.solver import first


@dataclass(frozen=True, slots=True)
class Deputy:
    """A sensei who could stand in. ``barred``: for whom they cannot, and why; empty: for all.

    ``over`` is by how many they would be over their capacity meanwhile, ``fit`` the points of all pairs that
    are possible, ``minutes`` the least that one of those has in common with them in the week.
    """

    sensei: str
    barred: tuple[tuple[str, Constraint], ...]
    over: int
    fit: int
    minutes: int


def find_deputies(
    problem: PairingProblem, absent: str, participants: Collection[str], away: Collection[str] = ()
) -> tuple[Deputy, ...]:
    """Rank the senseis who could stand in for an absent one's participants, the best first.

    First who is barred from the fewest, then who stays nearest to their capacity, then who fits best, then by
    id. ``current`` says how many each has; ``away`` are others on holiday, who are left out like whoever is
    paused. A deputy may exceed their capacity, as it is for a while: ``over`` says so.
    """
    fit, asked = Fit(problem), sorted({*participants})
    found = []
    for sensei in problem.senseis:
        if sensei.paused or sensei.id == absent or sensei.id in away:
            continue
        bars = {one: fit.bars(one, sensei.id) for one in asked}
        able = [one for one in asked if not bars[one]]
        load = sum(theirs == sensei.id for theirs in problem.current.values()) + len(
            [one for one in able if problem.current.get(one) != sensei.id]
        )
        found.append(
            Deputy(
                sensei.id,
                tuple((one, first(bars[one])) for one in asked if bars[one]),
                max(load - max(sensei.profile.capacity, 0), 0) if able else 0,
                sum(fit.points(one, sensei.id) for one in able),
                min((fit.minutes(one, sensei.id) for one in able), default=0),
            )
        )
    return tuple(sorted(found, key=lambda one: (len(one.barred), one.over, -one.fit, one.sensei)))
