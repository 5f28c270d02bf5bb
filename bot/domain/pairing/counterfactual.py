"""Explains why two people aren't paired: compares the best pairing with the best one that pairs them."""

from dataclasses import dataclass

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
    near = [solver.number(other, now[other])[1] if other in now else None for other in solver.participants]
    alternative = solver.solution(solver.assigned(fixed, near))
    after = alternative.senseis
    return Counterfactual(
        participant,
        sensei,
        now.get(participant),
        sum(number == sensei_number for number in near) >= solver.capacity[sensei_number],
        tuple(
            MovedParticipant(other, now.get(other), after.get(other))
            for other in solver.participants
            if other != participant and now.get(other) != after.get(other)
        ),
        solution.fit,
        alternative.fit,
    )
