"""The tables of conversations about questions."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import NEVER_REUSE_IDS, allowed_values, cascading_key
from bot.domain.articulation.conversations import ConversationState, Stance, TalkedWith
from bot.domain.articulation.slots import Slot


class ConversationRow(SQLModel, table=True):
    """A conversation about a question. ``quotes`` is a JSON list of ``[slot, message, quote]``."""

    __tablename__ = "conversation"
    __table_args__ = (
        allowed_values("state", ConversationState),
        allowed_values("stance", Stance, or_none=True),
        allowed_values("probe_slot", Slot, or_none=True),
        allowed_values("talked_with", TalkedWith, or_none=True),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(sa_column_args=[cascading_key("question.id")], unique=True)
    private: bool = False
    state: str = ConversationState.WAITING
    turn: int = 0
    stance: str | None = None
    probe_slot: str | None = None
    probe: str = Field(default="", sa_type=sa.Text)
    refused: str = ""
    quotes: str = Field(default="[]", sa_type=sa.Text)
    decision_id: int | None = Field(
        default=None, sa_column_args=[sa.ForeignKey("decision.id", ondelete="SET NULL")]
    )
    heard_at: datetime | None = None
    talked_with: str | None = None
    taken_back_at: datetime | None = None
    created_at: datetime
    updated_at: datetime


class PrivateMessageRow(SQLModel, table=True):
    """A message that a participant sent in a private conversation.

    A deleted message's row remains without its text, because old events about it may still arrive.
    """

    __tablename__ = "private_message"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(sa_column_args=[cascading_key("conversation.id")], index=True)
    person_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    body: str = Field(sa_type=sa.Text)
    reference: str = Field(max_length=80, unique=True)
    at: datetime
    deleted_at: datetime | None = None
