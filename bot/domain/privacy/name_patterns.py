"""The patterns that find a person's names, each for the places where it applies.

A login counts where it stands alone: ``ada`` is not in ``adapter``. A name is often also an ordinary word
(``Will``); ``name_occurrences`` says where such a name counts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from bot.domain.privacy.name_occurrences import (
    ADDRESS,
    LOGIN_KEYS,
    NEVER_A_NAME,
    OWNED_KEYS,
    PERSON_FIELD,
    is_name_among_words,
    is_ordinary,
)
from bot.domain.privacy.third_parties import CHAT_USER, OPAQUE

BEFORE_NAME = "host"
"""The group of a match that holds the address before the name."""


@dataclass(frozen=True)
class NamePatterns:
    """Patterns for one person: ``names`` and ``called`` as in ``PersonalTraces``."""

    names: frozenset[str]
    called: frozenset[str]

    def for_place(self, place: str) -> list[re.Pattern[str]]:
        """Return the patterns that find the person's names in a text at a place: a column or a JSON key."""
        if place in NEVER_A_NAME:
            return []
        if place == ADDRESS:
            patterns = [self._repository, self._login_in_address]
        elif place in OWNED_KEYS:
            patterns = [self._repository, self._owner]
        elif place in LOGIN_KEYS:
            patterns = [self._login_alone]
        else:
            patterns = [self._login_alone, self._called_alone] if place == PERSON_FIELD else []
            patterns += [self._distinct_name, self._mention, self._ordinary_login_in_address, self._called]
        return [pattern for pattern in patterns if pattern]

    @cached_property
    def ids(self) -> frozenset[str]:
        """Names that are assigned, not chosen, and are never words: chat ids and our own opaque ids."""
        return frozenset(name for name in self.names if CHAT_USER.fullmatch(name) or OPAQUE.fullmatch(name))

    @cached_property
    def id_pattern(self) -> re.Pattern[str] | None:
        """The pattern of ``ids``, which count everywhere; None if there are none."""
        return _pattern_alone(self.ids)

    @cached_property
    def _distinct_name(self) -> re.Pattern[str] | None:
        """Logins and repositories that are not ordinary words, and so count anywhere in a text."""
        return _pattern_alone(self.names - self.ids - self._ordinary_logins)

    @cached_property
    def _repository(self) -> re.Pattern[str] | None:
        return _pattern_alone(name for name in self.names if "/" in name)

    @cached_property
    def _logins(self) -> str:
        """Logins, as alternatives of a pattern."""
        return _alternatives(name for name in self.names - self.ids if "/" not in name)

    @cached_property
    def _ordinary_logins(self) -> frozenset[str]:
        """Logins that are also ordinary words."""
        return frozenset(name for name in self.names - self.ids if "/" not in name and is_ordinary(name))

    @cached_property
    def _mention(self) -> re.Pattern[str] | None:
        """A login that is also an ordinary word, where it is mentioned with @."""
        logins = _alternatives(self._ordinary_logins)
        mark = r"(?<=@)(?<![\w.+`-]@)"
        return re.compile(rf"{mark}(?:{logins})(?![A-Za-z0-9/-])", re.IGNORECASE) if logins else None

    @cached_property
    def _login_in_address(self) -> re.Pattern[str] | None:
        """A login in a host's address. The address is a group, as it is too varied for a look-behind."""
        address = r"https?://[^\s/]+/(?:api/v3/)?(?:users/|repos/|orgs/)?"
        login = rf"(?P<{BEFORE_NAME}>{address})(?:{self._logins})(?![A-Za-z0-9-])"
        return re.compile(login, re.IGNORECASE) if self._logins else None

    @property
    def _ordinary_login_in_address(self) -> re.Pattern[str] | None:
        """``_login_in_address``, but only if ``_distinct_name`` leaves out some logins."""
        return self._login_in_address if self._ordinary_logins else None

    @cached_property
    def _login_alone(self) -> re.Pattern[str] | None:
        return re.compile(rf"\A\s*(?:{self._logins})\s*\Z", re.IGNORECASE) if self._logins else None

    @cached_property
    def _owner(self) -> re.Pattern[str] | None:
        return re.compile(rf"\A(?:{self._logins})(?=[/:])", re.IGNORECASE) if self._logins else None

    @cached_property
    def _called_alone(self) -> re.Pattern[str] | None:
        names = _alternatives(self.called)
        return re.compile(rf"\A\s*(?:{names})\s*\Z") if names else None

    @cached_property
    def _called(self) -> re.Pattern[str] | None:
        """Names that are not ordinary words: as a whole text, or as several words within one."""
        whole = _alternatives(name for name in self.called if not is_ordinary(name))
        among = _alternatives(name for name in self.called if is_name_among_words(name))
        forms = [rf"(?<!\w)(?:{among})(?!\w)"] if among else []
        forms += [rf"\A\s*(?:{whole})\s*\Z"] if whole else []
        return re.compile("|".join(forms)) if forms else None


def _alternatives(names: Iterable[str]) -> str:
    """Return names as alternatives of a pattern, longer ones first; empty if there are none."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _pattern_alone(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for names that stand alone, so that no other character of a login is next to them."""
    alternatives = _alternatives(names)
    if not alternatives:
        return None
    return re.compile(rf"(?<![A-Za-z0-9-])(?:{alternatives})(?![A-Za-z0-9-])", re.IGNORECASE)
