"""Why not somebody else: the best pairing in which two people are together, beside the best one of all."""

from dataclasses import dataclass

from bot.domain.pairing.problem import Constraint
from bot.domain.pairing.solver import Solution, Solver, first


@dataclass(frozen=True, slots=True)
class AlreadyTogether:
    """They are together in this pairing."""

    participant: str
    sensei: str


@dataclass(frozen=True, slots=True)
class ImpossiblePair:
    """They cannot be together. ``minutes`` a week in which both work; 0 where one of them is not there."""

    participant: str
    sensei: str
    constraint: Constraint
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class MovedParticipant:
    """Somebody else who would have another sensei; None is nobody."""

    participant: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """What it would cost to put them together. ``full``: all of the sensei's places are others'.

    ``fit_before`` and ``fit_after`` are the cohort's, in points. ``moves`` are as few as can be at that fit.
    ``unassigned`` are those who would lose their sensei altogether, ``assigned`` those who would gain one.
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
        """By how many points the cohort's fit falls. Below 0 only where somebody loses their sensei."""
        return self.fit_before - self.fit_after

    @property
    def loss_percent(self) -> float | None:
        """The loss in per cent of the cohort's fit; None where that is not above 0."""
        return 100 * self.loss / self.fit_before if self.fit_before > 0 else None

    @property
    def unassigned(self) -> tuple[str, ...]:
        """Who would be left without a sensei."""
        return tuple(move.participant for move in self.moves if move.after is None)

    @property
    def assigned(self) -> tuple[str, ...]:
        """Who else would get a sensei and has none now."""
        return tuple(move.participant for move in self.moves if move.before is None)


def explain_why_not(
    matcher: Solver, solution: Solution, participant: str, sensei: str
) -> AlreadyTogether | ImpossiblePair | Counterfactual:
    """Say what stands in the way of a pair, or what it would cost, by solving anew with the pair fixed.

    ``solution`` is the matcher's own. A sensei who is full can be had; what everybody else has locked stays
    locked, a lock of this participant's does not.
    """
    now = solution.senseis
    if now.get(participant) == sensei:
        return AlreadyTogether(participant, sensei)
    bars = matcher.fit.bars(participant, sensei)
    if bars:
        there = Constraint.GONE not in bars
        minutes = matcher.fit.minutes(participant, sensei) if there else 0
        return ImpossiblePair(participant, sensei, first(bars), minutes)
    one, other = matcher.number(participant, sensei)
    fixed = {**matcher.locks, one: other}
    if sum(number == other for number in fixed.values()) > matcher.capacity[other]:
        constraint = Constraint.LOCKED if matcher.capacity[other] else Constraint.CAPACITY
        return ImpossiblePair(participant, sensei, constraint, matcher.fit.minutes(participant, sensei))
    near = [matcher.number(who, now[who])[1] if who in now else None for who in matcher.participants]
    then = matcher.solution(matcher.assigned(fixed, near))
    after = then.senseis
    return Counterfactual(
        participant,
        sensei,
        now.get(participant),
        sum(number == other for number in near) >= matcher.capacity[other],
        tuple(
            MovedParticipant(who, now.get(who), after.get(who))
            for who in matcher.participants
            if who != participant and now.get(who) != after.get(who)
        ),
        solution.fit,
        then.fit,
    )
