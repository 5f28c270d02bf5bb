"""Text that every database stores as it is given.

PostgreSQL takes no U+0000, and neither database takes half of a surrogate pair. Both come in from outside: a
file may hold the one, and JSON and YAML can escape either. They are replaced, never left out: what somebody
wrote stays as long as it was, and shows where something stood.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from bot.errors import UnstorableError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def make_storable(text: str) -> str:
    """Return a text as every database stores it; the same object where nothing has to be replaced."""
    dirty = "\0" in text if text.isascii() else _UNSTORABLE.search(text) is not None
    return _UNSTORABLE.sub(REPLACEMENT, text) if dirty else text


def make_json_storable(value: Any) -> Any:
    """Return a value of JSON as every database stores it. Names that would become one are kept apart.

    Raises:
        UnstorableError: a number in it is not finite, which JSON cannot say.
    """
    match value:
        case str():
            return make_storable(value)
        case float() if not math.isfinite(value):
            raise UnstorableError("A number is not finite")
        case Mapping():
            kept: dict[Any, Any] = {}
            for name, below in value.items():
                clean = make_storable(name) if isinstance(name, str) else name
                while clean in kept:
                    clean += REPLACEMENT
                kept[clean] = make_json_storable(below)
            return kept
        case list() | tuple():
            return [make_json_storable(below) for below in value]
    return value
