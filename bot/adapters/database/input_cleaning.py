"""Cleaning of all values that this process sends to a database.

The parameters of every statement of every engine are cleaned: rows of our tables, raw SQL, and the records
of DBOS. Values in conditions are cleaned like stored values, so a row is found again by its original value. A
value that can't be cleaned (a number or text too large for its column) causes a clear error.
"""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog

from bot.domain.text.storable_text import make_json_storable, make_storable
from bot.errors import UnstorableError

log = structlog.get_logger(__name__)

_WRITES = ("INSERT", "UPDATE")
# https://www.postgresql.org/docs/current/errcodes-appendix.html, class 22
_REASONS = {
    "22001": "A text is too long",
    "22003": "A number is too large",
    "22007": "A date is not valid",
    "22008": "A date is out of range",
}
_OTHER_REASON = "A value is of a kind that the database does not accept"


def json_text(value: Any) -> str:
    """Return the text of a JSON column's value.

    Raises:
        UnstorableError: it contains a number that is not finite.
    """
    return json.dumps(make_json_storable(value))


@sa.event.listens_for(sa.Engine, "before_cursor_execute", retval=True)
def _clean_parameters(
    _connection: sa.Connection,
    _cursor: object,
    statement: str,
    parameters: Any,
    _context: object,
    executemany: bool,
) -> tuple[str, Any]:
    """Clean a statement's parameters, and log if anything in a row was replaced."""
    clean = _clean_value(parameters)
    if clean is not parameters and statement.startswith(_WRITES):
        # The start of a statement contains the table's name, but no values.
        log.warning("text.cleaned", statement=" ".join(statement.split(maxsplit=3)[:3]), many=executemany)
    return statement, clean


def _clean_value(value: Any) -> Any:
    """Return one or all parameters cleaned. If nothing changes, the same object is returned."""
    if isinstance(value, str):
        return make_storable(value)
    if isinstance(value, Mapping):
        clean = {name: _clean_value(part) for name, part in value.items()}
        return clean if any(clean[name] is not part for name, part in value.items()) else value
    if isinstance(value, list | tuple):
        items = [_clean_value(part) for part in value]
        if all(item is part for item, part in zip(items, value, strict=True)):
            return value
        return tuple(items) if isinstance(value, tuple) else items
    return value


@sa.event.listens_for(sa.Engine, "handle_error")
def _as_unstorable_error(context: sa.ExceptionContext) -> UnstorableError | None:
    """Convert either database's error about a value that does not fit to a readable error."""
    error = context.original_exception
    if isinstance(error, UnstorableError):
        return error
    if isinstance(error, OverflowError):  # raised by SQLite's driver for a number of more than 64 bits
        return UnstorableError(_REASONS["22003"])
    if isinstance(context.sqlalchemy_exception, sa.exc.DataError):
        code: str | None = getattr(error, "sqlstate", None)
        return UnstorableError(_REASONS.get(code or "", _OTHER_REASON))
    return None
