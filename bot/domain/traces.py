"""What tells of a person: their accounts, their repositories, their words; finding it, and taking it out.

A number or a login counts where it stands alone: ``ada`` is not in ``adapter``. A name that people go by is
often a word as well (``Will``): one of a single word counts only where it is all that stands in a place. What
is called a word here is a text of some length that they wrote or that quotes their code; shorter ones could
be anybody's.
"""

import json
import re
import urllib.parse
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from bot.domain.numbers import number_in

SOMEBODY = "somebody who was erased"
SOMEBODY_ELSE = "somebody else"
LEAST_WORD = 12
"""Characters of the shortest text that is searched for: a shorter one may be anybody's."""
_LEAST_NUMBER = 100_000
"""Smaller numbers stand in texts for many things; they count only where an id is expected."""
_WRITTEN = frozenset({"body", "title", "message"})
"""Where a host's payload holds what somebody wrote."""
_AUTHORS = ("user", "author", "sender")
_FORM = re.compile(r"[\w.]+=[^\s&]*(?:&[\w.]+=[^\s&]*)*")
_CHAT_USER = re.compile(r"(?<![A-Za-z0-9])[UW](?=[A-Z0-9]*[0-9])[A-Z0-9]{7,}(?![A-Za-z0-9])")
"""A user's id in Slack, whose ids begin with the kind of thing."""
_OPAQUE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
"""One of our own ids of people."""
_CHECK = re.compile(r"[a-z0-9_-]+\.[a-z0-9_.-]+")
_OF_A_REPOSITORY = re.compile(r"(?:\A|:)(?:review|answer|ruling|questions|baseline|reconcile):(\d+)(?=[#:])")
"""The ids of work in which the first number is the code host's for a repository."""
ERASED = "erased"
"""How the subject of a row of the audit trail begins whose rows are gone: it names nothing any more."""
_LABELS = frozenset(
    {"check", "touched", "verdict", "direction", "source", "side", "schema", "sha256", "commit", "head"}
    | {"base", "id", "provider", "version", "prompts", "rubric", "model", "stacks", "kind", "mode", "signal"}
)
"""Keys of reports and answers whose values are Sensei's own."""


@dataclass(frozen=True, slots=True)
class Scope:
    """All numbers under which things of somebody's capstones are kept.

    ``repositories`` are the host's numbers, the rest are our own. ``commands`` are those that were given
    there, and of a person also those that they gave elsewhere. ``people`` is their own opaque id, ``users``
    their ids in a chat, ``pairs`` those that they are in, ``enrolments`` and ``proposals`` what they are in a
    cohort and had solved: empty where a capstone alone is meant.
    """

    capstones: frozenset[int] = frozenset()
    repositories: frozenset[int] = frozenset()
    pull_requests: frozenset[int] = frozenset()
    questions: frozenset[int] = frozenset()
    commands: frozenset[int] = frozenset()
    people: frozenset[str] = frozenset()
    pairs: frozenset[int] = frozenset()
    enrolments: frozenset[int] = frozenset()
    proposals: frozenset[int] = frozenset()
    users: frozenset[str] = frozenset()

    def concerns(self, id_: str, argument: object = None) -> bool:
        """Say whether a job, an effect or a workflow is about one of these, by its id or its input."""
        if any(int(number) in self.repositories for number in _OF_A_REPOSITORY.findall(id_)):
            return True
        if any(person in id_ for person in self.people) or self.users.intersection(id_.split(":")):
            return True
        if self._is_key(id_):
            return True
        if any(text in self.people or text in self.users for text in _texts(argument)):
            return True
        return any(self._meant(mapping) for mapping in _mappings(argument))

    def _is_key(self, key: str) -> bool:
        """Say whether an effect is about one of these: it has no input, and only its key tells."""
        kind, _, number = key.partition(":")
        known = {"reply": self.commands, "ruling": self.questions, "confirm": self.enrolments}.get(kind)
        return known is not None and _is_one_of(number.partition(":")[0], known)

    def is_subject(self, subject: str) -> bool:
        """Say whether a row of the audit trail is about one of these."""
        kind, _, rest = subject.partition(":")
        if subject.startswith(f"{ERASED} "):
            return False
        if kind == "questions":
            return any(_is_one_of(part.strip(), self.questions) for part in rest.strip("[]").split(","))
        known = {
            "pair": self.pairs,
            "enrolment": self.enrolments,
            "proposal": self.proposals,
            "capstone": self.capstones,
            "pull_request": self.pull_requests,
            "question": self.questions,
        }.get(kind)
        if known is not None:
            return _is_one_of(rest, known)
        return self.concerns(subject.removeprefix("round:"))

    @property
    def rows_alone(self) -> "Scope":
        """The same without the person, and without what stays when they are erased."""
        return replace(self, people=frozenset(), users=frozenset(), proposals=frozenset())

    def _meant(self, argument: Mapping[str, Any]) -> bool:
        round_ = argument.get("round")
        if isinstance(round_, str) and self.concerns(round_):
            return True
        kinds = {
            "capstone": self.capstones,
            "pull_request": self.pull_requests,
            "question": self.questions,
            "questions": self.questions,
            "command": self.commands,
            "pair": self.pairs,
            "pairs": self.pairs,
            "enrolment": self.enrolments,
        }
        return any(number in known for key, known in kinds.items() for number in _numbers(argument.get(key)))


