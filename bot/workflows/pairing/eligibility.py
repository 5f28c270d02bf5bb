"""Builds a cohort's pairing problem from its rows, and checks single pairs against them."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from bot.domain.dojo.people import CohortRole, EnrolmentState, Member
from bot.domain.pairing.fit import Fit
from bot.domain.pairing.problem import (
    AllowedChange,
    Constraint,
    PairingPerson,
    PairingProblem,
    Weights,
    weights_of,
)
from bot.domain.pairing.records import Pair
from bot.domain.pairing.solver import first_constraint
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.pairing.constraint_words import CONSTRAINT_WORDS
from bot.rendering.text.safe_text import one_line

_SURE = (PairState.ACTIVE, PairState.APPROVED)


@dataclass(frozen=True, slots=True)
class PairFit:
    """The fit of a pair, as a percentage of the maximum, and its reasons as JSON."""

    fit: int
    reasons: tuple[dict[str, Any], ...]


def fit_of(fit: Fit, weights: Weights, participant: str, sensei: str) -> PairFit:
    """Return the fit of a pair in the form in which it is stored and shown."""
    points = fit.points(participant, sensei)
    reasons = tuple(_as_json(asdict(reason)) for reason in fit.reasons(participant, sensei))
    return PairFit(round(100 * points / weights.most), reasons)


def _as_json(reason: dict[str, Any]) -> dict[str, Any]:
    """Return a reason in the form that it has after a round trip through JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in reason.items()}


@dataclass(frozen=True, slots=True)
class CohortRows:
    """A cohort's rows, read in one transaction.

    ``declined`` are pairs that a lead has declined. Solving never proposes them, but a swap may create them.
    """

    members: tuple[Member, ...]
    going_on: tuple[Pair, ...]
    weights: Weights
    minimum: int
    confidential: frozenset[frozenset[str]]
    vetoed: frozenset[tuple[str, str]]
    declined: frozenset[tuple[str, str]] = frozenset()

    def people(self, role: CohortRole) -> tuple[Member, ...]:
        """Return the people with a role who have not left."""
        return tuple(
            member
            for member in self.members
            if member.role is role and member.state is not EnrolmentState.LEFT
        )

    def problem(
        self,
        day: date,
        *,
        current: Mapping[str, str],
        locked: Mapping[str, str] | None = None,
        change: AllowedChange = AllowedChange.FREE,
    ) -> PairingProblem:
        """Return the problem of pairing these people on a day, without people who have no profile."""
        return PairingProblem(
            tuple(_make_person(member) for member in self.people(CohortRole.PARTICIPANT) if member.profile),
            tuple(_make_person(member) for member in self.people(CohortRole.SENSEI) if member.profile),
            day,
            self.weights,
            self.minimum,
            self.confidential,
            self.vetoed | self.declined,
            MappingProxyType(dict(current)),
            MappingProxyType(dict(locked or {})),
            change,
        )

    def standing(self) -> dict[str, str]:
        """Return each participant's sensei in an active pair."""
        return {pair.participant: pair.sensei for pair in self.going_on if pair.state is PairState.ACTIVE}


def _make_person(member: Member) -> PairingPerson:
    if member.profile is None:
        raise AssertionError("people without a profile can't be paired")
    return PairingPerson(member.person, member.profile, member.state is EnrolmentState.PAUSED)


def read_rows(tx: Tx, cohort: int, concerned: Collection[str] = ()) -> CohortRows:
    """Read a cohort's rows, including pairs that leads declined for the participants ``concerned``."""
    weights, minimum = weights_of(tx.cohorts.get(cohort).weights)
    declined = {
        (pair.participant, pair.sensei)
        for person in concerned
        for pair in tx.pairings.by_person(person)
        if pair.cohort == cohort and pair.participant == person and pair.state is PairState.DECLINED
    }
    return CohortRows(
        tuple(tx.members.of(cohort)),
        tuple(tx.pairings.ongoing(cohort)),
        weights,
        minimum,
        frozenset(frozenset(pair) for pair in tx.never_pairs.forbidden(cohort)),
        tx.pairings.vetoed_pairs(cohort),
        frozenset(declined),
    )


