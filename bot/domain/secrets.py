"""Finds keys and passwords in text, and hides them.

Two thresholds: what looks like a secret is hidden; only what is certain to be one is ``announce``d, because
that is a public statement about somebody's commit. The formats are in ``secret_rules``.

Cost: anchors are found with ``str.find``; patterns are tried only there and take runs of characters once
(possessive quantifiers), so the work grows with the length of the text, whatever is in it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.domain.pem import base64_lines, entropy, private_keys
from bot.domain.secret_rules import (
    NAMED,
    PLACEHOLDER,
    PREFIXED,
    URL_LOGIN,
    URL_SCHEME,
    VAGUE_NAME,
    Prefixed,
)

SHORT = 12  # characters of the shortest value that is looked for elsewhere
PIECE = 16  # characters of the shortest part of a value that is hidden on its own: longer than any prefix
STRIDE = 8  # distance of the parts of a value that are indexed: any PIECE + STRIDE - 1 characters hold one

_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")
VAGUE = frozenset({"assigned-secret", "bearer-token"})  # these fill what the other rules leave
TRIVIAL = frozenset({"pass", "passwd", "password", "postgres", "root", "secret", "guest", "admin", "user"})
_TEMPLATE = re.compile(r"[$*]|%(?![0-9A-Fa-f]{2})")
_HIDDEN = "\0"  # stands where a mark or a found secret stands: belongs to no name, value or key
_ESCAPE = re.compile(r"(?:\\[abefnrtv]|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|%[0-9a-fA-F]{2})\Z")
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
_KEYWORDS = ("key", "secret", "token", "passw")
_ASSIGNED = re.compile(
    r"(?P<tail>[A-Za-z0-9_.-]{3,40}+)[\\\"'`)\]]{0,4}+"
    r"(?:\s{0,4}+:\s{0,4}+[A-Za-z_.]{1,24}+(?=\s{0,4}+=))?"  # a type: api_key: str = ...
    # An operator, or name and value as two fields, as Kubernetes has them.
    r"(?:[,;]?\s{0,24}+[\"']?value[\"']?\s{0,4}+[:=]|\s{0,16}+(?::=|=>|=|:|(?P<comma>,)(?!\s{0,8}\n)))\s{0,16}+"
    r"(?:[A-Za-z_.]{1,30}+\(\s{0,4}+)?"  # SecretStr("...")
    r"(?:[rbfu]{0,2}\\{0,3}[\"'`](?P<quoted>[^\s\"'`\\<>{}\[\]()\x00]{16,}+)"
    # What stands bare behind a comma is the next argument, hardly a value.
    r"|(?P<bare>(?(comma)(?!)|[A-Za-z0-9+/_.~-]{16,}+={0,2})))"
)
_PIECES = re.compile(r"[A-Za-z0-9]{16,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret value: ``text[start:end]``, in characters.

    ``title`` completes "This line commits ...". ``announce`` is False for what is hidden but must not be
    stated as a fact: an example, a placeholder, a guess. A multi-line private key is one ``Secret`` a line,
    so that hiding it moves no line; only the first of them is announced.
    """

    rule: str
    title: str
    start: int
    end: int
    announce: bool


def mark(rule: str) -> str:
    """Return what stands for a hidden value."""
    return f"[redacted:{rule}]"


def find(text: str) -> list[Secret]:
    """Return the secrets in ``text``, sorted and without overlaps; marks already there stay.

    Of two that overlap the one that begins first wins, then the longer one. What a vague rule finds only
    fills the gaps between those.
    """
    return _find(_without_marks(text))


