"""Finds keys and passwords in text, and hides them.

Two thresholds: what looks like a secret is hidden; only what is certain to be one is ``announce``d, because
that is a public statement about somebody's commit. The formats are in ``secret_rules``.

Cost: anchors are found with ``str.find``; patterns are tried only there and take runs of characters once
(possessive quantifiers), so the work grows with the length of the text, whatever is in it.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace

from bot.domain.secrets.anchored_patterns import occurrences
from bot.domain.secrets.encoded_and_split_keys import JoinedStrings, find_wrapped, manifest_values
from bot.domain.secrets.escape_sequences import ends_escape, uncoloured
from bot.domain.secrets.headers_and_options import find_placed
from bot.domain.secrets.key_formats import PLACEHOLDER, PREFIXED, URL_LOGIN, URL_SCHEME, PrefixedKey
from bot.domain.secrets.named_values import find_named
from bot.domain.secrets.pem import base64_lines, find_bare_bodies, find_private_keys
from bot.domain.secrets.templates import find_pieces
from bot.domain.secrets.values import TRIVIAL, Secret, looks_random, mark, no_example

__all__ = ["Detect", "Redactor", "Secret", "find_secrets", "mark", "nothing"]

SHORT = 12  # characters of the shortest value that is looked for elsewhere
PIECE = 16  # characters of the shortest part of a value that is hidden on its own: longer than any prefix
STRIDE = 8  # distance of the parts of a value that are indexed: any PIECE + STRIDE - 1 characters hold one

_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")
# These fill what the other rules leave.
VAGUE = frozenset({"assigned-secret", "bearer-token", "password", "wrapped-secret", "split-secret"})
_TEMPLATE = re.compile(r"[$*]|%(?![0-9A-Fa-f]{2})")
_HIDDEN = "\0"  # stands where a mark or a found secret stands: belongs to no name, value or key
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

Detect = Callable[[str], Iterable[Secret]]
"""A scanner: says where secrets stand in a text, in any order, also with overlaps; none is announced."""


def nothing(_text: str) -> Iterable[Secret]:
    """Detect nothing: for what is no stranger's text, and may not wait until a scanner has started."""
    return ()


def find_secrets(text: str, detect: Detect = nothing) -> list[Secret]:
    """Return the secrets in ``text``, sorted and without overlaps; marks already there stay.

    Of two that overlap the one that begins first wins, then the longer one. What a vague rule or the scanner
    finds only fills the gaps between those.
    """
    return _find(_without_marks(text), detect)


class Redactor:
    """Hides secrets, also those whose context gave them away only once.

    It remembers values. Of those of at least ``PIECE`` characters a part is hidden too: their beginning and
    end from ``PIECE`` characters on, any other part from ``PIECE + STRIDE - 1``; of shorter ones at least
    ``SHORT`` characters.
    """

    def __init__(self, detect: Detect = nothing) -> None:
        self._detect = detect
        # A part of a value, by its length -> the value, where the part begins in it, what it is.
        self._parts: dict[int, dict[str, tuple[str, int, Secret]]] = {PIECE: {}, SHORT: {}}

    def fresh(self) -> "Redactor":
        """Return one that scans as this does, and has learned nothing."""
        return Redactor(self._detect)

    def learn(self, text: str) -> list[Secret]:
        """Return what ``find`` returns, and remember the values, placeholders and short ones excepted."""
        found = find_secrets(text, self._detect)
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
        masked = rest = _without_marks(text)
        recalled: list[Secret] = []
        for size in self._parts:
            hits = list(self._recall(rest, size))
            recalled += hits
            rest = _masked(rest, ((secret.start, secret.end) for secret in hits))
        shown = sorted([*recalled, *_find(rest, self._detect)], key=_by_start)
        return _with_context(masked, shown) if recalled else shown

    def _remember(self, value: str, secret: Secret) -> None:
        if secret.rule == "private-key":
            values = base64_lines(value)
        else:
            values = [value] if len(value) >= SHORT and no_example(value) else []
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


def _with_context(masked: str, shown: list[Secret]) -> list[Secret]:
    """Add what only shows beside what is hidden already: further strings that are joined, items, rows."""
    whole = {(secret.start, secret.end) for secret in shown if secret.announce}
    text = uncoloured(masked)
    found = _without_overlaps([*_joined(masked, whole), *find_named(text), *find_placed(text)])
    return sorted([*shown, *(replace(one, announce=False) for one in _clipped(found, shown))], key=_by_start)


