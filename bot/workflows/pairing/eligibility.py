"""What the rows of a cohort say to the pairing: its problem, and what stands against a single pair now."""

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
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.pairing.wording import barred
from bot.rendering.text.safe_text import one_line

_STANDS = (PairState.ACTIVE, PairState.APPROVED)


@dataclass(frozen=True, slots=True)
class PairFit:
    """What a pair is worth: ``fit`` in per cent of the most that one can have, reasons as JSON."""

    fit: int
    reasons: tuple[dict[str, Any], ...]


def fit_of(fit: Fit, weights: Weights, participant: str, sensei: str) -> PairFit:
    """Return what a pair is worth, as it is kept and shown."""
    points = fit.points(participant, sensei)
    reasons = tuple(_plain(asdict(reason)) for reason in fit.reasons(participant, sensei))
    return PairFit(round(100 * points / weights.most), reasons)


def _plain(reason: dict[str, Any]) -> dict[str, Any]:
    """Return a reason as JSON gives it back."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in reason.items()}


@dataclass(frozen=True, slots=True)
class CohortRows:
    """What is known of a cohort, read in one transaction.

    ``declined`` are pairs that a lead has declined: solving finds them no more, a swap may.
    """

    members: tuple[Member, ...]
    going_on: tuple[Pair, ...]
    weights: Weights
    minimum: int
    confidential: frozenset[frozenset[str]]
    vetoed: frozenset[tuple[str, str]]
    declined: frozenset[tuple[str, str]] = frozenset()

    def people(self, role: CohortRole) -> tuple[Member, ...]:
        """Return who has not left, in a role."""
        return tuple(one for one in self.members if one.role is role and one.state is not EnrolmentState.LEFT)

    def problem(
        self,
        day: date,
        *,
        current: Mapping[str, str],
        locked: Mapping[str, str] | None = None,
        change: AllowedChange = AllowedChange.FREE,
    ) -> PairingProblem:
        """Return the problem of pairing these people on a day; those without a profile take no part."""
        return PairingProblem(
            tuple(_person(one) for one in self.people(CohortRole.PARTICIPANT) if one.profile),
            tuple(_person(one) for one in self.people(CohortRole.SENSEI) if one.profile),
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
        """Return who has whom, and was told so."""
        return {it.participant: it.sensei for it in self.going_on if it.state is PairState.ACTIVE}


def _person(one: Member) -> PairingPerson:
    if one.profile is None:
        raise AssertionError("who has no profile takes no part")
    return PairingPerson(one.person, one.profile, one.state is EnrolmentState.PAUSED)


def read_rows(tx: Tx, cohort: int, concerned: Collection[str] = ()) -> CohortRows:
    """Read a cohort; of the participants ``concerned`` also which pairs leads have declined."""
    weights, minimum = weights_of(tx.cohorts.get(cohort).weights)
    declined = {
        (it.participant, it.sensei)
        for person in concerned
        for it in tx.pairings.of_person(person)
        if it.cohort == cohort and it.participant == person and it.state is PairState.DECLINED
    }
    return CohortRows(
        tuple(tx.members.of(cohort)),
        tuple(tx.pairings.going_on(cohort)),
        weights,
        minimum,
        frozenset(frozenset(pair) for pair in tx.members.forbidden(cohort)),
        tx.pairings.vetoed(cohort),
        frozenset(declined),
    )


class PairChecks:
    """What stands against single pairs of a cohort, as its rows are now."""

    def __init__(self, tx: Tx, cohort: int, day: date) -> None:
        self.rows = read_rows(tx, cohort)
        self._fit = Fit(self.rows.problem(day, current=self.rows.standing()))
        self._names = {one.person: one.name for one in self.rows.members}
        self._capacity = {
            one.person: one.profile.capacity for one in self.rows.people(CohortRole.SENSEI) if one.profile
        }
        self._sure: dict[str, int] = {}
        for it in self.rows.going_on:
            if it.state in _STANDS:
                self._count(it.sensei)

    def bars(self, participant: str, sensei: str) -> frozenset[Constraint]:
        """Return what forbids a pair, places aside."""
        return self._fit.bars(participant, sensei)

    def worth(self, participant: str, sensei: str) -> PairFit:
        """Return what a pair is worth; nothing where one of them is not there any more."""
        if Constraint.GONE in self.bars(participant, sensei):
            return PairFit(0, ())
        return fit_of(self._fit, self.rows.weights, participant, sensei)

    def percent(self, participant: str, sensei: str) -> int:
        """Return the fit alone of two people who are there, in per cent."""
        if Constraint.GONE in self.bars(participant, sensei):
            return 0
        return round(100 * self._fit.points(participant, sensei) / self.rows.weights.most)

    def unbarred(self, participant: str, sensei: str) -> None:
        """Refuse a pair that must not be.

        Raises:
            UserError: it must not, and by which constraint; a confidential one is no more than called so.
        """
        found = self.bars(participant, sensei)
        if found:
            first = min(found, key=[*Constraint].index)
            raise UserError(
                f"{self._name(participant)} cannot be with {self._name(sensei)}: {barred(first)}. "
                "Nothing was changed.",
                "Choose another sensei, or propose anew.",
            )

    def possible(self, it: Pair) -> None:
        """Refuse to approve a pair that must not be any more, or for which there is no place.

        Raises:
            UserError: so it is.
        """
        self.unbarred(it.participant, it.sensei)
        if self._sure.get(it.sensei, 0) >= self._capacity.get(it.sensei, 0) and not it.locked:
            raise UserError(
                f"{self._name(it.sensei)} is full with those approved already; {it.id} was not approved.",
                "Swap it, or lock it first if one more is meant.",
            )

    def taken(self, it: Pair) -> None:
        """Note that a pair was approved."""
        self._count(it.sensei)

    def with_sensei(self, participant: str, sensei: str) -> None:
        """Refuse a pair that must not be, or whose sensei has as many as they take.

        Raises:
            UserError: so it is.
        """
        self.unbarred(participant, sensei)
        if not self.free(sensei):
            raise UserError(
                f"{self._name(sensei)} has as many participants as they take. Nothing was changed.",
                "Swap with one of their pairs instead, or choose another sensei.",
            )

    def free(self, sensei: str) -> int:
        """Return how many more a sensei takes, those who only wait counted."""
        has = sum(it.sensei == sensei for it in self.rows.going_on)
        return max(self._capacity.get(sensei, 0) - has, 0)

    def senseis(self) -> tuple[Member, ...]:
        """Return who may be chosen as a sensei at all."""
        return tuple(
            one
            for one in self.rows.people(CohortRole.SENSEI)
            if one.profile and one.state is EnrolmentState.ACTIVE
        )

    def _count(self, sensei: str) -> None:
        self._sure[sensei] = self._sure.get(sensei, 0) + 1

    def _name(self, person: str) -> str:
        return one_line(self._names.get(person, "somebody who is gone"))
