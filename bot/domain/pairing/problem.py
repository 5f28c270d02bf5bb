"""The input for pairing a cohort: people, constraints and weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.domain.dojo import profiles
from bot.domain.dojo.people import Profile
from bot.domain.text.numbers import parse_number
from bot.errors import UserError

MOST_WEIGHT = 1000


@dataclass(frozen=True, slots=True)
class Weights:
    """The maximum points, from 0 to 1000, for each part of a pair's fit.

    The fit is the sum of the first five. ``balance`` is the cost of a sensei's last place; earlier places
    cost less, in even steps. The defaults of the first five add up to 1000. They reflect our priorities:
    skills come first, then shared hours, then wishes, and finally stacks and existing pairs.
    """

    skills: int = 400
    overlap: int = 250
    stacks: int = 100
    preferences: int = 150
    continuity: int = 100
    balance: int = 100

    @property
    def most(self) -> int:
        """The maximum points of a pair."""
        return self.skills + self.overlap + self.stacks + self.preferences + self.continuity


def parse_weights(given: Mapping[str, object]) -> Weights:
    """Return the default weights, overridden by those of a cohort.

    Raises:
        UserError: a name or a value is wrong.
    """
    names = [weight.name for weight in fields(Weights)]
    for name, value in given.items():
        if name not in names:
            raise UserError(f"There is no weight called {name!r}.", f"The weights are {', '.join(names)}.")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_WEIGHT:
            raise UserError(
                f"The weight {name} cannot be {value!r}.", f"Give a whole number from 0 to {MOST_WEIGHT}."
            )
    weights = replace(Weights(), **given)  # type: ignore[arg-type] # each was just checked to be an int
    if not weights.most:
        raise UserError(
            "With these weights, all pairs would be equally good.",
            f"Set at least one of {', '.join(name for name in names if name != 'balance')} above 0.",
        )
    return weights


MINIMUM = "minimum_hours"
"""The key, among a cohort's weights, for the minimum weekly overlap in hours."""
MINIMUM_HOURS = 2
"""The default minimum: enough for a weekly one-to-one and a question in between."""


def weights_of(given: Mapping[str, int]) -> tuple[Weights, int]:
    """Return a cohort's weights and minimum hours.

    Raises:
        UserError: one of them is out of range.
    """
    rest = {name: value for name, value in given.items() if name != MINIMUM}
    minimum = given.get(MINIMUM, MINIMUM_HOURS)
    if not 0 <= minimum <= 40:
        raise UserError(f"{MINIMUM} cannot be {minimum}.", "Give whole hours a week from 0 to 40.")
    return parse_weights(rest), minimum


def read_weights(pairs: Sequence[str], before: Mapping[str, int]) -> dict[str, int]:
    """Return weights changed by texts such as ``skills=40``.

    Raises:
        UserError: a weight is unknown, or its number can't be read.
    """
    chosen = dict(before)
    for pair in pairs:
        name, equals, number = (part.strip() for part in pair.partition("="))
        weight = parse_number(number)
        if not equals or weight is None:
            raise UserError(
                f"{profiles.quote_word(pair)} is not a weight.",
                "Nothing was changed. Write it like skills=40.",
            )
        known_names = (*(known.name for known in fields(Weights)), MINIMUM)
        if name not in known_names:
            near = profiles.suggest_nearest(name, list(known_names))
            raise UserError(
                f"{profiles.quote_word(name)} is not a weight.{near}",
                f"Nothing was changed. The weights are: {', '.join(known_names)}.",
            )
        chosen[name] = weight
    return chosen


class Constraint(StrEnum):
    """Constraints that can forbid a pair.

    If several do, the first in this order is named. The confidential one comes last, so it stays secret if
    there is any other reason.
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
    """How much existing pairs may change."""

    FREE = "free"
    """Existing pairs count only through their weight, ``continuity``."""
    FEWEST = "fewest"
    """Pair as many people as possible, then change as few pairs as possible; fit counts only after that."""


@dataclass(frozen=True, slots=True)
class PairingPerson:
    """A participant or sensei to pair. ``profile.capacity`` applies to senseis only."""

    id: str
    profile: Profile
    paused: bool = False


@dataclass(frozen=True, slots=True)
class PairingProblem:
    """Everything that a pairing depends on. Pairs are (participant, sensei), by person id.

    ``week`` is any day in the week used to compare working hours, because summer time shifts them.
    ``confidential`` are pairs of ids in either order, without author or reason; ``vetoed`` are pairs that a
    sensei turned down. ``current`` maps each participant to their current sensei. ``locked`` pairs are fixed,
    even above a sensei's capacity or below ``minimum_hours``. A veto, a confidential constraint or a pause
    releases them.
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
                raise ValueError("the same person appears twice")
