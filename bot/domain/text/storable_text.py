"""Make text storable in every supported database.

PostgreSQL does not store U+0000, and neither PostgreSQL nor SQLite stores half of a surrogate pair. Both
occur in input: a file may contain U+0000, and JSON and YAML can escape either. They are replaced rather than
removed, so that a text keeps its length and shows where they were.
"""

import math
import re
from collections.abc import Mapping
from typing import Any

from bot.errors import UnstorableError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def make_storable(text: str) -> str:
    """Return a text that every database can store: the same object if nothing has to be replaced."""
    dirty = "\0" in text if text.isascii() else _UNSTORABLE.search(text) is not None
    return _UNSTORABLE.sub(REPLACEMENT, text) if dirty else text


def make_json_storable(value: Any) -> Any:
    """Return a JSON value that every database can store. Keys that would become equal stay distinct.

    Raises:
        UnstorableError: the value contains a number that is not finite, which JSON cannot express.
    """
    match value:
        case str():
            return make_storable(value)
        case float() if not math.isfinite(value):
            raise UnstorableError("A number is not finite")
        case Mapping():
            storable: dict[Any, Any] = {}
            for name, item in value.items():
                clean = make_storable(name) if isinstance(name, str) else name
                while clean in storable:
                    clean += REPLACEMENT
                storable[clean] = make_json_storable(item)
            return storable
        case list() | tuple():
            return [make_json_storable(item) for item in value]
    return value
