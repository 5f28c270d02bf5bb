"""Stored pairing proposals and their pairs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.pairing.records import Pair, Proposal, UnassignedParticipant
from bot.domain.pairing.states import PairState


class Pairings(Protocol):
    """Pairs. A participant has at most one in each cohort that is going on (``GOING_ON``)."""

    def propose(
        self,
        cohort: int,
        by: str,
        at: datetime,
        unassigned: Sequence[UnassignedParticipant],
    ) -> Proposal:
        """Create a proposal without pairs."""

    def add(  # noqa: PLR0913 - one row's columns
        self,
        proposal: int,
        participant: str,
        sensei: str,
        *,
        fit: int,
        reasons: Sequence[Mapping[str, Any]],
        at: datetime,
    ) -> Pair:
        """Propose a pair. It replaces a waiting pair of the participant, in whatever proposal that is.

        Raises:
            ValueError: the participant has an active pair, which must end first.
        """

    def get(self, pair: int) -> Pair | None:
        """Return a pair, or None."""

    def get_proposal(self, proposal: int) -> Proposal | None:
        """Return a proposal, or None."""

    def latest_proposal(self, cohort: int) -> Proposal | None:
        """Return a cohort's newest proposal."""

    def by_proposal(self, proposal: int) -> Sequence[Pair]:
        """List a proposal's pairs by id, in whatever state they are."""

    def ongoing(self, cohort: int) -> Sequence[Pair]:
        """List a cohort's waiting and active pairs by id."""

    def by_person(self, person: str) -> Sequence[Pair]:
        """List a person's pairs, as participant or sensei, newest first, in whatever state they are."""

    def vetoed_pairs(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the pairs, participant first, that a sensei has vetoed."""

    def set_state(self, pair: int, state: PairState, at: datetime, reason: str = "") -> None:
        """Store a pair's state, with the reason for it."""

    def lock(self, pair: int, *, locked: bool) -> None:
        """Set whether later solves must keep a pair."""
