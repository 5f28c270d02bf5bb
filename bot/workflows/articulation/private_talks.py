"""Conversations that go on in direct messages."""

from dataclasses import replace
from datetime import datetime

from bot.ports.store import Tx
from bot.workflows.chat.addresses import chat_address
from bot.workflows.chat.outbox import send_message


def go_private(tx: Tx, question: int, at: datetime) -> bool:
    """Continue the conversation about a question in direct messages.

    Return False if the participant's account at the host isn't linked to one in the chat.
    """
    asked = tx.questions.get(question)
    if asked is None:
        return False
    pull_request = tx.pull_requests.get(tx.rounds.get(asked.round).pull_request)
    participant = tx.capstones.get(pull_request.capstone).participant
    person = tx.members.by_host_account(participant.id)
    if person is None or chat_address(tx, person) is None:
        return False
    conversation = tx.conversations.open(question, at)
    if not conversation.private:
        tx.conversations.save(replace(conversation, private=True), at)
        key = f"articulation:{question}:question"
        send_message(tx, key, "articulation.question", {"question": question}, at)
    return True
