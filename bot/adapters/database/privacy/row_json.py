"""Rows as JSON, for the export."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

Json = dict[str, Any]


def as_json(row: SQLModel, but: Iterable[str] = ()) -> Json:
    """Return a row as JSON, without the columns in ``but``. Times are in ISO 8601."""
    names = [column.name for column in sa.inspect(type(row)).columns if column.name not in but]
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
