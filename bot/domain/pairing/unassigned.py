"""The participants without a sensei, and the constraint to blame: the one without which they would have one.

The answer is exact, without solving again. The solver pairs as many people as possible. So one more can be
paired exactly if a participant may have a sensei who can free a place, by a chain of others who each move on
to another sensei (Berge, "Two theorems in graph theory", Proceedings of the National Academy of Sciences 43
(1957), 842-844).
"""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.solver import Solution, Solver, first_constraint

NO_PROFILE = "no_profile"
"""The blame for a participant who has not filled in a profile yet."""

_RELAXED = (Constraint.PAUSED, Constraint.OVERLAP, Constraint.VETOED, Constraint.CONFIDENTIAL)
_ANY, _TOGETHER = ",", "+"


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A participant without a sensei.

    ``alone``: without any one of ``causes``, they and all others would have a sensei. Otherwise only the
    causes together are to blame. ``GONE``: there is no sensei at all. ``CAPACITY``: one of the senseis they
    may have needs one more place. ``LOCKED``: somebody who is locked would have to move.
    """

    participant: str
    causes: tuple[Constraint, ...]
    alone: bool = True


def encode_blame(unassigned: Unassigned) -> str:
    """Return the causes as one word, as a proposal stores them."""
    return (_ANY if unassigned.alone else _TOGETHER).join(unassigned.causes)


def decode_blame(participant: str, blame: str) -> Unassigned:
    """Return the causes that ``encode_blame`` has written."""
    separator = _TOGETHER if _TOGETHER in blame else _ANY
    causes = tuple(Constraint(cause) for cause in blame.split(separator))
    return Unassigned(participant, causes, alone=separator == _ANY)


def explain_unassigned(solver: Solver, solution: Solution) -> tuple[Unassigned, ...]:
    """Return what stands in the way of each unassigned participant. ``solution`` is the solver's own."""
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
    """Return the senseis with a free place, or who would have one if others moved on."""
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
    # All places of a paused sensei are free.
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
