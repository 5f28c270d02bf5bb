"""Where a question is on GitHub: its pull request, and its thread or the conversation."""

from collections.abc import Sequence

from bot.domain.pull_requests.records import AskedQuestion, Capstone, PullRequest
from bot.ports.store import Tx
from bot.rendering.articulation.thread_texts import name_in_conversation


def load_question(tx: Tx, number: int) -> tuple[AskedQuestion, PullRequest, Capstone]:
    """Return a question, its pull request and its capstone."""
    question = tx.questions.get(number)
    if question is None:
        raise AssertionError("a question about which work was added is in the database")
    pull_request = tx.pull_requests.get(tx.rounds.get(question.require_round()).pull_request)
    return question, pull_request, tx.capstones.get(pull_request.capstone)


def find_name(question: AskedQuestion) -> int | None:
    """Return a question's number if replies must name it, because it has no thread; else None."""
    return question.id if question.comment is None else None


def address(question: AskedQuestion, lines: Sequence[str]) -> list[str]:
    """Return the lines of a comment about a question; outside a thread, they name it."""
    return list(lines) if question.comment is not None else name_in_conversation(question.id, lines)


def talks_in_private(tx: Tx, question: int) -> bool:
    """Return whether the conversation about a question goes on in direct messages."""
    conversation = tx.conversations.by_question(question)
    return conversation is not None and conversation.private
