"""What tells of a person: their accounts, their repositories, their words; finding it, and taking it out.

A number or a login counts where it stands alone: ``ada`` is not in ``adapter``. A name is often a word as
well (``Will``): ``name_places`` says where it counts then. What is called a word here is a text of some
length that they wrote or that quotes their code; shorter ones could be anybody's.
"""

import json
import re
import urllib.parse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from bot.domain.privacy.data_scope import mappings
from bot.domain.privacy.name_occurrences import (
    ADDRESS,
    LOGINS,
    NEVER_A_NAME,
    OF_A_PERSON,
    OWNED,
    is_ordinary,
    place_in,
    stands_among_words,
)
from bot.domain.privacy.third_parties import CHAT_USER, OPAQUE, WRITTEN

SOMEBODY = "somebody who was erased"
LEAST_WORD = 12
"""Characters of the shortest text that is searched for: a shorter one may be anybody's."""
_LEAST_NUMBER = 100_000
"""Smaller numbers stand in texts for many things; they count only where an id is expected."""
_FORM = re.compile(r"[\w.]+=[^\s&]*(?:&[\w.]+=[^\s&]*)*")
_WHO = frozenset({"id", "value", "user_id", "account_id", "author_id"})
"""Keys of the id of the person that a mapping is about."""
_BRACKET = re.compile(r"[\[\]{}]")
_DEEPEST = 100
_CHECK = re.compile(r"[a-z0-9_-]+\.[a-z0-9_.-]+")
_LABELS = frozenset(
    {"check", "touched", "verdict", "direction", "source", "side", "schema", "sha256", "commit", "head"}
    | {"base", "id", "provider", "version", "prompts", "rubric", "model", "stacks", "kind", "mode", "signal"}
)
"""Keys of reports and answers whose values are Sensei's own."""


