"""Values as a model gives them, taken for what they can be and never for what they are not."""

from collections.abc import Mapping, Sequence
from typing import Any


class RejectedItemError(Exception):
    """An item that cannot be taken. The message is the reason."""


def as_list(value: Any) -> Sequence[Any]:
    """Return a list as it is, nothing as no item, and anything else as the one item that it is."""
    if isinstance(value, list | tuple):
        return value
    return () if value is None else (value,)


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return an object as it is.

    Raises:
        Refused: it is none.
    """
    if not isinstance(value, Mapping):
        raise RejectedItemError("not an object")
    return value


def as_number(value: Any, most: int) -> int | None:
    """Return a number from 1 to ``most``, or None for anything else."""
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most
    return value if sound else None


def as_id(value: Any) -> str:
    """Return an id without the marks that a model may put around it."""
    return as_text(value).strip().strip("`[]")


def as_line(value: Any) -> str:
    """Return a text on one line, its blanks made one; empty for what is no text."""
    return " ".join(as_text(value).split())


def as_text(value: Any) -> str:
    """Return a text that every store and terminal takes: no lone surrogates, no control characters."""
    if not isinstance(value, str):
        return ""
    sound = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(c for c in sound if c in "\n\t\r\f" or c >= " ")