def _find(masked: str, detect: Detect) -> list[Secret]:
    text = uncoloured(masked)
    plain = list(_plain(text))
    whole = {(secret.start, secret.end) for secret in plain if secret.announce}
    every = [
        *plain,
        *_joined(masked, whole),  # a colour can begin and end within a key
        *_wrapped(text, detect),
        *_listed(text),
        *_templates(text),
    ]
    sharp = _without_overlaps([secret for secret in every if secret.rule not in VAGUE])
    vague = _without_overlaps([*(secret for secret in every if secret.rule in VAGUE), *detect(text)])
    return sorted([*sharp, *_clipped(vague, sharp)], key=_by_start)


def _plain(text: str) -> Iterator[Secret]:
    yield from _prefixed(text)
    yield from _urls(text)
    yield from _private_keys(text)
    yield from find_named(text)
    yield from find_placed(text)


def _joined(text: str, whole: Container[tuple[int, int]]) -> Iterator[Secret]:
    """Yield the pieces of what is ``whole`` only when a program has put its strings together."""
    joined = JoinedStrings(text)
    for secret in (
        *_prefixed(joined.text),
        *_urls(joined.text),
        *find_named(joined.text),
        *find_placed(joined.text),
    ):
        pieces = joined.pieces(secret.start, secret.end)
        if any(piece in whole for piece in pieces):
            continue  # what stands beside a whole secret is no part of it
        for start, end in pieces:
            yield Secret("split-secret", "a part of a secret", start, end, announce=False)


def _templates(text: str) -> Iterator[Secret]:
    for start, end in find_pieces(text):
        yield Secret("split-secret", "a part of a secret", start, end, announce=False)


def _wrapped(text: str, detect: Detect) -> Iterator[Secret]:
    """Yield what holds a secret in base64."""
    for (start, end), content in find_wrapped(text):
        if any(_plain(content)) or any(detect(content)):
            yield Secret("wrapped-secret", "a secret in base64", start, end, announce=False)


def _listed(text: str) -> Iterator[Secret]:
    for start, end in manifest_values(text):
        yield Secret("wrapped-secret", "a value of a Secret of Kubernetes", start, end, announce=False)


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


def _prefixed(text: str) -> Iterator[Secret]:
    for rule in PREFIXED:
        for anchor in rule.anchors:
            yield from _at_anchor(text, anchor, rule)


def _at_anchor(text: str, anchor: str, rule: PrefixedKey) -> Iterator[Secret]:
    at = text.find(anchor)
    while at >= 0:
        found = rule.loose.match(text, at) if _begins(text, at) else None
        if found:
            start, end = found.span(found.lastgroup or 0)
            value = text[start:end]
            certain = rule.certain.fullmatch(value) is not None
            if certain or looks_random(value) or (rule.specific and no_example(value)):
                announce = certain and no_example(value)
                yield Secret(rule.rule, rule.title, start, end, announce)
        at = text.find(anchor, found.end() if found else at + len(anchor))


def _begins(text: str, at: int) -> bool:
    r"""Return whether a word can begin here: also after an escape (``\n``, ``%3D``) that ends in a letter."""
    return at == 0 or text[at - 1] not in _ALNUM or ends_escape(text, at)


def _urls(text: str) -> Iterator[Secret]:
    for at in occurrences(text, "://"):
        found = URL_LOGIN.match(text, at)
        if not found or not URL_SCHEME.search(text, max(0, at - 40), at):
            continue
        password = found["secret"]
        trivial = password.lower() in {found["user"].lower(), *TRIVIAL}
        if trivial or _TEMPLATE.match(password) or password.strip(".") == "" or PLACEHOLDER.search(password):
            continue
        announce = looks_random(password) and not found["host"].startswith(("localhost", "127.", "example."))
        yield Secret("url-password", "a password inside an address", *found.span("secret"), announce)


def _private_keys(text: str) -> Iterator[Secret]:
    for lines in find_private_keys(text):
        for number, (start, end) in enumerate(lines):
            yield Secret("private-key", "a private key", start, end, announce=number == 0)
    for lines in find_bare_bodies(text):
        for start, end in lines:
            yield Secret("private-key", "what looks like a private key", start, end, announce=False)
