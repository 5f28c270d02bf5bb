"""The table of the audit trail."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import NEVER_REUSE_IDS


class AuditEventRow(SQLModel, table=True):
    """An entry in the audit trail: an actor, an action and its object. People appear only as opaque ids."""

    __tablename__ = "audit_event"
    __table_args__ = (NEVER_REUSE_IDS,)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    actor: str
    action: str
    subject: str
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
