"""Hears a participant's answer to a question, a minute after its last message."""

from datetime import datetime, timedelta

from bot.ports.jobs import Job
from bot.ports.store import Tx

ANSWER_PAUSE = timedelta(seconds=60)
"""How long Sensei waits for further messages and edits, so that it hears them together."""


def hear_answer(tx: Tx, question: int, at: datetime) -> None:
    """Open the conversation about a question, and hear it after a pause."""
    tx.conversations.open(question, at)
    asked = tx.questions.get(question)
    if asked is None:
        return
    pull_request = tx.pull_requests.get(tx.rounds.get(asked.round).pull_request)
    repository = tx.capstones.get(pull_request.capstone).repository
    prefix = f"hear:{repository}#{pull_request.number}:{question}:"
    job = Job(f"{prefix}{int(at.timestamp() * 1000)}", "hear", {"question": question}, at + ANSWER_PAUSE)
    tx.jobs.replace(prefix, job)
