"""The tables of jobs that are due, and of effects outside the database."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

import bot.adapters.database.table_conventions  # noqa: F401 - names constraints, so it must be loaded first


class EffectRow(SQLModel, table=True):
    """An effect outside the database, recorded before it happens."""

    __tablename__ = "effect"

    key: str = Field(primary_key=True, max_length=120)
    external_id: str | None = None
    started_at: datetime
    done_at: datetime | None = None


class JobRow(SQLModel, table=True):
    """A scheduled workflow. ``id`` is the workflow's id, so starting it twice runs it only once.

    It is long enough for a message about two people that was put off (``~`` and a time after its key).
    ``error`` says why it could not be started.
    """

    __tablename__ = "job"
    __table_args__ = (sa.Index(None, "started_at", "due_at"),)

    id: str = Field(primary_key=True, max_length=160)
    kind: str
    argument: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    due_at: datetime
    started_at: datetime | None = None
    error: str | None = None
