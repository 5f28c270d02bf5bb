"""Stored conversations about questions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.articulation.conversations import Conversation, SpokenMessage


class Conversations(Protocol):
    """Conversations, and the messages that people sent in private."""

    def get(self, conversation: int) -> Conversation:
        """Return a conversation."""

    def by_question(self, question: int) -> Conversation | None:
        """Return the conversation about a question, or None."""

    def open(self, question: int, at: datetime, *, private: bool = False) -> Conversation:
        """Return the conversation about a question; begin one if there is none, ``private`` or not."""

    def save(self, conversation: Conversation, at: datetime) -> None:
        """Store a conversation's fields, except those that never change."""

    def messages(self, conversation: int, participant: int) -> Sequence[SpokenMessage]:
        """List the messages of a participant (their account at the host) in a conversation, oldest first.

        Private messages are those of the capstone's participant. Deleted messages, those of an earlier
        participant, and the reasons of ``defer`` and ``dispute`` are left out.
        """

    def add_private_message(
        self, conversation: int, person: str, text: str, reference: str, at: datetime
    ) -> bool:
        """Store a message sent in private; return False if one with this reference is stored.

        ``reference`` identifies it in the chat: ``<channel> <ts>``, or the id of a submitted view.
        """

    def edit_private_message(self, reference: str, text: str) -> int | None:
        """Replace the text of a private message; return its conversation, or None if it isn't known."""

    def delete_private_message(self, reference: str, at: datetime) -> int | None:
        """Delete the text of a private message; return its conversation, or None if it isn't known."""

    def dispute_reason(self, conversation: int) -> str:
        """Return why a participant disputed the question in private; empty if they didn't.

        Such a reason is a private message whose reference starts with ``DISPUTE``.
        """

    def private_of(self, person: str) -> Sequence[Conversation]:
        """List a participant's private conversations that go on or are left to the sensei, oldest first.

        ``person`` is their opaque id.
        """
