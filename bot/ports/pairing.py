"""Stored pairing proposals and their pairs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.pairing.records import Pair, Proposal, UnassignedParticipant
from bot.domain.pairing.states import PairState


class Pairings(Protocol):
    """Pairs. A participant has at most one ongoing pair (``GOING_ON``) in each cohort."""

    def propose(
        self,
        cohort: int,
        by: str,
        at: datetime,
        unassigned: Sequence[UnassignedParticipant],
    ) -> Proposal:
        """Create a proposal that has no pairs yet."""

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
        """Propose a pair. It replaces the participant's waiting pair, if there is one in any proposal.

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
        """List a proposal's pairs in any state, by id."""

    def ongoing(self, cohort: int, people: Collection[str] | None = None) -> Sequence[Pair]:
        """List a cohort's waiting and active pairs by id: everybody's, or those of some people."""

    def by_person(self, person: str) -> Sequence[Pair]:
        """List a person's pairs in any state, as participant or sensei, newest first."""

    def vetoed_pairs(self, cohort: int) -> frozenset[tuple[str, str]]:
        """Return the pairs that a sensei has vetoed, participant first."""

    def set_state(self, pair: int, state: PairState, at: datetime, reason: str = "") -> None:
        """Store a pair's state and the reason for it."""

    def set_deadline(self, pair: int, until: datetime) -> None:
        """Store when the silence of a pair's sensei counts as consent."""

    def lock(self, pair: int, *, locked: bool) -> None:
        """Lock or unlock a pair. Later solves must keep a locked pair."""
