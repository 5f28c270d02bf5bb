"""Conversations about a question that go on in direct messages."""

from dataclasses import replace
from datetime import datetime

from bot.ports.store import Tx
from bot.workflows.chat.outbox import send_message


def go_private(tx: Tx, question: int, at: datetime) -> bool:
    """Ask the participant a question in a direct message; return False if they have no account there.

    The conversation is private from then on.
    """
    asked = tx.questions.get(question)
    if asked is None:
        return False
    pull_request = tx.pull_requests.get(tx.rounds.get(asked.round).pull_request)
    participant = tx.capstones.get(pull_request.capstone).participant
    person = tx.members.by_host_account(participant.id)
    if person is None or not any(member.chat for member in tx.members.roles(person)):
        return False
    conversation = tx.conversations.open(question, at)
    tx.conversations.save(replace(conversation, private=True), at)
    key = f"articulation:{question}:{conversation.turn}"
    send_message(tx, key, "articulation.question", {"question": question}, at)
    return True
