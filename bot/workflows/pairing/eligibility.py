"""Reads a cohort's rows as the problem of pairing it, and checks single pairs against them."""

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
    """The fit of a pair, in per cent of the most that one can have, and its reasons as JSON."""

    fit: int
    reasons: tuple[dict[str, Any], ...]


def fit_of(fit: Fit, weights: Weights, participant: str, sensei: str) -> PairFit:
    """Return the fit of a pair, as it is stored and shown."""
    points = fit.points(participant, sensei)
    reasons = tuple(_as_json(asdict(reason)) for reason in fit.reasons(participant, sensei))
    return PairFit(round(100 * points / weights.most), reasons)


def _as_json(reason: dict[str, Any]) -> dict[str, Any]:
    """Return a reason as it is after a round trip through JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in reason.items()}


@dataclass(frozen=True, slots=True)
class CohortRows:
    """A cohort's rows, read in one transaction.

    ``declined`` are pairs that a lead has declined: solving does not find them, but a swap may make them.
    """

    members: tuple[Member, ...]
    going_on: tuple[Pair, ...]
    weights: Weights
    minimum: int
    confidential: frozenset[frozenset[str]]
    vetoed: frozenset[tuple[str, str]]
    declined: frozenset[tuple[str, str]] = frozenset()

    def people(self, role: CohortRole) -> tuple[Member, ...]:
        """Return the people in a role who have not left."""
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
        """Return the problem of pairing these people on a day; people without a profile take no part."""
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
        raise AssertionError("people without a profile take no part")
    return PairingPerson(member.person, member.profile, member.state is EnrolmentState.PAUSED)


def read_rows(tx: Tx, cohort: int, concerned: Collection[str] = ()) -> CohortRows:
    """Read a cohort's rows, with the pairs that leads have declined for the participants ``concerned``."""
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
    """Checks single pairs of a cohort against its rows, read when this is made."""

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
        """Return the constraints that forbid a pair, capacity aside."""
        return self._fit.bars(participant, sensei)

    def rate(self, participant: str, sensei: str) -> PairFit:
        """Return the fit of a pair, with its reasons; 0 without reasons if one of them takes no part."""
        if Constraint.GONE in self.bars(participant, sensei):
            return PairFit(0, ())
        return fit_of(self._fit, self.rows.weights, participant, sensei)

    def percent(self, participant: str, sensei: str) -> int:
        """Return the fit of a pair in per cent; 0 if one of them takes no part."""
        if Constraint.GONE in self.bars(participant, sensei):
            return 0
        return round(100 * self._fit.points(participant, sensei) / self.rows.weights.most)

    def require_unbarred(self, participant: str, sensei: str) -> None:
        """Refuse a pair that a constraint forbids.

        Raises:
            UserError: a constraint forbids it, and which. Of a confidential one it says nothing more.
        """
        found = self.bars(participant, sensei)
        if found:
            refusal = CONSTRAINT_WORDS[first_constraint(found)].refusal
            raise UserError(
                f"{self._name(participant)} cannot be with {self._name(sensei)}: {refusal}. "
                "Nothing was changed.",
                "Choose another sensei, or propose again.",
            )

    def require_approvable(self, pair: Pair) -> None:
        """Refuse to approve a pair that is forbidden by now, or for which there is no place.

        Raises:
            UserError: it cannot be approved.
        """
        self.require_unbarred(pair.participant, pair.sensei)
        if self._sure.get(pair.sensei, 0) >= self._capacity.get(pair.sensei, 0) and not pair.locked:
            raise UserError(
                f"{self._name(pair.sensei)} is full with approved pairs, so pair {pair.id} was not approved.",
                "Swap it, or lock it first to give this sensei one more participant.",
            )

    def count_approved(self, pair: Pair) -> None:
        """Count a pair that was approved since the rows were read."""
        self._count(pair.sensei)

    def require_free_sensei(self, participant: str, sensei: str) -> None:
        """Refuse a pair that is forbidden, or whose sensei is full.

        Raises:
            UserError: it is refused.
        """
        self.require_unbarred(participant, sensei)
        if not self.free_places(sensei):
            raise UserError(
                f"{self._name(sensei)} has as many participants as they take. Nothing was changed.",
                "Swap with one of their pairs instead, or choose another sensei.",
            )

    def free_places(self, sensei: str) -> int:
        """Return how many more participants a sensei takes; pairs that still wait count as taken."""
        taken = sum(pair.sensei == sensei for pair in self.rows.going_on)
        return max(self._capacity.get(sensei, 0) - taken, 0)

    def senseis(self) -> tuple[Member, ...]:
        """Return the senseis who can be chosen at all."""
        return tuple(
            member
            for member in self.rows.people(CohortRole.SENSEI)
            if member.profile and member.state is EnrolmentState.ACTIVE
        )

    def _count(self, sensei: str) -> None:
        self._sure[sensei] = self._sure.get(sensei, 0) + 1

    def _name(self, person: str) -> str:
        return one_line(self._names.get(person, "somebody who is gone"))
