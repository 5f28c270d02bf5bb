"""The table of design documents."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.adapters.database.table_conventions import NEVER_REUSE_IDS, allowed_values, cascading_key
from bot.domain.design_documents.records import DocumentSource, DocumentState


class DesignDocumentRow(SQLModel, table=True):
    """A design document. Only a pasted one has a ``text``. ``findings`` is JSON, once it was read.

    Of a file that could not be told from others, it has the ``paths`` to choose from.
    """

    __tablename__ = "design_document"
    __table_args__ = (
        allowed_values("source", DocumentSource),
        allowed_values("state", DocumentState),
        NEVER_REUSE_IDS,
    )

    id: int | None = Field(default=None, primary_key=True)
    capstone_id: int = Field(sa_column_args=[cascading_key("capstone.id")], index=True)
    person_id: str = Field(sa_column_args=[cascading_key("person.id")], index=True)
    source: str
    path: str = Field(default="", sa_type=sa.Text)
    head_sha: str = ""
    text: str = Field(default="", sa_type=sa.Text)
    state: str
    problem: str = ""
    findings: str = Field(default="", sa_type=sa.Text)
    at: datetime
    read_at: datetime | None = None
