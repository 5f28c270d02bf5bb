"""Hearing answers: an answer is considered once its author has stopped writing."""

from datetime import datetime, timedelta

from bot.ports.jobs import Job
from bot.ports.store import Tx

ANSWER_PAUSE = timedelta(seconds=60)
"""How long Sensei waits after an answer, since people write several messages and correct them."""


def hear_answer(tx: Tx, question: int, at: datetime) -> None:
    """Open the conversation about a question, and consider its answers after a pause."""
    tx.conversations.open(question, at)
    asked = tx.questions.get(question)
    if asked is None:
        return
    pull_request = tx.pull_requests.get(tx.rounds.get(asked.round).pull_request)
    repository = tx.capstones.get(pull_request.capstone).repository
    prefix = f"hear:{repository}#{pull_request.number}:{question}:"
    stamp = int(at.timestamp() * 1000)
    tx.jobs.replace(prefix, Job(f"{prefix}{stamp}", "hear", {"question": question}, at + ANSWER_PAUSE))