def _is_one_of(number: str, known: frozenset[int]) -> bool:
    return number_in(number) in known


def _numbers(value: object) -> Iterator[int]:
    for one in value if isinstance(value, list | tuple) else [value]:
        if isinstance(one, int):
            yield one


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield cast("Mapping[str, Any]", value)
        for part in value.values():
            yield from _mappings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _mappings(part)


@dataclass(frozen=True)
class Traces:
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
    def _name(self) -> re.Pattern[str] | None:
        if not self.names:
            return None
        any_ = "|".join(re.escape(name) for name in sorted(self.names, key=len, reverse=True))
        # A login ends where no character of a login follows.
        return re.compile(rf"(?<![A-Za-z0-9-])(?:{any_})(?![A-Za-z0-9-])", re.IGNORECASE)

    @cached_property
    def _called(self) -> re.Pattern[str] | None:
        if not self.called:
            return None
        whole = "|".join(re.escape(form) for name in sorted(self.called) for form in sorted(spellings(name)))
        parts = "|".join(
            re.escape(form)
            for name in sorted(self.called, key=len, reverse=True)
            if len(name.split()) > 1
            for form in sorted(spellings(name))
        )
        # As all of a text, as all of a text within JSON, and one of several words also among other words.
        among = rf"|(?<!\w)(?:{parts})(?!\w)" if parts else ""
        return re.compile(rf"\A\s*(?:{whole})\s*\Z|(?<=\")(?:{whole})(?=\\*\"){among}")

    @property
    def outside_audit(self) -> "Traces":
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

    def count(self, text: str, *, but_words: bool = False) -> int:
        """Count what a text tells of the person: names, numbers, and which of their words are in it."""
        found = sum(len(each.findall(text)) for each in (self._name, self._called, self._number) if each)
        return found if but_words else found + self.opaque(text) + sum(form in text for form in self._spelt)

    def opaque(self, text: str) -> int:
        """Count the opaque id in a text."""
        return text.count(self.person) if self.person else 0

    def scrubbed(self, text: str) -> str:
        """Return a text without the person's names and numbers; JSON stays JSON, a form a form."""
        if _FORM.fullmatch(text):
            pairs = urllib.parse.parse_qsl(text, keep_blank_values=True)
            clean_pairs = [(key, self.scrubbed(value)) for key, value in pairs]
            return self._plain(text) if clean_pairs == pairs else urllib.parse.urlencode(clean_pairs)
        try:
            value = json.loads(text)
        except ValueError:
            return self._plain(text)
        if not isinstance(value, dict | list):
            return self._plain(text)
        clean = self.cleaned(value)
        return text if clean == value else json.dumps(clean)

    def _plain(self, text: str) -> str:
        for names in (self._name, self._called):
            text = names.sub(SOMEBODY, text) if names else text
        return self._number.sub("0", text) if self._number else text

    def cleaned(self, value: Any, key: str = "") -> Any:
        """Return a JSON value without the person's names and numbers; ``key`` is what it is the value of."""
        match value:
            case dict():
                return {self._plain(name): self.cleaned(part, name) for name, part in value.items()}
            case [int(number), str(login), bool(is_bot)] if number in self.numbers:
                return [0, self._plain(login), is_bot]
            case list():
                return [self.cleaned(part, key) for part in value]
            case str():
                return self.scrubbed(value)
            case int() if value in self.numbers and (value >= _LEAST_NUMBER or key.endswith("id")):
                return 0
            case _:
                return value


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
    for mapping in _mappings(payload):
        typed = (
            "value" if mapping.get("type") == "plain_text_input" else "text" if "command" in mapping else ""
        )
        if isinstance(mapping.get(typed), str):
            yield mapping[typed]
        for key in _WRITTEN & mapping.keys():
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


