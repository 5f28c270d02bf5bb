"""The senseis who can stand in for one on holiday: for all of their participants, or for some."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.pairing.fit import Fit
from bot.domain.pairing.problem import Constraint, PairingPerson, PairingProblem
from bot.domain.pairing.solver import first_constraint


@dataclass(frozen=True, slots=True)
class Deputy:
    """A sensei who could stand in.

    ``barred`` are the participants for whom they cannot, and why; empty: they can for all. ``over`` is the
    number of participants above their capacity meanwhile, ``fit`` the points of all pairs that are possible,
    ``minutes`` the least that one of those pairs has in common in the week.
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

    The order is by the fewest participants barred, then by the least above capacity, by fit and by id.
    ``current`` says how many participants each sensei has. ``away`` are others on holiday: like paused
    senseis, they are left out. A deputy may exceed their capacity, as it is only for a while.
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