class Redactor:
    """Hides secrets, also those whose context gave them away only once.

    It remembers values. Of those of at least ``PIECE`` characters a part is hidden too: their beginning and
    end from ``PIECE`` characters on, any other part from ``PIECE + STRIDE - 1``; of shorter ones at least
    ``SHORT`` characters.
    """

    def __init__(self) -> None:
        # A part of a value, by its length -> the value, where the part begins in it, what it is.
        self._parts: dict[int, dict[str, tuple[str, int, Secret]]] = {PIECE: {}, SHORT: {}}

    def learn(self, text: str) -> list[Secret]:
        """Return what ``find`` returns, and remember the values, placeholders and short ones excepted."""
        found = find(text)
        for secret in found:
            self._remember(text[secret.start : secret.end], secret)
        return found

    def redact(self, text: str) -> str:
        """Return ``text`` with a mark in the place of each secret; the same object if there is none."""
        parts: list[str] = []
        at = 0
        for secret in self.spans(text):
            parts += (text[at : secret.start], mark(secret.rule))
            at = secret.end
        return "".join((*parts, text[at:])) if parts else text

    def spans(self, text: str) -> list[Secret]:
        """Return what ``redact`` hides, sorted and without overlaps. Parts of values are not announced."""
        masked = _without_marks(text)
        recalled: list[Secret] = []
        for size in self._parts:
            hits = list(self._recall(masked, size))
            recalled += hits
            masked = _masked(masked, ((secret.start, secret.end) for secret in hits))
        return sorted([*recalled, *_find(masked)], key=_by_start)

    def _remember(self, value: str, secret: Secret) -> None:
        if secret.rule == "private-key":
            values = base64_lines(value)
        else:
            values = [value] if len(value) >= SHORT and _no_example(value) else []
        for known in values:
            size = PIECE if len(known) >= PIECE else SHORT
            last = len(known) - size
            for at in (*range(0, last, STRIDE), last):
                self._parts[size].setdefault(known[at : at + size], (known, at, secret))

    def _recall(self, text: str, size: int) -> Iterator[Secret]:
        parts = self._parts[size]
        at = taken = 0
        while parts and at <= len(text) - size:
            hit = parts.get(text[at : at + size])
            if hit is None:
                at += 1
                continue
            value, offset, secret = hit
            start, end = _stretched(text, (at, at + size), value, offset, taken)
            whole = end - start == len(value)
            yield replace(secret, start=start, end=end, announce=secret.announce and whole)
            at = taken = end


def _stretched(text: str, span: tuple[int, int], value: str, offset: int, floor: int) -> tuple[int, int]:
    """Return the longest common part around ``text[span]``, which stands in ``value`` at ``offset``."""
    start, end = span
    stop = offset + end - start
    while start > floor and offset > 0 and text[start - 1] == value[offset - 1]:
        start, offset = start - 1, offset - 1
    while end < len(text) and stop < len(value) and text[end] == value[stop]:
        end, stop = end + 1, stop + 1
    return start, end


def _find(masked: str) -> list[Secret]:
    every = [*_prefixed(masked), *_urls(masked), *_private_keys(masked), *_assigned(masked)]
    sharp = _without_overlaps([secret for secret in every if secret.rule not in VAGUE])
    vague = _without_overlaps([secret for secret in every if secret.rule in VAGUE])
    return sorted([*sharp, *_clipped(vague, sharp)], key=_by_start)


def _by_start(secret: Secret) -> tuple[int, int]:
    return secret.start, -secret.end


def _without_marks(text: str) -> str:
    return _masked(text, (found.span() for found in _MARK.finditer(text))) if "[redacted:" in text else text


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], _HIDDEN * (end - start))
        at = end
    return "".join((*parts, text[at:])) if parts else text


def _without_overlaps(secrets: list[Secret]) -> list[Secret]:
    """Let the first win; of a later one that reaches further, keep the rest (hidden, not announced)."""
    kept: list[Secret] = []
    taken = 0
    for secret in sorted(secrets, key=_by_start):
        if secret.start >= taken:
            kept.append(secret)
        elif secret.end > taken:
            kept.append(replace(secret, start=taken, announce=False))
        taken = max(taken, secret.end)
    return kept


def _clipped(extras: list[Secret], kept: list[Secret]) -> Iterator[Secret]:
    """Yield the parts of ``extras`` that nothing of ``kept`` covers; both are sorted and without overlaps."""
    at = 0
    for extra in extras:
        while at < len(kept) and kept[at].end <= extra.start:
            at += 1
        start, ahead = extra.start, at
        while ahead < len(kept) and kept[ahead].start < extra.end:
            if start < kept[ahead].start:
                yield replace(extra, start=start, end=kept[ahead].start)
            start, ahead = kept[ahead].end, ahead + 1
        if start < extra.end:
            yield replace(extra, start=start)


