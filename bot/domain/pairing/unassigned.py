"""Whom nobody got, and which constraint is to blame: the one without which they would have somebody.

Exact, without solving anew: as many are paired as can be, so one more can be exactly if somebody may have a
sensei who can free a place, by a chain of others who each move on to another sensei (Berge, "Two theorems in
graph theory", Proceedings of the National Academy of Sciences 43 (1957), 842-844).
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.solver import Solution, Solver, first

_RELAXED = (Constraint.PAUSED, Constraint.OVERLAP, Constraint.VETOED, Constraint.CONFIDENTIAL)


@dataclass(frozen=True, slots=True)
class Unassigned:
    """Somebody without a sensei. ``alone``: without any one of ``causes`` they, and all others, had one.

    Otherwise the causes only do it together. ``GONE``: there is no sensei at all. ``CAPACITY``: one more
    place than are taken at one of the senseis they may have. ``LOCKED``: if those who are locked could move.
    """

    participant: str
    causes: tuple[Constraint, ...]
    alone: bool = True


def explain_unassigned(matcher: Solver, solution: Solution) -> tuple[Unassigned, ...]:
    """Say of each unassigned participant what stands in their way. ``solution`` is the matcher's own."""
    if not solution.unassigned:
        return ()
    now = solution.senseis
    at: dict[int, list[int]] = {sensei: [] for sensei in range(len(matcher.senseis))}
    for who, sensei in now.items():
        participant, number = matcher.number(who, sensei)
        at[number].append(participant)
    open_ = _can_free(matcher, at, matcher.locks)
    unlocked = _can_free(matcher, at, ()) if matcher.locks else open_
    return tuple(_blame(matcher, one, open_, unlocked) for one in solution.unassigned)


def _can_free(matcher: Solver, at: dict[int, list[int]], stay: Collection[int]) -> set[str]:
    """Senseis with a free place, or who would have one if somebody moved on, and so forth."""
    found = {sensei for sensei, who in at.items() if len(who) < matcher.capacity[sensei]}
    reach: dict[int, set[int]] = {}
    for sensei, who in at.items():
        for one in who:
            if one not in stay:
                for other in matcher.allowed(one):
                    reach.setdefault(other, set()).add(sensei)
    waiting = [*found]
    while waiting:
        new = reach.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return {matcher.senseis[sensei] for sensei in found}


def _blame(matcher: Solver, participant: str, open_: set[str], unlocked: set[str]) -> Unassigned:
    everybody = matcher.problem.senseis
    bars = {one.id: matcher.fit.bars(participant, one.id) for one in everybody if one.id != participant}
    if not bars:
        return Unassigned(participant, (Constraint.GONE,))
    # Whoever is paused has all places free.
    open_ = open_ | {one.id for one in everybody if one.paused and one.profile.capacity > 0}
    allowed = {sensei for sensei, found in bars.items() if not found}
    causes = {
        constraint
        for constraint in _RELAXED
        if any(found == {constraint} and sensei in open_ for sensei, found in bars.items())
    }
    if allowed:
        causes.add(Constraint.CAPACITY)
    if allowed & unlocked:
        causes.add(Constraint.LOCKED)
    if causes:
        return Unassigned(participant, _in_order(causes))
    causes = {first(found) for found in bars.values() if found}
    if not {*bars} & open_:
        causes.add(Constraint.CAPACITY)
    return Unassigned(participant, _in_order(causes), alone=False)


def _in_order(causes: Collection[Constraint]) -> tuple[Constraint, ...]:
    return tuple(constraint for constraint in Constraint if constraint in causes)
