"""Finding the traces of a person in texts, and removing them.

Traces are a person's names, the numbers of their accounts and repositories, and their words. Words are longer
texts that they wrote or that quote their code (``personal_texts``). A number counts where it stands alone;
``name_patterns`` defines where a name counts.
"""

import json
import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bot.domain.privacy.name_occurrences import NEVER_A_NAME, PERSON_FIELD, place_in
from bot.domain.privacy.name_patterns import BEFORE_NAME, NamePatterns
from bot.domain.privacy.payloads import FORM, decode_payload, parse_structure
from bot.domain.privacy.personal_texts import spellings

SOMEBODY = "somebody who was erased"
_LEAST_NUMBER = 100_000
"""Smaller numbers appear in texts for many reasons, so they count only where an id is expected."""
_ID_KEYS = frozenset({"id", "value", "user_id", "account_id", "author_id"})
"""Keys that hold the id of the person whom a mapping is about."""


@dataclass(frozen=True)
class PersonalTraces:
    """What identifies a person: ``names`` are logins, ids in a chat, and repositories as owner/name.

    ``called`` are the names that they go by, without those that another person also goes by. ``person`` is
    our own opaque id, which may remain only in the audit trail.
    """

    names: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    person: str | None = None
    called: frozenset[str] = frozenset()
    shared: int = field(default=0, compare=False)
    """How many texts were left out because other people's rows contain them too."""

    @property
    def outside_audit(self) -> "PersonalTraces":
        """The same traces, for places where not even the opaque id may remain."""
        return replace(self, names=self.names | {self.person}) if self.person else self

    def count(self, text: str, *, without_words: bool = False, place: str = "") -> int:
        """Count the traces in a text: names, numbers, and how many of the person's words it contains.

        ``place`` is the column that holds the text; it decides what is a name there. ``without_words`` counts
        only names and numbers.
        """
        plain = decode_payload(text.encode("utf-8", "replace"))
        patterns = (self._patterns.id_pattern, self._number)
        found = sum(len(pattern.findall(plain)) for pattern in patterns if pattern)
        found += self._count_names(text, place)
        if without_words:
            return found
        return found + self.count_opaque_id(plain) + sum(spelling in plain for spelling in self._spellings)

    def count_opaque_id(self, text: str) -> int:
        """Count how often a text contains the opaque id."""
        return text.count(self.person) if self.person else 0

    def scrub_text(self, text: str, place: str = "") -> str:
        """Return a text without the person's names and numbers. JSON stays JSON, and a form stays a form."""
        value = parse_structure(text)
        if value is None or place in NEVER_A_NAME:
            return self._scrub_plain(text, place)
        clean = self.scrub_value(value, place)
        if clean == value:
            return text
        if not FORM.fullmatch(text):
            return json.dumps(clean)
        pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
        return urllib.parse.urlencode([(key, clean.get(key, value)) for key, value in pairs])

    def scrub_value(self, value: Any, key: str = "") -> Any:
        """Return a JSON value without the person's names and numbers; ``key`` is the key that holds it."""
        match value:
            case dict():
                about = key == PERSON_FIELD or self._is_about(value)
                return {
                    # A key is never a person's name.
                    self._scrub_plain(name, "key"): self.scrub_value(part, place_in(value, name, about=about))
                    for name, part in value.items()
                }
            case [int(number), str(login), bool(is_bot)]:
                return (
                    [0, self._scrub_plain(login, PERSON_FIELD), is_bot] if number in self.numbers else value
                )
            case list():
                return [self.scrub_value(part, key) for part in value]
            case str():
                return self.scrub_text(value, key)
            case int() if value in self.numbers and (value >= _LEAST_NUMBER or key.endswith("id")):
                return 0
            case _:
                return value

    @cached_property
    def _patterns(self) -> NamePatterns:
        return NamePatterns(self.names, self.called)

    @cached_property
    def _number(self) -> re.Pattern[str] | None:
        if not self.numbers:
            return None
        numbers = "|".join(str(number) for number in sorted(self.numbers))
        large = "|".join(str(number) for number in sorted(self.numbers) if number >= _LEAST_NUMBER)
        alone = rf"|(?<![\w.-])(?:{large})(?![\w-]|\.\d)" if large else ""
        return re.compile(
            rf"\A(?:{numbers})\Z|(?<=[:/])(?:{numbers})(?=[#:]|\Z)|(?<=id\":)\s?\"?(?:{numbers})\b"
            rf"|(?<=\[)(?:{numbers})(?=,){alone}"
        )

    @cached_property
    def _spellings(self) -> tuple[str, ...]:
        return tuple(sorted({spelling for word in self.words for spelling in spellings(word)}))

    def _count_names(self, text: str, place: str) -> int:
        """Count the names in a text; in JSON and forms, in each of their values."""
        if place in NEVER_A_NAME:
            return 0
        value = parse_structure(text)
        if value is not None:
            return self._count_names_in(value, place)
        found = 0
        for pattern in self._patterns.for_place(place):
            text, hits = pattern.subn(_replace_name, text)  # so that no name is counted twice
            found += hits
        return found

    def _count_names_in(self, value: Any, place: str) -> int:
        match value:
            case str():
                return self._count_names(value, place)
            case [int(number), str(login), bool()]:
                return self._count_names(login, PERSON_FIELD) if number in (*self.numbers, 0) else 0
            case list():
                return sum(self._count_names_in(part, place) for part in value)
            case dict():
                about = place == PERSON_FIELD or self._is_about(value)
                return sum(
                    self._count_names_in(part, place_in(value, name, about=about))
                    for name, part in value.items()
                )
            case _:
                return 0

    def _is_about(self, mapping: Mapping[str, Any]) -> bool:
        """Say whether a mapping describes the person: it has one of their ids, or their address as author."""
        known = {*self._patterns.ids, *self.numbers, *([self.person] if self.person else [])}
        ids = (mapping[key] for key in _ID_KEYS & mapping.keys())
        if any(id_ in known for id_ in ids if isinstance(id_, str | int)):
            return True
        return "email" in mapping and "username" not in mapping

    def _scrub_plain(self, text: str, place: str) -> str:
        id_pattern = self._patterns.id_pattern
        for pattern in (*self._patterns.for_place(place), *([id_pattern] if id_pattern else [])):
            text = pattern.sub(_replace_name, text)
        return self._number.sub("0", text) if self._number else text


def _replace_name(found: re.Match[str]) -> str:
    """Return the replacement for a name; the address before it remains."""
    return f"{found.groupdict().get(BEFORE_NAME) or ''}{SOMEBODY}"