def _occurrences(text: str, literal: str) -> Iterator[int]:
    at = text.find(literal)
    while at >= 0:
        yield at
        at = text.find(literal, at + len(literal))


def _prefixed(text: str) -> Iterator[Secret]:
    for rule in PREFIXED:
        for anchor in rule.anchors:
            yield from _at_anchor(text, anchor, rule)


def _at_anchor(text: str, anchor: str, rule: Prefixed) -> Iterator[Secret]:
    at = text.find(anchor)
    while at >= 0:
        found = rule.loose.match(text, at) if _begins(text, at) else None
        if found:
            start, end = found.span("secret" if found.re.groups else 0)
            value = text[start:end]
            certain = rule.certain.fullmatch(value) is not None
            if certain or _looks_random(value):
                announce = certain and _no_example(value)
                yield Secret(rule.rule, rule.title, start, end, announce)
        at = text.find(anchor, found.end() if found else at + len(anchor))


def _begins(text: str, at: int) -> bool:
    r"""Return whether a word can begin here: also after an escape (``\n``, ``%3D``) that ends in a letter."""
    return at == 0 or text[at - 1] not in _ALNUM or _ESCAPE.search(text, max(0, at - 6), at) is not None


def _urls(text: str) -> Iterator[Secret]:
    for at in _occurrences(text, "://"):
        found = URL_LOGIN.match(text, at)
        if not found or not URL_SCHEME.search(text, max(0, at - 40), at):
            continue
        password = found["secret"]
        trivial = password.lower() in {found["user"].lower(), *TRIVIAL}
        if trivial or _TEMPLATE.match(password) or PLACEHOLDER.search(password):
            continue
        announce = _looks_random(password) and not found["host"].startswith(("localhost", "127.", "example."))
        yield Secret("url-password", "a password inside an address", *found.span("secret"), announce)


def _assigned(text: str) -> Iterator[Secret]:
    """Yield values whose names give them away: ``NAMED``, and the vague ``assigned-secret``."""
    lowered = text.replace("İ", "I").lower()  # that letter alone has a longer lower case
    for keyword in _KEYWORDS:
        for at in _occurrences(lowered, keyword):
            if found := _ASSIGNED.match(text, at):
                head = text[max(0, at - 40) : at]
                name = head[len(head.rstrip(_NAME_CHARACTERS)) :] + found["tail"]
                group = "quoted" if found["quoted"] else "bare"
                if secret := _judged(name, found[group], *found.span(group)):
                    yield secret


def _judged(name: str, value: str, start: int, end: int) -> Secret | None:
    plain = re.sub("[_.-]", "", name).lower()
    for rule in NAMED:
        if rule.name.search(plain) and rule.value.fullmatch(value):
            return Secret(rule.rule, rule.title, start, end, _no_example(value) and _mixed(value))
    vague = len(value) >= 20 and VAGUE_NAME.search(plain) and _looks_random(value)
    return Secret("assigned-secret", "what looks like a secret", start, end, False) if vague else None


def _private_keys(text: str) -> Iterator[Secret]:
    for lines in private_keys(text):
        for number, (start, end) in enumerate(lines):
            yield Secret("private-key", "a private key", start, end, announce=number == 0)


def _no_example(value: str) -> bool:
    return entropy(value) >= 3 and not PLACEHOLDER.search(value)


def _looks_random(value: str) -> bool:
    """Return whether a value has a long piece that is no word, number or example."""
    if not _no_example(value):
        return False
    return _UUID.fullmatch(value) is not None or any(
        entropy(piece) >= 3 and _mixed(piece) for piece in _PIECES.findall(value)
    )


def _mixed(piece: str) -> bool:
    digits = sum(character.isdigit() for character in piece)
    turns = sum(left.islower() != right.islower() for left, right in pairwise(piece))
    return 2 <= digits < len(piece) or turns * 3 >= len(piece)
