"""Keeps secrets out of logs. Each value in an entry is converted to a number or to text without secrets."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from bot.domain.secrets.detection import Redactor
from bot.logs.secret_patterns import PATTERNS, SENSITIVE

LONGEST = 16_000
"""Maximum characters of a text in an entry.

Longer texts are cut in the middle. Fifty stack frames take 6,000.
"""

MOST_TEXT = 64_000
"""Maximum characters of an entry."""

_MOST_ITEMS, _DEEPEST = 50, 6
# Characters read on each side of a cut, so that a secret is recognised by its start. Longer than a private
# key.
_MARGIN = 4_000
_LEAST_SECRET = 8
_HIDDEN = "[redacted:named]"
_CUT = "…"
_PLAIN = re.compile(r"[a-z_]{1,30}\Z")
"""Pattern of a plain name, which is not searched for secrets."""


class Cleaner:
    """Removes secrets from entries: known formats, values with telltale names, and the values to hide."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._values: re.Pattern[str] | None = None
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """Hide these values from now on, also as escaped in JSON, URLs, ``repr`` and base64.

        Each line of a multi-line text, such as a private key, is one value. Values shorter than eight
        characters are not hidden, because they occur in too many words.
        """
        for secret in secrets:
            for value in (secret, *secret.replace("\\n", "\n").splitlines()):
                if len(value) >= _LEAST_SECRET and not value.startswith("-----"):
                    self._secrets |= _spellings(value)
        if self._secrets:
            longest_first = sorted(self._secrets, key=len, reverse=True)
            self._values = re.compile("|".join(map(re.escape, longest_first)))

    def entry(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entry of only texts, numbers, and lists and dictionaries of these."""
        return _EntryCleaner(self).mapping(entry, 0)

    def text(self, text: str) -> str:
        """Return a text without secrets. Of a long text, only the start and the end are returned."""
        if len(text) <= LONGEST:
            return self._clean(text)
        half = LONGEST // 2
        beginning = self._clean(text[: half + _MARGIN])[:half]
        end = self._clean(text[-half - _MARGIN :])[-half:]
        return f"{beginning} {_CUT} {len(text) - LONGEST} characters left out {_CUT} {end}"

    def line(self, line: str) -> str:
        """Return a rendered line without the values to hide."""
        return self._values.sub("[redacted:setting]", line) if self._values else line

    def _clean(self, text: str) -> str:
        text = self.line(text)
        for pattern, replacement in PATTERNS:
            text = pattern.sub(replacement, text)
        return Redactor().redact(text)


class _EntryCleaner:
    """Cleans one entry, within its limits of size and depth."""

    def __init__(self, cleaner: Cleaner) -> None:
        self._cleaner = cleaner
        self._left = MOST_TEXT

    def mapping(self, mapping: Mapping[Any, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, (key, value) in enumerate(mapping.items()):
            if number >= _MOST_ITEMS:
                found[_CUT] = len(mapping) - number
                break
            name = key if isinstance(key, str) else _safe_repr(key)
            name = name if _PLAIN.match(name) else self._clean_text(name)
            found[name] = self._clean_named(name, value, depth)
        return found

    def _clean_named(self, name: str, value: Any, depth: int) -> Any:
        if SENSITIVE.search(name) and not isinstance(value, int | float | None):
            return _HIDDEN
        return self._clean_value(value, depth + 1)

    def _clean_value(self, value: Any, depth: int) -> Any:  # noqa: PLR0911 - a table of kinds
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self._clean_text(str.__str__(value))
            case bytes() | bytearray():
                return self._clean_text(bytes(value[: 2 * LONGEST]).decode("utf-8", "backslashreplace"))
            case _ if depth > _DEEPEST:
                return _CUT
            case Mapping():
                return self.mapping(value, depth)
            case list() | tuple() | set() | frozenset():
                return self._clean_items(list(value), depth)
            case _:
                return self._clean_text(_safe_repr(value))

    def _clean_items(self, items: list[Any], depth: int) -> list[Any]:
        name = items[0] if len(items) == 2 else None
        if isinstance(name, bytes):
            name = name.decode("latin-1")
        if isinstance(name, str) and SENSITIVE.search(name):  # A header, in the form that HTTP clients store.
            return [self._clean_text(name), self._clean_named(name, items[1], depth)]
        found = [self._clean_value(item, depth + 1) for item in items[:_MOST_ITEMS]]
        return [*found, f"{_CUT} {len(items) - _MOST_ITEMS} more"] if len(items) > _MOST_ITEMS else found

    def _clean_text(self, text: str) -> str:
        if self._left <= 0:
            return _CUT
        clean = self._cleaner.text(text)
        self._left -= len(clean)
        return clean


def _safe_repr(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - whatever an object does, its entry is written
        return f"<{type(value).__name__}>"


def _spellings(value: str) -> set[str]:
    return {
        value,
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        quote(value, safe=""),
        quote(value),
        base64.b64encode(value.encode()).decode().rstrip("="),
    }
