"""Statements that SQLAlchemy compiles once for all databases of a process.

An engine keeps what it has compiled, but nearly every test has an engine of its own.
"""

from typing import Any

import sqlalchemy as sa

from bot.adapters.database.input_cleaning import json_text


class _Compiled(dict[Any, Any]):
    """SQLAlchemy's keys begin with the dialect of an engine; all of ours of one kind are set up alike."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_shared(key), compiled)


def _shared(key: Any) -> Any:
    dialect, *rest = key
    return (dialect.name, dialect.driver, *rest)


_COMPILED = _Compiled()


def share_compiled_statements() -> None:
    """Let all engines that are made as ``make_engine`` makes them use the same compiled statements."""
    sa.event.listen(sa.Engine, "engine_connect", _share)


def _share(connection: sa.Connection) -> None:
    ours = getattr(connection.dialect, "_json_serializer", None) is json_text
    if ours and "compiled_cache" not in connection.get_execution_options():
        connection.engine.update_execution_options(compiled_cache=_COMPILED)
        connection.execution_options(compiled_cache=_COMPILED)
