"""What goes into a database is cleaned here, whoever sends it: no statement of this process goes round it.

Cleaned are the parameters of each statement of each engine: the tables' own rows, raw SQL, and what DBOS
keeps of workflows. Values that are compared are cleaned like values that are stored, so that a row is found
again by what it was made of. What cannot be cleaned (a number or text beyond its column) is refused, in
words that say so.
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
_WHY = {
    "22001": "A text is longer than its column",
    "22003": "A number is too large",
    "22007": "A date is not valid",
    "22008": "A date is out of range",
}
_OTHERWISE = "A value is of a kind that the database does not take"


def json_text(value: Any) -> str:
    """Return a value of a JSON column as its text.

    Raises:
        UnstorableError: a number in it is not finite.
    """
    return json.dumps(make_json_storable(value))


@sa.event.listens_for(sa.Engine, "before_cursor_execute", retval=True)
def _clean(
    _connection: sa.Connection,
    _cursor: object,
    statement: str,
    parameters: Any,
    _context: object,
    executemany: bool,
) -> tuple[str, Any]:
    """Clean the parameters of a statement. That something was replaced in a row is logged."""
    clean = _cleaned(parameters)
    if clean is not parameters and statement.startswith(_WRITES):
        # The names of a table and a way to look for its rows, but nothing of what they hold.
        log.warning("text.cleaned", statement=" ".join(statement.split(maxsplit=3)[:3]), many=executemany)
    return statement, clean


def _cleaned(value: Any) -> Any:
    """Return a parameter, or all of them, cleaned; the same object where nothing had to be."""
    if isinstance(value, str):
        return make_storable(value)
    if isinstance(value, Mapping):
        clean = {name: _cleaned(below) for name, below in value.items()}
        return clean if any(clean[name] is not below for name, below in value.items()) else value
    if isinstance(value, list | tuple):
        items = [_cleaned(below) for below in value]
        if all(item is below for item, below in zip(items, value, strict=True)):
            return value
        return tuple(items) if isinstance(value, tuple) else items
    return value


@sa.event.listens_for(sa.Engine, "handle_error")
def _refuse(context: sa.ExceptionContext) -> UnstorableError | None:
    """Say in words for people that a value does not fit, on either database."""
    error = context.original_exception
    if isinstance(error, UnstorableError):
        return error
    if isinstance(error, OverflowError):  # SQLite's driver, of a number of more than 64 bits
        return UnstorableError(_WHY["22003"])
    if isinstance(context.sqlalchemy_exception, sa.exc.DataError):
        code: str | None = getattr(error, "sqlstate", None)
        return UnstorableError(_WHY.get(code or "", _OTHERWISE))
    return None
