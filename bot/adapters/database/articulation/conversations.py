"""Conversations about questions, and their private messages."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.adapters.database.articulation.tables import ConversationRow, PrivateMessageRow
from bot.adapters.database.pull_requests.questions import as_question, message_number, question_key
from bot.adapters.database.pull_requests.tables import (
    CapstoneRow,
    CommandRow,
    QuestionRow,
    ThreadMessageRow,
)
from bot.adapters.database.transaction_reads import keep_read, read_once
from bot.domain.articulation.conversations import (
    DISPUTE,
    Conversation,
    ConversationState,
    SpokenMessage,
    Stance,
    TalkedWith,
)
from bot.domain.articulation.slots import Slot, SlotQuote
from bot.domain.pull_requests.comment_command_rules import Verb

_NO_ANSWERS = (Verb.DEFER, Verb.DISPUTE)
_GOING_ON = (
    ConversationState.WAITING,
    ConversationState.PROBED,
    ConversationState.DRAFTED,
    ConversationState.LEFT,
)

_QUESTION = (
    sa.select(col(ConversationRow.question_id))
    .where(col(ConversationRow.id) == sa.bindparam("conversation"))
    .scalar_subquery()
)
_COMMANDS = sa.select(message_number()).where(
    col(CommandRow.question_id) == _QUESTION, col(CommandRow.verb).in_(_NO_ANSWERS)
)
# Made once, since these are asked so often that making them takes longer than the database's answer.
_IN_THREAD = sa.select(ThreadMessageRow).where(
    col(ThreadMessageRow.question_id) == _QUESTION,
    col(ThreadMessageRow.author_id) == sa.bindparam("participant"),
    col(ThreadMessageRow.deleted_at).is_(None),
    col(ThreadMessageRow.comment_id).not_in(_COMMANDS),
)
_PARTICIPANT = (
    sa.select(col(CapstoneRow.participant_id))
    .join(QuestionRow, col(QuestionRow.capstone_id) == col(CapstoneRow.id))
    .where(col(QuestionRow.id) == _QUESTION)
)
_IN_PRIVATE = sa.select(PrivateMessageRow).where(
    col(PrivateMessageRow.conversation_id) == sa.bindparam("conversation"),
    col(PrivateMessageRow.person_id).in_(_PARTICIPANT),  # not of whoever had the capstone before
    col(PrivateMessageRow.deleted_at).is_(None),
    ~col(PrivateMessageRow.reference).startswith(DISPUTE),
)
_WITH_QUESTION = (
    sa.select(QuestionRow, ConversationRow)
    .outerjoin(ConversationRow, col(ConversationRow.question_id) == col(QuestionRow.id))
    .where(col(QuestionRow.id) == sa.bindparam("question"))
)


@dataclass
class SqlConversations:
    """The ``conversation`` and ``private_message`` tables."""

    session: Session

    def get(self, conversation: int) -> Conversation:
        """Return a conversation."""
        return _as_conversation(self.session.get_one(ConversationRow, conversation))

    def by_question(self, question: int) -> Conversation | None:
        """Return the conversation about a question, or None."""

        def load() -> Conversation | None:
            found = self.session.execute(_WITH_QUESTION, {"question": question}).one_or_none()
            asked, row = found or (None, None)
            kept = as_question(asked) if asked else None  # whoever asks for the one needs the other too
            keep_read(self.session, question_key(question), (QuestionRow,), kept)
            return _as_conversation(row) if row else None

        return read_once(self.session, ("conversations.by_question", question), (ConversationRow,), load)

    def open(self, question: int, at: datetime, *, private: bool = False) -> Conversation:
        """Return the conversation about a question; begin one if there is none, ``private`` or not."""
        if (known := self.by_question(question)) is not None:
            return known
        row = ConversationRow(question_id=question, private=private, created_at=at, updated_at=at)
        self.session.add(row)
        self.session.flush()
        return _as_conversation(row)

    def save(self, conversation: Conversation, at: datetime) -> None:
        """Store a conversation's fields, except those that never change."""
        row = self.session.get_one(ConversationRow, conversation.id)
        row.private, row.state, row.turn = conversation.private, conversation.state, conversation.turn
        row.stance, row.probe_slot = conversation.stance, conversation.probe_slot
        row.probe, row.refused = conversation.probe, conversation.refused
        row.quotes = json.dumps(
            [[found.slot, found.message, found.quote] for found in conversation.quotes], ensure_ascii=False
        )
        row.decision_id, row.heard_at, row.updated_at = conversation.decision, conversation.heard_at, at
        row.talked_with, row.taken_back_at = conversation.talked_with, conversation.taken_back_at
        self.session.flush()

    def messages(self, conversation: int, participant: int) -> Sequence[SpokenMessage]:
        """List a participant's messages in a conversation, oldest first."""
        asked = {"conversation": conversation, "participant": participant}
        # Nobody has the account 0: only what was written in private is asked for.
        threads = self.session.execute(_IN_THREAD, asked).scalars() if participant else ()
        found = [SpokenMessage(f"thread:{row.comment_id}", row.body, row.at) for row in threads]
        written = self.session.execute(_IN_PRIVATE, {"conversation": conversation}).scalars()
        found += [SpokenMessage(f"chat:{row.id}", row.body, row.at) for row in written]
        return sorted(found, key=lambda message: (message.at, message.id))

    def add_private_message(
        self, conversation: int, person: str, text: str, reference: str, at: datetime
    ) -> bool:
        """Store a message sent in private; return False if one with this reference is stored."""
        if self._find_message(reference) is not None:
            return False
        self.session.add(
            PrivateMessageRow(
                conversation_id=conversation, person_id=person, body=text, reference=reference, at=at
            )
        )
        self.session.flush()
        return True

    def edit_private_message(self, reference: str, text: str) -> int | None:
        """Replace the text of a private message; return its conversation, or None if it isn't known."""
        row = self._find_message(reference)
        if row is None or row.deleted_at is not None:
            return None
        row.body = text
        self.session.flush()
        return row.conversation_id

    def delete_private_message(self, reference: str, at: datetime) -> int | None:
        """Delete the text of a private message; return its conversation, or None if it isn't known."""
        row = self._find_message(reference)
        if row is None or row.deleted_at is not None:
            return None
        row.body, row.deleted_at = "", at
        self.session.flush()
        return row.conversation_id

    def dispute_reason(self, conversation: int) -> str:
        """Return why a participant disputed the question in private; empty if they didn't."""
        query = (
            select(PrivateMessageRow.body)
            .where(
                PrivateMessageRow.conversation_id == conversation,
                col(PrivateMessageRow.reference).startswith(DISPUTE),
            )
            .order_by(col(PrivateMessageRow.id).desc())
        )
        return self.session.exec(query).first() or ""

    def private_of(self, person: str) -> Sequence[Conversation]:
        """List a participant's private conversations that go on or are left to the sensei, oldest first."""
        query = (
            select(ConversationRow)
            .join(QuestionRow, col(QuestionRow.id) == col(ConversationRow.question_id))
            .join(CapstoneRow, col(CapstoneRow.id) == col(QuestionRow.capstone_id))
            .where(
                CapstoneRow.participant_id == person,
                CapstoneRow.state == "active",
                col(ConversationRow.private).is_(True),
                col(ConversationRow.state).in_(_GOING_ON),
            )
            .order_by(col(ConversationRow.id))
        )
        return [_as_conversation(row) for row in self.session.exec(query)]

    def _find_message(self, reference: str) -> PrivateMessageRow | None:
        return self.session.exec(
            select(PrivateMessageRow).where(PrivateMessageRow.reference == reference)
        ).first()


def _as_conversation(row: ConversationRow) -> Conversation:
    if row.id is None:
        raise AssertionError("a flushed row has an id")
    return Conversation(
        id=row.id,
        question=row.question_id,
        private=row.private,
        state=ConversationState(row.state),
        turn=row.turn,
        stance=Stance(row.stance) if row.stance else None,
        probe_slot=Slot(row.probe_slot) if row.probe_slot else None,
        probe=row.probe,
        refused=row.refused,
        quotes=tuple(
            SlotQuote(Slot(slot), message, quote) for slot, message, quote in json.loads(row.quotes)
        ),
        decision=row.decision_id,
        heard_at=row.heard_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        talked_with=TalkedWith(row.talked_with) if row.talked_with else None,
        taken_back_at=row.taken_back_at,
    )