def without_people(value: Any, mine: Collection[str]) -> Any:
    """Return a JSON value without others' ids in a chat, and without our own opaque ids of others.

    Where such an id is what a thing is about, all that is said of it goes.
    """
    match value:
        case dict() if any(_is_person(value.get(key), mine) for key in ("id", "value")):
            return SOMEBODY_ELSE
        case dict():
            return {without_people(key, mine): without_people(part, mine) for key, part in value.items()}
        case list() | tuple():
            return [without_people(part, mine) for part in value]
        case str():
            for known in (_CHAT_USER, _OPAQUE):
                value = known.sub(lambda found: found[0] if found[0] in mine else SOMEBODY_ELSE, value)
            return value
        case _:
            return value


def _is_person(value: object, but: Collection[str]) -> bool:
    known = isinstance(value, str) and (_CHAT_USER.fullmatch(value) or _OPAQUE.fullmatch(value))
    return bool(known) and value not in but


def of_theirs(value: Any, numbers: frozenset[int], *, whose: bool = True) -> Any:
    """Return a host's payload with what others wrote, and who they are, left out.

    ``numbers`` are the accounts of the person who is given it. What has no author belongs to ``whose``.
    """
    if isinstance(value, list):
        return [of_theirs(part, numbers, whose=whose) for part in value]
    if not isinstance(value, dict):
        return value
    known = "login" in value or "email" in value
    if known and value.get("id") not in numbers:
        return SOMEBODY_ELSE
    for key in _AUTHORS:
        author = value.get(key)
        if isinstance(author, dict) and "id" in author:
            whose = author["id"] in numbers
            break
    return {
        key: SOMEBODY_ELSE
        if key in _WRITTEN and not whose and isinstance(part, str)
        else of_theirs(part, numbers, whose=whose)
        for key, part in value.items()
    }


def without_others(value: Any, numbers: frozenset[int]) -> Any:
    """Return what a workflow recorded without others' accounts, ``[number, login, is a bot]``."""
    match value:
        case [int(number), str(), bool()] if number not in numbers:
            return SOMEBODY_ELSE
        case list():
            return [without_others(part, numbers) for part in value]
        case dict():
            return {key: without_others(part, numbers) for key, part in value.items()}
        case _:
            return value


def web_address(api: str) -> str:
    """Return where people read a host whose API is at an address: ``https://github.com``, say."""
    bare = api.rstrip("/").removesuffix("/api/v3")
    scheme, _, host = bare.partition("://")
    # GitHub, and GitHub Enterprise Cloud with data residency (SUBDOMAIN.ghe.com).
    return f"{scheme}://{host.removeprefix('api.')}" if host.startswith("api.") else bare
