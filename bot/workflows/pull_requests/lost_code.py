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
from bot.ports.decisions import DecisionQuestion
from bot.ports.store import Tx
from bot.workflows.pull_requests.drift_questions import group_by_decision

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
    decision waits for an answer, its author has been asked; a check-in that was skipped no longer waits.
    """
    questions = group_by_decision(tx.decisions.questions_of(capstone))
    confirmed = tx.decisions.of(capstone, [DecisionState.CONFIRMED])
    return [decision for decision in confirmed if _is_settled(questions.get(decision.id, ()))]


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
        is_gone = bool(citations) and not any(map(standing.survives, citations))
        is_new = citations and is_gone != (decision.code_gone_at is not None)
        if is_new and tx.decisions.find(decision.id) is not None:
            tx.decisions.set_code_gone(decision.id, at if is_gone else None)


def _is_settled(questions: Iterable[DecisionQuestion]) -> bool:
    return all(
        asked.pull_request_state != "open" and not _waits(asked)
        if asked.asks
        else asked.pull_request_state in {None, "merged"}
        for asked in questions
    )


def _waits(asked: DecisionQuestion) -> bool:
    is_skipped = asked.pull_request is None and asked.state is QuestionState.DEFERRED
    return asked.state in _ASKING and not is_skipped
