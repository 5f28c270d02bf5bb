"""What a sensei decides about questions before anybody sees them."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.tracking import Asked, QuestionState
from bot.errors import UserError
from bot.ports.store import Job, Tx
from bot.rendering.text import count


def keep_questions(tx: Tx, questions: Sequence[int], at: datetime) -> str:
    """Let questions be posted, one review for each pull request; say how many.

    Raises:
        UserError: one of them does not wait.
    """
    by_pull_request: dict[int, list[int]] = {}
    for one in _waiting(tx, questions):
        by_pull_request.setdefault(tx.rounds.get(one.round).pull_request, []).append(one.id)
    for kept in by_pull_request.values():
        # With the time: what could not be posted may be kept again, and an id begins once.
        identity = f"questions:{kept[0]}+{len(kept) - 1}:{at:%Y%m%dT%H%M%S}"
        tx.jobs.add(Job(identity, "questions", {"questions": kept}, at))
        tx.audit("operator", "questions.keep", f"questions:{kept}")
    return count(len(questions), "question")


def withdraw_questions(tx: Tx, questions: Sequence[int], at: datetime) -> str:
    """Drop questions for good; say how many.

    Raises:
        UserError: one of them does not wait.
    """
    for one in _waiting(tx, questions):
        tx.questions.set(one.id, QuestionState.WITHDRAWN, at)
    tx.audit("operator", "questions.withdraw", f"questions:{list(questions)}")
    return count(len(questions), "question")


def _waiting(tx: Tx, questions: Sequence[int]) -> list[Asked]:
    found = []
    for number in dict.fromkeys(questions):
        one = tx.questions.get(number)
        if one is None or one.state is not QuestionState.PROPOSED:
            raise UserError(f"No question {number} waits.", "`sensei questions list` shows those that do.")
        found.append(one)
    return found
