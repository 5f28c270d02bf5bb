"""Noting that the code of a decision is gone from the default branch, though no pull request asked about it.

Sensei tells nobody; the record in Slack shows it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.domain.decisions.drift import cite_anchor
from bot.domain.decisions.records import Decision, DecisionState
from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.pull_requests.records import QuestionState
from bot.domain.review.report import Citation
from bot.ports.store import Tx

_ASKING = (
    QuestionState.PROPOSED,
    QuestionState.KEPT,
    QuestionState.ASKED,
    QuestionState.DEFERRED,
    QuestionState.DISPUTED,
)


def list_watched(tx: Tx, capstone: int) -> list[Decision]:
    """List the decisions whose code should be on the default branch.

    Until a pull request is merged, the code that was talked about there isn't. While a question about a
    decision waits for an answer, its author has been asked.
    """
    confirmed = tx.decisions.of(capstone, [DecisionState.CONFIRMED])
    return [decision for decision in confirmed if _is_settled(tx, decision)]


def list_anchor_citations(decisions: Iterable[Decision]) -> list[Citation]:
    """Return the code that decisions are about, as it was added. Removed code can't be gone."""
    return [
        cite_anchor(anchor)
        for decision in decisions
        for anchor in decision.anchors
        if anchor.side == "head" and anchor.quote.strip()
    ]


def note_lost_code(tx: Tx, watched: Sequence[Decision], standing: SurvivingQuotes, at: datetime) -> None:
    """Note which decisions have none of their code left, and which have some again."""
    for decision in watched:
        citations = list_anchor_citations([decision])
        if citations and tx.decisions.find(decision.id) is not None:
            is_gone = not any(map(standing.survives, citations))
            tx.decisions.set_code_gone(decision.id, at if is_gone else None)


def _is_settled(tx: Tx, decision: Decision) -> bool:
    if decision.question is not None and _find_state(tx, decision.question)[1] != "merged":
        return False
    asked = (_find_state(tx, question) for question in tx.decisions.drift_questions(decision.id))
    return all(state not in _ASKING and pull_request != "open" for state, pull_request in asked)


def _find_state(tx: Tx, question: int) -> tuple[QuestionState | None, str]:
    """Return the state of a question, and that of its pull request."""
    asked = tx.questions.get(question)
    if asked is None:
        return None, ""
    return asked.state, tx.pull_requests.get(tx.rounds.get(asked.round).pull_request).state