class PairChecks:
    """Checks single pairs of a cohort against its rows, which are read on construction."""

    def __init__(self, tx: Tx, cohort: int, day: date) -> None:
        self.rows = read_rows(tx, cohort)
        self._fit = Fit(self.rows.problem(day, current=self.rows.standing()))
        self._names = {member.person: member.name for member in self.rows.members}
        self._capacity = {
            member.person: member.profile.capacity
            for member in self.rows.people(CohortRole.SENSEI)
            if member.profile
        }
        self._sure: dict[str, int] = {}
        for pair in self.rows.going_on:
            if pair.state in _SURE:
                self._count(pair.sensei)

    def bars(self, participant: str, sensei: str) -> frozenset[Constraint]:
        """Return the constraints that forbid a pair, ignoring capacity."""
        return self._fit.bars(participant, sensei)

    def rate(self, participant: str, sensei: str) -> PairFit:
        """Return a pair's fit with its reasons, or 0 without reasons if either can't be paired."""
        if Constraint.GONE in self.bars(participant, sensei):
            return PairFit(0, ())
        return fit_of(self._fit, self.rows.weights, participant, sensei)

    def percent(self, participant: str, sensei: str) -> int:
        """Return a pair's fit as a percentage, or 0 if either person can't be paired."""
        if Constraint.GONE in self.bars(participant, sensei):
            return 0
        return round(100 * self._fit.points(participant, sensei) / self.rows.weights.most)

    def require_unbarred(self, participant: str, sensei: str) -> None:
        """Refuse a pair that a constraint forbids.

        Raises:
            UserError: a constraint forbids it. The error names it, but says no more about a confidential one.
        """
        found = self.bars(participant, sensei)
        if found:
            refusal = CONSTRAINT_WORDS[first_constraint(found)].refusal
            raise UserError(
                f"{self._name(participant)} cannot be paired with {self._name(sensei)}: {refusal}. "
                "Nothing was changed.",
                "Choose another sensei, or propose pairs again.",
            )

    def require_approvable(self, pair: Pair) -> None:
        """Refuse to approve a pair that has become forbidden, or for which there is no free place.

        Raises:
            UserError: the pair cannot be approved.
        """
        self.require_unbarred(pair.participant, pair.sensei)
        if self._sure.get(pair.sensei, 0) >= self._capacity.get(pair.sensei, 0) and not pair.locked:
            raise UserError(
                f"{self._name(pair.sensei)}'s places are all taken by approved pairs, so I haven't approved "
                f"the pair with {self._name(pair.participant)}.",
                "Choose another sensei for this pair. Or, if this sensei should have one more participant, "
                "lock the pair first, then approve it.",
            )

    def count_approved(self, pair: Pair) -> None:
        """Count a pair that was approved after the rows were read."""
        self._count(pair.sensei)

    def require_free_sensei(self, participant: str, sensei: str) -> None:
        """Refuse a pair that is forbidden, or whose sensei is full.

        Raises:
            UserError: the pair is refused.
        """
        self.require_unbarred(participant, sensei)
        if not self.free_places(sensei):
            raise UserError(
                f"{self._name(sensei)} has no free place. Nothing was changed.",
                "Swap with one of this sensei's pairs instead, or choose another sensei.",
            )

    def free_places(self, sensei: str) -> int:
        """Return a sensei's number of free places. Waiting pairs count as taken."""
        taken = sum(pair.sensei == sensei for pair in self.rows.going_on)
        return max(self._capacity.get(sensei, 0) - taken, 0)

    def senseis(self) -> tuple[Member, ...]:
        """Return the active senseis who have a profile."""
        return tuple(
            member
            for member in self.rows.people(CohortRole.SENSEI)
            if member.profile and member.state is EnrolmentState.ACTIVE
        )

    def _count(self, sensei: str) -> None:
        self._sure[sensei] = self._sure.get(sensei, 0) + 1

    def _name(self, person: str) -> str:
        return one_line(self._names.get(person, "a former member"))