@dataclass(frozen=True)
class PersonalTraces:
    """What a person is known by: ``names`` are logins, ids in a chat, and repositories as owner/name.

    ``called`` are the names that they go by, as far as nobody else goes by the same. ``person`` is our own
    opaque id, which may stay in the audit trail and nowhere else.
    """

    names: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    person: str | None = None
    called: frozenset[str] = frozenset()
    shared: int = field(default=0, compare=False)
    """How many texts were left out, as somebody else's rows hold them as well."""

    @cached_property
    def _ids(self) -> frozenset[str]:
        """Names that nobody chooses, and that are no words: ids in a chat, and our own opaque ones."""
        return frozenset(each for each in self.names if CHAT_USER.fullmatch(each) or OPAQUE.fullmatch(each))

    @cached_property
    def _id(self) -> re.Pattern[str] | None:
        return _standing_alone(self._ids)

    @cached_property
    def _name(self) -> re.Pattern[str] | None:
        """Logins and repositories that are told from other words wherever they stand."""
        return _standing_alone(self.names - self._ids - self._words_too)

    @cached_property
    def _repository(self) -> re.Pattern[str] | None:
        return _standing_alone(name for name in self.names if "/" in name)

    @cached_property
    def _logins(self) -> str:
        """Logins, as alternatives of a pattern."""
        return _any(name for name in self.names - self._ids if "/" not in name)

    @cached_property
    def _words_too(self) -> frozenset[str]:
        """Logins that are ordinary words as well."""
        return frozenset(name for name in self.names - self._ids if "/" not in name and is_ordinary(name))

    @cached_property
    def _mentioned(self) -> re.Pattern[str] | None:
        """A login that is an ordinary word as well, where it is mentioned."""
        any_ = _any(self._words_too)
        mark = r"(?<=@)(?<![\w.+`-]@)"
        return re.compile(rf"{mark}(?:{any_})(?![A-Za-z0-9/-])", re.IGNORECASE) if any_ else None

    @cached_property
    def _addressed(self) -> re.Pattern[str] | None:
        """A login in a host's address; what stands before it is of any length, and so a group."""
        address = r"https?://[^\s/]+/(?:api/v3/)?(?:users/|repos/|orgs/)?"
        whose = rf"(?P<host>{address})(?:{self._logins})(?![A-Za-z0-9-])"
        return re.compile(whose, re.IGNORECASE) if self._logins else None

    @property
    def _ordinary_address(self) -> re.Pattern[str] | None:
        """The same where other logins are found already."""
        return self._addressed if self._words_too else None

    @cached_property
    def _login(self) -> re.Pattern[str] | None:
        return re.compile(rf"\A\s*(?:{self._logins})\s*\Z", re.IGNORECASE) if self._logins else None

    @cached_property
    def _owner(self) -> re.Pattern[str] | None:
        return re.compile(rf"\A(?:{self._logins})(?=[/:])", re.IGNORECASE) if self._logins else None

    @cached_property
    def _whole(self) -> re.Pattern[str] | None:
        any_ = _any(self.called)
        return re.compile(rf"\A\s*(?:{any_})\s*\Z") if any_ else None

    @cached_property
    def _called(self) -> re.Pattern[str] | None:
        """What they go by where it is told from other words: as all of a text, or as several words in it."""
        whole = _any(name for name in self.called if not is_ordinary(name))
        among = _any(name for name in self.called if stands_among_words(name))
        forms = [rf"(?<!\w)(?:{among})(?!\w)"] if among else []
        forms += [rf"\A\s*(?:{whole})\s*\Z"] if whole else []
        return re.compile("|".join(forms)) if forms else None

    def _patterns(self, place: str) -> list[re.Pattern[str]]:
        """Return what tells of the person's names in a text that stands in a place."""
        if place in NEVER_A_NAME:
            return []
        if place == ADDRESS:
            known = [self._repository, self._addressed]
        elif place in OWNED:
            known = [self._repository, self._owner]
        elif place in LOGINS:
            known = [self._login]
        else:
            whole = [self._login, self._whole] if place == OF_A_PERSON else []
            known = [*whole, self._name, self._mentioned, self._ordinary_address, self._called]
        return [each for each in known if each]

    @property
    def outside_audit(self) -> "PersonalTraces":
        """The same for places in which not even the opaque id may stay."""
        return replace(self, names=self.names | {self.person}) if self.person else self

    @cached_property
    def _number(self) -> re.Pattern[str] | None:
        if not self.numbers:
            return None
        any_ = "|".join(str(number) for number in sorted(self.numbers))
        large = "|".join(str(number) for number in sorted(self.numbers) if number >= _LEAST_NUMBER)
        alone = rf"|(?<![\w.-])(?:{large})(?![\w-]|\.\d)" if large else ""
        return re.compile(
            rf"\A(?:{any_})\Z|(?<=[:/])(?:{any_})(?=[#:]|\Z)|(?<=id\":)\s?\"?(?:{any_})\b"
            rf"|(?<=\[)(?:{any_})(?=,){alone}"
        )

    @cached_property
    def _spelt(self) -> tuple[str, ...]:
        return tuple(sorted({form for word in self.words for form in spellings(word)}))

    def count(self, text: str, *, but_words: bool = False, place: str = "") -> int:
        """Count what a text tells of the person: names, numbers, and which of their words are in it.

        ``place`` is the column that holds the text. It decides what is a name there: ``name_places``.
        """
        plain = opened(text.encode("utf-8", "replace"))
        found = sum(len(each.findall(plain)) for each in (self._id, self._number) if each)
        found += self._names(text, place)
        return found if but_words else found + self.opaque(plain) + sum(form in plain for form in self._spelt)

    def _names(self, text: str, place: str) -> int:
        """Count the names in a text; JSON and forms by what they hold."""
        if place in NEVER_A_NAME:
            return 0
        value = _structured(text)
        if value is not None:
            return self._names_in(value, place)
        found = 0
        for pattern in self._patterns(place):
            text, hits = pattern.subn(_without, text)  # so that nothing is counted twice
            found += hits
        return found

    def _names_in(self, value: Any, place: str) -> int:
        match value:
            case str():
                return self._names(value, place)
            case [int(number), str(login), bool()]:
                return self._names(login, OF_A_PERSON) if number in (*self.numbers, 0) else 0
            case list():
                return sum(self._names_in(part, place) for part in value)
            case dict():
                about = place == OF_A_PERSON or self._is_about(value)
                return sum(
                    self._names_in(part, place_in(value, name, about=about)) for name, part in value.items()
                )
            case _:
                return 0

    def _is_about(self, mapping: Mapping[str, Any]) -> bool:
        """Say whether a mapping describes the person: it holds one of their ids, or an author's address."""
        known = {*self._ids, *self.numbers, *([self.person] if self.person else [])}
        if any(mapping[key] in known for key in _WHO & mapping.keys() if isinstance(mapping[key], str | int)):
            return True
        return "email" in mapping and "username" not in mapping

    def opaque(self, text: str) -> int:
        """Count the opaque id in a text."""
        return text.count(self.person) if self.person else 0

    def scrubbed(self, text: str, place: str = "") -> str:
        """Return a text without the person's names and numbers; JSON stays JSON, a form a form."""
        value = _structured(text)
        if value is None or place in NEVER_A_NAME:
            return self._plain(text, place)
        clean = self.cleaned(value, place)
        if clean == value:
            return text
        if not _FORM.fullmatch(text):
            return json.dumps(clean)
        pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
        return urllib.parse.urlencode([(key, clean.get(key, value)) for key, value in pairs])

    def _plain(self, text: str, place: str) -> str:
        for names in (*self._patterns(place), *([self._id] if self._id else [])):
            text = names.sub(_without, text)
        return self._number.sub("0", text) if self._number else text

    def cleaned(self, value: Any, key: str = "") -> Any:
        """Return a JSON value without the person's names and numbers; ``key`` is what it is the value of."""
        match value:
            case dict():
                about = key == OF_A_PERSON or self._is_about(value)
                return {
                    # A key is never what somebody is called.
                    self._plain(name, "key"): self.cleaned(part, place_in(value, name, about=about))
                    for name, part in value.items()
                }
            case [int(number), str(login), bool(is_bot)]:
                return [0, self._plain(login, OF_A_PERSON), is_bot] if number in self.numbers else value
            case list():
                return [self.cleaned(part, key) for part in value]
            case str():
                return self.scrubbed(value, key)
            case int() if value in self.numbers and (value >= _LEAST_NUMBER or key.endswith("id")):
                return 0
            case _:
                return value


