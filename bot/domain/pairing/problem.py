"""What the pairing of a cohort is worked out from: people, what must not be, and what counts how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.domain.dojo.people import Profile
from bot.errors import UserError

MOST_WEIGHT = 1000


@dataclass(frozen=True, slots=True)
class Weights:
    """How many points each thing is worth at its best, 0 to 1000; a pair's fit is the sum of the first five.

    ``balance`` is what the last place of a sensei costs; the places before it cost less, in even steps. The
    defaults add up to 1000 and are a judgement: what is looked for comes first, then hours in which to talk.
    Wishes and what stands already outweigh a stack, and none of them outweighs the first two.
    """

    skills: int = 400
    overlap: int = 250
    stacks: int = 100
    preferences: int = 150
    continuity: int = 100
    balance: int = 100

    @property
    def most(self) -> int:
        """The most points that a pair can have."""
        return self.skills + self.overlap + self.stacks + self.preferences + self.continuity


def parse_weights(given: Mapping[str, object]) -> Weights:
    """Return the default weights with those that a cohort gave; a wrong name or value is a UserError."""
    names = [one.name for one in fields(Weights)]
    for name, value in given.items():
        if name not in names:
            raise UserError(f"There is no weight called {name!r}.", f"Weights are {', '.join(names)}.")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_WEIGHT:
            raise UserError(
                f"The weight {name} cannot be {value!r}.", f"Give a whole number from 0 to {MOST_WEIGHT}."
            )
    weights = replace(Weights(), **given)  # type: ignore[arg-type] # each was just seen to be an int
    if not weights.most:
        raise UserError(
            "With these weights no pair is better than another.",
            f"Let one of {', '.join(name for name in names if name != 'balance')} be above 0.",
        )
    return weights


MINIMUM = "minimum_hours"
"""The name, among a cohort's weights, of the hours a week that two people must share."""
MINIMUM_HOURS = 2
"""Without a word from the cohort: a one-to-one and a question in between."""


def weights_of(given: Mapping[str, int]) -> tuple[Weights, int]:
    """Return a cohort's weights and minimum hours.

    Raises:
        UserError: one of them is none.
    """
    rest = {name: value for name, value in given.items() if name != MINIMUM}
    minimum = given.get(MINIMUM, MINIMUM_HOURS)
    if not 0 <= minimum <= 40:
        raise UserError(f"{MINIMUM} cannot be {minimum}.", "Give whole hours a week from 0 to 40.")
    return parse_weights(rest), minimum


class Constraint(StrEnum):
    """What can stand in a pair's way. The order is that in which one is named where several do.

    The confidential one comes last: where anything else is reason enough, nobody hears of it.
    """

    GONE = "gone"
    SELF = "self"
    PAUSED = "paused"
    OVERLAP = "overlap"
    CAPACITY = "capacity"
    LOCKED = "locked"
    VETOED = "vetoed"
    CONFIDENTIAL = "confidential"


class AllowedChange(StrEnum):
    """How much of what stands may change."""

    FREE = "free"
    """Pairs that stand count by their weight, continuity."""
    FEWEST = "fewest"
    """As few of them change as can be with as many people paired; only then fit counts."""


@dataclass(frozen=True, slots=True)
class PairingPerson:
    """A participant or a sensei to be paired; ``profile.capacity`` counts for senseis only."""

    id: str
    profile: Profile
    paused: bool = False


@dataclass(frozen=True, slots=True)
class PairingProblem:
    """All that a pairing depends on. Pairs are (participant, sensei), by person ids; orders mean nothing.

    ``week`` is any day of the week whose clocks count (summer time moves hours). ``confidential`` are pairs
    of ids in either order, without author or reason; ``vetoed`` are pairs that somebody has turned down.
    ``current`` is who has whom now, by participant. ``locked`` pairs stay: over a sensei's capacity and
    below ``minimum_hours`` too, but not against a veto, a confidential constraint or a pause; then they
    are given back as released.
    """

    participants: tuple[PairingPerson, ...]
    senseis: tuple[PairingPerson, ...]
    week: date
    weights: Weights = Weights()
    minimum_hours: int = 0
    confidential: frozenset[frozenset[str]] = frozenset()
    vetoed: frozenset[tuple[str, str]] = frozenset()
    current: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    locked: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    change: AllowedChange = AllowedChange.FREE

    def __post_init__(self) -> None:
        for group in (self.participants, self.senseis):
            if len({person.id for person in group}) < len(group):
                raise ValueError("somebody is there twice")


def keeping(problem: PairingProblem, concerned: frozenset[str]) -> PairingProblem:
    """Return the problem with every pair that stands locked, but for those of the people concerned.

    For one who leaves, pauses or asks: nobody else moves. Whoever asked for somebody else still has their
    present pair in ``current``; put it among ``vetoed``, or it may well be found again.
    """
    kept = {
        participant: sensei
        for participant, sensei in problem.current.items()
        if participant not in concerned and sensei not in concerned
    }
    return replace(problem, locked=MappingProxyType({**kept, **problem.locked}))
