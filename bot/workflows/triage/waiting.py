"""What waits for senseis' decisions: questions to keep or withdraw, and disputes. It takes one query."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.pull_requests.records import QuestionState
from bot.ports.store import Tx


class WaitingKind(StrEnum):
    """What a sensei decides about a question."""

    QUESTION = "question"
    DISPUTE = "dispute"


@dataclass(frozen=True, slots=True)
class WaitingDecision:
    """A question that waits for a sensei.

    ``pull_request`` is the host's number, or None for a disputed question that belongs to none.
    """

    question: int
    capstone: int
    pull_request: int | None
    kind: WaitingKind
    since: datetime


def list_waiting(tx: Tx, capstones: Collection[int]) -> Sequence[WaitingDecision]:
    """List what waits for the senseis of some capstones, the longest waiting first."""
    return [
        WaitingDecision(
            question.id,
            question.capstone,
            question.pull_request,
            WaitingKind.DISPUTE if question.state is QuestionState.DISPUTED else WaitingKind.QUESTION,
            question.at,
        )
        for question in tx.standings.waiting_for_senseis(capstones)
    ]


def count_waiting(tx: Tx, capstones: Collection[int]) -> tuple[int, int]:
    """Return how many questions wait to be kept or withdrawn in some capstones, and how many disputes."""
    kinds = [waiting.kind for waiting in list_waiting(tx, capstones)]
    return kinds.count(WaitingKind.QUESTION), kinds.count(WaitingKind.DISPUTE)