def _any(names: Iterable[str]) -> str:
    """Return names as alternatives of a pattern, longer ones first; nothing where there is none."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


def _standing_alone(names: Iterable[str]) -> re.Pattern[str] | None:
    any_ = _any(names)
    # A login ends where no character of a login follows.
    return re.compile(rf"(?<![A-Za-z0-9-])(?:{any_})(?![A-Za-z0-9-])", re.IGNORECASE) if any_ else None


def _without(found: re.Match[str]) -> str:
    """Return what stands in place of a name, and the address before it."""
    return f"{found.groupdict().get('host') or ''}{SOMEBODY}"


def _structured(text: str) -> Any:
    """Return what a form or JSON holds; None for any other text, and for one that is nested too deeply."""
    if _FORM.fullmatch(text):
        return dict(urllib.parse.parse_qsl(text, keep_blank_values=True)) or None
    if not text.lstrip().startswith(("{", "[", '"')) or _nested(text):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None


def _nested(text: str) -> bool:
    """Say whether brackets go deeper than any JSON that is kept: anybody may write ten thousand of them."""
    depth = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "[{" else -1
        if depth > _DEEPEST:
            return True
    return False


def spellings(word: str) -> set[str]:
    """Return a text as it may stand in a column: as it is, within JSON, and within JSON within JSON."""
    forms = {word}
    for plain in (True, False):
        once = json.dumps(word, ensure_ascii=plain)[1:-1]
        forms |= {once, json.dumps(once, ensure_ascii=plain)[1:-1]}
    return forms


def words_in(document: object) -> Iterator[str]:
    """Yield the texts of a report or of a model's answer that quote or speak of somebody's work."""
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for key, part in document.items():
            if key not in _LABELS:
                yield from words_in(part)
    elif isinstance(document, list | tuple):
        for part in document:
            yield from words_in(part)


def may_tell(about: str) -> bool:
    """Say whether what a command was about may tell of somebody: not if it looks like a check's name."""
    return not _CHECK.fullmatch(about)


def written_in(payload: object) -> Iterator[str]:
    """Yield the texts that people wrote in a host's payload, or behind a command and in a form of a chat."""
    for mapping in mappings(payload):
        typed = (
            "value" if mapping.get("type") == "plain_text_input" else "text" if "command" in mapping else ""
        )
        if isinstance(mapping.get(typed), str):
            yield mapping[typed]
        for key in WRITTEN & mapping.keys():
            if isinstance(mapping[key], str):
                yield mapping[key]


def words(texts: Sequence[str], others: Sequence[str]) -> tuple[frozenset[str], int]:
    """Return what of some texts is a person's alone, and how many somebody else's texts hold as well."""
    wanted = {text.strip() for text in texts if len(text.strip()) >= LEAST_WORD}
    theirs = "\0".join(others)
    alone = frozenset(word for word in wanted if word not in theirs)
    return alone, len(wanted) - len(alone)


def opened(payload: bytes) -> str:
    """Return what was sent as text; of a form, as Slack sends them, with what it encodes undone."""
    text = payload.decode("utf-8", "replace")
    return urllib.parse.unquote_plus(text) if _FORM.fullmatch(text) else text


def read(payload: bytes) -> Any:
    """Return what was sent as a JSON value; a form as its fields, JSON in one of them included. Else None."""
    text = payload.decode("utf-8", "replace")
    if _FORM.fullmatch(text):
        return {key: _parsed(value) for key, value in urllib.parse.parse_qsl(text, keep_blank_values=True)}
    try:
        return json.loads(text)
    except ValueError:
        return None


def _parsed(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def chat_users(payload: Any) -> Iterator[str]:
    """Yield the users of a chat who did what a payload of it tells: in a command, a form, or an event."""
    if not isinstance(payload, Mapping):
        return
    for user in (payload.get("user_id"), payload.get("user")):
        known = user.get("id") if isinstance(user, Mapping) else user
        if isinstance(known, str):
            yield known
    for inner in ("payload", "event", "body"):
        yield from chat_users(payload.get(inner))


def web_address(api: str) -> str:
    """Return where people read a host whose API is at an address: ``https://github.com``, say."""
    bare = api.rstrip("/").removesuffix("/api/v3")
    scheme, _, host = bare.partition("://")
    # GitHub, and GitHub Enterprise Cloud with data residency (SUBDOMAIN.ghe.com).
    return f"{scheme}://{host.removeprefix('api.')}" if host.startswith("api.") else bare
