"""Stored defences, with their questions and rulings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.defences.records import (
    Defence,
    DefenceOutcome,
    DefenceState,
    DefendedQuestion,
    NewDefenceQuestion,
)


class Defences(Protocol):
    """Defences of capstones. Those by a capstone's former participant are never returned by a capstone."""

    def add(
        self, capstone: int, participant: str, by: str, session_at: datetime | None, at: datetime
    ) -> Defence:
        """Store a defence to prepare. ``participant`` and ``by`` are people's opaque ids."""

    def find(self, defence: int) -> Defence | None:
        """Return a defence with its questions, or None."""

    def by_question(self, question: int) -> Defence | None:
        """Return the defence that a question belongs to, or None."""

    def newest(self, capstones: Collection[int]) -> Mapping[int, Defence]:
        """Return the newest defence that wasn't cancelled, by capstone, without capstones that have none."""

    def prepare_again(self, defence: int, by: str, at: datetime) -> None:
        """Store who wants other questions in place of a defence's own, which stay until there are others."""

    def set_state(self, defence: int, state: DefenceState, at: datetime) -> None:
        """Store a defence's state; with ``HELD``, also ``at`` as the time when it was held."""

    def set_session(self, defence: int, session_at: datetime | None) -> None:
        """Store when the two meet, or None if that was called off."""

    def set_questions(self, defence: int, head: str, questions: Sequence[NewDefenceQuestion]) -> None:
        """Store the questions, in their order, in place of those that were stored before.

        Raises:
            ValueError: one of the stored questions has been ruled on.
        """

    def rule(self, question: int, outcome: DefenceOutcome, note: str, by: str, at: datetime) -> None:
        """Add a ruling on a question. The earlier ones stay."""

    def list_fingerprints(self, capstone: int, but: int) -> frozenset[str]:
        """Return the fingerprints of the questions of a capstone's defences, but for one's present ones.

        Those that were replaced count too, and those of cancelled defences: their sensei didn't want them.
        """

    def list_sessions(self, capstones: Collection[int]) -> Mapping[int, datetime]:
        """Return when the participants that were told so have their defences, by capstone, in one query."""

    def list_session_times(self, people: Collection[str]) -> Mapping[str, Sequence[datetime]]:
        """Return when some people that were told so have, or have had, their defences, by person."""

    def list_outcomes(self, capstones: Collection[int]) -> Sequence[DefendedQuestion]:
        """List the questions of defences that were held, oldest first, in one query."""
