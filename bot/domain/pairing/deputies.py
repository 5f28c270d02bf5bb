"""Finds senseis who can stand in for a sensei on holiday, for all or some of the participants."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.pairing.fit import Fit
from bot.domain.pairing.problem import Constraint, PairingPerson, PairingProblem
from bot.domain.pairing.solver import first_constraint


@dataclass(frozen=True, slots=True)
class Deputy:
    """A possible deputy.

    ``barred`` are the participants for whom they cannot stand in, and why. ``over`` is by how many
    participants they would exceed their capacity. ``fit`` is the total points of all possible pairs.
    ``minutes`` is the smallest weekly overlap among those pairs.
    """

    sensei: str
    barred: tuple[tuple[str, Constraint], ...]
    over: int
    fit: int
    minutes: int


def find_deputies(
    problem: PairingProblem, absent: str, participants: Collection[str], away: Collection[str] = ()
) -> tuple[Deputy, ...]:
    """Rank the possible deputies for an absent sensei's participants, best first.

    The order is by fewest barred participants, then by least excess over capacity, then by fit, then by id.
    ``current`` is each sensei's number of participants. ``away`` are other senseis on holiday, who are left
    out like paused ones. A deputy may exceed their capacity, because it is only temporary.
    """
    fit, asked = Fit(problem), sorted({*participants})
    deputies = [
        _rate_deputy(problem, fit, sensei, asked)
        for sensei in problem.senseis
        if not sensei.paused and sensei.id != absent and sensei.id not in away
    ]
    deputies.sort(key=lambda deputy: (len(deputy.barred), deputy.over, -deputy.fit, deputy.sensei))
    return tuple(deputies)


def _rate_deputy(
    problem: PairingProblem, fit: Fit, sensei: PairingPerson, participants: Collection[str]
) -> Deputy:
    bars = {participant: fit.bars(participant, sensei.id) for participant in participants}
    able = [participant for participant, constraints in bars.items() if not constraints]
    load = sum(current == sensei.id for current in problem.current.values())
    load += sum(problem.current.get(participant) != sensei.id for participant in able)
    return Deputy(
        sensei.id,
        tuple(
            (participant, first_constraint(constraints))
            for participant, constraints in bars.items()
            if constraints
        ),
        max(load - max(sensei.profile.capacity, 0), 0) if able else 0,
        sum(fit.points(participant, sensei.id) for participant in able),
        min((fit.minutes(participant, sensei.id) for participant in able), default=0),
    )
