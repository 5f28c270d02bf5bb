"""Compares the best pairing with another: the best one that pairs two people, or that keeps two apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.solver import Solution, Solver, first_constraint


@dataclass(frozen=True, slots=True)
class AlreadyTogether:
    """The two are already together in this pairing."""

    participant: str
    sensei: str


@dataclass(frozen=True, slots=True)
class ImpossiblePair:
    """The two cannot be paired.

    ``minutes`` is the weekly overlap of their working hours, or 0 if one of them is not taking part.
    """

    participant: str
    sensei: str
    constraint: Constraint
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class MovedParticipant:
    """Another participant who would change senseis. None means no sensei."""

    participant: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What it would cost to pair two people.

    ``full`` means that other participants take up all the sensei's places. ``fit_before`` and ``fit_after``
    are the cohort's fit in points. ``moves`` are the fewest possible at that fit.
    """

    participant: str
    sensei: str
    instead_of: str | None
    full: bool
    moves: tuple[MovedParticipant, ...]
    fit_before: int
    fit_after: int

    @property
    def loss(self) -> int:
        """How many points the cohort's fit drops. Negative only if a participant loses their sensei."""
        return self.fit_before - self.fit_after

    @property
    def loss_percent(self) -> float | None:
        """The loss as a percentage of the cohort's fit, or None if that fit is not above 0."""
        return 100 * self.loss / self.fit_before if self.fit_before > 0 else None

    @property
    def unassigned(self) -> tuple[str, ...]:
        """The other participants who would be left without a sensei."""
        return tuple(move.participant for move in self.moves if move.after is None)

    @property
    def assigned(self) -> tuple[str, ...]:
        """The other participants who have no sensei now and would get one."""
        return tuple(move.participant for move in self.moves if move.before is None)


def explain_why_not(
    solver: Solver, solution: Solution, participant: str, sensei: str
) -> AlreadyTogether | ImpossiblePair | Counterfactual:
    """Return the obstacle to a pair, or its cost, by solving again with the pair fixed.

    ``solution`` must come from this solver. A full sensei is no obstacle. The locks of other participants
    hold; this participant's lock doesn't.
    """
    now = solution.senseis
    if now.get(participant) == sensei:
        return AlreadyTogether(participant, sensei)
    bars = solver.fit.bars(participant, sensei)
    if bars:
        present = Constraint.GONE not in bars
        minutes = solver.fit.minutes(participant, sensei) if present else 0
        return ImpossiblePair(participant, sensei, first_constraint(bars), minutes)
    participant_number, sensei_number = solver.number(participant, sensei)
    fixed = {**solver.locks, participant_number: sensei_number}
    if sum(number == sensei_number for number in fixed.values()) > solver.capacity[sensei_number]:
        constraint = Constraint.LOCKED if solver.capacity[sensei_number] else Constraint.CAPACITY
        return ImpossiblePair(participant, sensei, constraint, solver.fit.minutes(participant, sensei))
    alternative = solver.solution(solver.assigned(fixed, _near(solver, now)))
    return _compare(solver, solution, alternative, participant, sensei)


def find_next_best(solver: Solver, solution: Solution, participant: str) -> Counterfactual | None:
    """Return the best pairing in which a paired participant has another sensei. None if there is none.

    ``solution`` must come from this solver. As few as possible of the others lose their sensei; after that,
    the cohort's fit decides.
    """
    now, problem = solution.senseis, solver.problem
    sensei = now[participant]
    without = Solver(replace(problem, vetoed=problem.vetoed | {(participant, sensei)}))
    alternative = without.solution(without.assigned(without.locks, _near(without, now)))
    if other := alternative.senseis.get(participant):
        return _compare(solver, solution, alternative, participant, other)
    # The best pairing without this pair leaves the participant out. So someone else would lose their sensei.
    others = [solver.senseis[number] for number in solver.allowed(solver.number(participant, sensei)[0])]
    answers = [explain_why_not(solver, solution, participant, other) for other in others if other != sensei]
    possible = [answer for answer in answers if isinstance(answer, Counterfactual)]
    return min(
        possible,
        key=lambda answer: (len(answer.unassigned) - len(answer.assigned), answer.loss, answer.sensei),
        default=None,
    )


def _near(solver: Solver, now: Mapping[str, str]) -> list[int | None]:
    """Return each participant's current sensei by number."""
    return [solver.number(other, now[other])[1] if other in now else None for other in solver.participants]


def _compare(
    solver: Solver, solution: Solution, alternative: Solution, participant: str, sensei: str
) -> Counterfactual:
    now, after = solution.senseis, alternative.senseis
    load = sum(other == sensei for other in now.values())
    return Counterfactual(
        participant,
        sensei,
        now.get(participant),
        load >= solver.capacity[solver.senseis.index(sensei)],
        tuple(
            MovedParticipant(other, now.get(other), after.get(other))
            for other in solver.participants
            if other != participant and now.get(other) != after.get(other)
        ),
        solution.fit,
        alternative.fit,
    )
