"""The questions that may appear on a pull request. One about a private decision never does."""

from collections.abc import Iterable

from bot.domain.decisions.records import Decision
from bot.domain.pull_requests.records import AskedQuestion
from bot.ports.store import Tx


def list_visible(tx: Tx, pull_request: int) -> list[AskedQuestion]:
    """List a pull request's questions in order, without those that were only ever asked in private."""
    questions = tx.questions.of(pull_request)
    drifted = tx.decisions.drifted_of([question.id for question in questions])
    return [question for question in questions if not _is_private(tx, question, drifted.get(question.id))]


def number_decisions(tx: Tx, questions: Iterable[AskedQuestion]) -> dict[int, int]:
    """Return the number of the decision for each question that is about an earlier one, by question."""
    drifted = tx.decisions.drifted_of([question.id for question in questions])
    return {question: decision.number for question, decision in drifted.items()}


def is_private(tx: Tx, asked: AskedQuestion) -> bool:
    """Say whether a question is about a private decision, or was when it was asked."""
    return _is_private(tx, asked, tx.decisions.drifted(asked.id))


def _is_private(tx: Tx, asked: AskedQuestion, decision: Decision | None) -> bool:
    if decision is None:
        return False
    if decision.private:
        return True
    conversation = tx.conversations.by_question(asked.id)
    return asked.comment is None and conversation is not None and conversation.private
