"""The questions that may appear on a pull request. One about a private decision never does."""

from collections.abc import Iterable

from bot.domain.pull_requests.records import AskedQuestion
from bot.ports.store import Tx


def list_visible(tx: Tx, pull_request: int) -> list[AskedQuestion]:
    """List a pull request's questions in order, without those that were only ever asked in private."""
    return [question for question in tx.questions.of(pull_request) if not is_private(tx, question)]


def number_decisions(tx: Tx, questions: Iterable[AskedQuestion]) -> dict[int, int]:
    """Return the number of the decision for each question that is about an earlier one, by question."""
    found = ((question.id, tx.decisions.drifted(question.id)) for question in questions)
    return {question: decision.number for question, decision in found if decision}


def is_private(tx: Tx, asked: AskedQuestion) -> bool:
    """Say whether a question is about a private decision, or was when it was asked."""
    decision = tx.decisions.drifted(asked.id)
    if decision is None:
        return False
    if decision.private:
        return True
    conversation = tx.conversations.by_question(asked.id)
    return asked.comment is None and conversation is not None and conversation.private
