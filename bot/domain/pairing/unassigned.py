"""Finds the constraints to blame for participants without a sensei.

A constraint is to blame if the participant would have a sensei without it.

The answer is exact, and needs no second solve. The solver already pairs as many people as possible. So one
more participant can be paired if and only if one of their possible senseis can free a place through a chain
of others who each move to another sensei (Berge, "Two theorems in graph theory", Proceedings of the National
Academy of Sciences 43 (1957), 842-844).
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.solver import Solution, Solver, first_constraint

NO_PROFILE = "no_profile"
"""The blame for a participant who has no profile yet."""

_RELAXED = (Constraint.PAUSED, Constraint.OVERLAP, Constraint.VETOED, Constraint.CONFIDENTIAL)
_ANY, _TOGETHER = ",", "+"


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A participant without a sensei.

    If ``alone``, removing any single cause would be enough to give them a sensei without taking anyone
    else's. Otherwise only the causes together are to blame. ``GONE``: there is no sensei at all.
    ``CAPACITY``: one of their possible senseis would need one more place. ``LOCKED``: a participant in a
    locked pair would have to move.
    """

    participant: str
    causes: tuple[Constraint, ...]
    alone: bool = True


def encode_blame(unassigned: Unassigned) -> str:
    """Return the causes as one word, for storage in a proposal."""
    return (_ANY if unassigned.alone else _TOGETHER).join(unassigned.causes)


def decode_blame(participant: str, blame: str) -> Unassigned:
    """Return the causes from a word written by ``encode_blame``."""
    separator = _TOGETHER if _TOGETHER in blame else _ANY
    causes = tuple(Constraint(cause) for cause in blame.split(separator))
    return Unassigned(participant, causes, alone=separator == _ANY)


def explain_unassigned(solver: Solver, solution: Solution) -> tuple[Unassigned, ...]:
    """Return the causes for each unassigned participant. ``solution`` must come from this solver."""
    if not solution.unassigned:
        return ()
    participants_of: dict[int, list[int]] = {sensei: [] for sensei in range(len(solver.senseis))}
    for pair in solution.pairs:
        participant, sensei = solver.number(pair.participant, pair.sensei)
        participants_of[sensei].append(participant)
    can_free = _find_freeable(solver, participants_of, solver.locks)
    unlocked = _find_freeable(solver, participants_of, ()) if solver.locks else can_free
    return tuple(_blame(solver, participant, can_free, unlocked) for participant in solution.unassigned)


def _find_freeable(
    solver: Solver, participants_of: dict[int, list[int]], locked: Collection[int]
) -> set[str]:
    """Return the senseis who have a free place, or would have one if other participants moved."""
    found = {sensei for sensei, theirs in participants_of.items() if len(theirs) < solver.capacity[sensei]}
    sources: dict[int, set[int]] = {}
    for sensei, theirs in participants_of.items():
        for participant in theirs:
            if participant not in locked:
                for other in solver.allowed(participant):
                    sources.setdefault(other, set()).add(sensei)
    waiting = [*found]
    while waiting:
        new = sources.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return {solver.senseis[sensei] for sensei in found}


def _blame(solver: Solver, participant: str, can_free: set[str], unlocked: set[str]) -> Unassigned:
    senseis = solver.problem.senseis
    bars = {
        sensei.id: solver.fit.bars(participant, sensei.id) for sensei in senseis if sensei.id != participant
    }
    if not bars:
        return Unassigned(participant, (Constraint.GONE,))
    # All of a paused sensei's places are free.
    can_free = can_free | {sensei.id for sensei in senseis if sensei.paused and sensei.profile.capacity > 0}
    allowed = {sensei for sensei, found in bars.items() if not found}
    causes = {
        constraint
        for constraint in _RELAXED
        if any(found == {constraint} and sensei in can_free for sensei, found in bars.items())
    }
    if allowed:
        causes.add(Constraint.CAPACITY)
    if allowed & unlocked:
        causes.add(Constraint.LOCKED)
    if causes:
        return Unassigned(participant, _sort_constraints(causes))
    causes = {first_constraint(found) for found in bars.values() if found}
    if not {*bars} & can_free:
        causes.add(Constraint.CAPACITY)
    return Unassigned(participant, _sort_constraints(causes), alone=False)


def _sort_constraints(causes: Collection[Constraint]) -> tuple[Constraint, ...]:
    return tuple(constraint for constraint in Constraint if constraint in causes)
