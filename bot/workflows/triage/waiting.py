"""How many questions and disputes wait for a sensei."""

from collections.abc import Collection

from bot.domain.pull_requests.records import QuestionState
from bot.ports.store import Tx


def count_waiting(tx: Tx, capstones: Collection[int]) -> tuple[int, int]:
    """Return how many questions wait to be kept, and how many disputes for a ruling."""
    states = [question.state for question in tx.standings.questions(capstones)] if capstones else []
    return states.count(QuestionState.PROPOSED), states.count(QuestionState.DISPUTED)
