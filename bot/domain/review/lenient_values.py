"""Read values from a model's JSON leniently: accept usable values, and never guess the rest."""

from collections.abc import Mapping, Sequence
from typing import Any


class RejectedItemError(Exception):
    """An item of an answer is unusable. The message is the reason."""


def as_list(value: Any) -> Sequence[Any]:
    """Return a list unchanged, None as an empty list, and any other value as a list of that value."""
    if isinstance(value, list | tuple):
        return value
    return () if value is None else (value,)


def as_mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object unchanged.

    Raises:
        RejectedItemError: the value is not an object.
    """
    if not isinstance(value, Mapping):
        raise RejectedItemError("not an object")
    return value


def as_number(value: Any, most: int) -> int | None:
    """Return an integer from 1 to ``most``, or None for any other value."""
    is_valid = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most
    return value if is_valid else None


def as_id(value: Any) -> str:
    """Return an id without the backticks or brackets that a model may put around it."""
    return as_text(value).strip().strip("`[]")


def as_line(value: Any) -> str:
    """Return a text on one line, with runs of white space as one space. Any other value is empty."""
    return " ".join(as_text(value).split())


def as_text(value: Any) -> str:
    """Return a text without lone surrogates and control characters. Any other value is empty."""
    if not isinstance(value, str):
        return ""
    encodable = value.encode("utf-8", "replace").decode("utf-8")
    return "".join(character for character in encodable if character in "\n\t\r\f" or character >= " ")
