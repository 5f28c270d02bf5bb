"""Find keys and passwords in text, and redact them.

There are two thresholds. Everything that looks like a secret is redacted. Only what is certain to be one is
announced (``Secret.announce``), because a report then states publicly that someone committed a secret. The
formats are in ``key_formats``.

The work grows linearly with the length of the text. Anchors are found with ``str.find``, patterns are tried
only there, and possessive quantifiers match each run of characters once.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace

from bot.domain.secrets.anchored_patterns import find_occurrences
from bot.domain.secrets.encoded_and_split_keys import JoinedStrings, find_manifest_values, find_wrapped
from bot.domain.secrets.escape_sequences import blank_out_colours, ends_escape
from bot.domain.secrets.headers_and_options import find_by_place
from bot.domain.secrets.key_formats import PLACEHOLDER, PREFIXED, URL_LOGIN, URL_SCHEME, PrefixedKey
from bot.domain.secrets.named_values import find_by_name
from bot.domain.secrets.pem import base64_lines, find_bare_bodies, find_private_keys
from bot.domain.secrets.published_examples import mark_example
from bot.domain.secrets.templates import find_template_pieces
from bot.domain.secrets.values import TRIVIAL, Secret, looks_random, looks_real, mark

__all__ = ["Detect", "Redactor", "Secret", "detect_nothing", "find_secrets", "mark"]

SHORT = 12  # minimum length in characters of a value to search for elsewhere
PIECE = 16  # minimum length in characters of a part redacted on its own: longer than any prefix
STRIDE = 8  # distance between indexed parts: any PIECE + STRIDE - 1 characters contain one

_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")
# Rules whose findings only fill the gaps between those of other rules.
VAGUE = frozenset({"assigned-secret", "bearer-token", "password", "wrapped-secret", "split-secret"})
_TEMPLATE = re.compile(r"[$*]|%(?![0-9A-Fa-f]{2})")
_HIDDEN = "\0"  # replaces marks and secrets found so far; no name, value or key contains it
_ALNUM = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

Detect = Callable[[str], Iterable[Secret]]
"""A scanner: returns the secrets in a text, in any order. They may overlap; none is announced."""


def detect_nothing(_text: str) -> Iterable[Secret]:
    """Detect nothing. For trusted text, where starting a scanner would take too long."""
    return ()


def find_secrets(text: str, detect: Detect = detect_nothing) -> list[Secret]:
    """Return the secrets in ``text``, sorted and without overlaps. Existing marks are left alone.

    Of two secrets that overlap, the one that starts first wins, then the longer one. Secrets found by a vague
    rule or by the scanner only fill the gaps between the others.
    """
    found = _find_in_unmarked(_without_marks(text), detect)
    return [mark_example(secret, text[secret.start : secret.end]) for secret in found]


class Redactor:
    """Redacts secrets, including repetitions of a value that was recognised elsewhere by its context.

    It remembers values, and redacts parts of them too. In a value of at least ``PIECE`` characters, it
    redacts a start or an end of at least ``PIECE`` characters and any other part of at least
    ``PIECE + STRIDE - 1``. In a shorter value, it redacts parts of at least ``SHORT`` characters.
    """

    def __init__(self, detect: Detect = detect_nothing) -> None:
        self._detect = detect
        # Maps the length of a part, then the part, to the whole value, the part's offset, and the secret.
        self._parts: dict[int, dict[str, tuple[str, int, Secret]]] = {PIECE: {}, SHORT: {}}

    def fresh(self) -> "Redactor":
        """Return a redactor with the same scanner, but without remembered values."""
        return Redactor(self._detect)

    def learn(self, text: str) -> list[Secret]:
        """Return the secrets in ``text``, and remember their values, but not short ones or placeholders."""
        found = find_secrets(text, self._detect)
        for secret in found:
            self._remember(text[secret.start : secret.end], secret)
        return found

    def redact(self, text: str) -> str:
        """Return ``text`` with each secret replaced by a mark, or the same object if it has no secret."""
        parts: list[str] = []
        at = 0
        for secret in self.spans(text):
            parts += (text[at : secret.start], mark(secret.rule))
            at = secret.end
        return "".join((*parts, text[at:])) if parts else text

    def spans(self, text: str) -> list[Secret]:
        """Return the secrets that ``redact`` replaces, sorted, without overlaps. Parts are not announced."""
        masked = rest = _without_marks(text)
        recalled: list[Secret] = []
        for size in self._parts:
            hits = list(self._recall(rest, size))
            recalled += hits
            rest = _mask(rest, ((secret.start, secret.end) for secret in hits))
        secrets = sorted([*recalled, *_find_in_unmarked(rest, self._detect)], key=_sort_key)
        return _add_by_context(masked, secrets) if recalled else secrets

    def _remember(self, value: str, secret: Secret) -> None:
        if secret.rule == "private-key":
            values = base64_lines(value)
        else:
            values = [value] if len(value) >= SHORT and looks_real(value) else []
        for remembered in values:
            size = PIECE if len(remembered) >= PIECE else SHORT
            last = len(remembered) - size
            for offset in (*range(0, last, STRIDE), last):
                part = remembered[offset : offset + size]
                self._parts[size].setdefault(part, (remembered, offset, secret))

    def _recall(self, text: str, size: int) -> Iterator[Secret]:
        """Yield the remembered values and parts of at least ``size`` characters that recur in ``text``."""
        parts = self._parts[size]
        at = taken = 0
        while parts and at <= len(text) - size:
            hit = parts.get(text[at : at + size])
            if hit is None:
                at += 1
                continue
            value, offset, secret = hit
            start, end = _extend_match(text, (at, at + size), value, offset, taken)
            whole = end - start == len(value)
            yield replace(secret, start=start, end=end, announce=secret.announce and whole)
            at = taken = end


def _extend_match(text: str, span: tuple[int, int], value: str, offset: int, floor: int) -> tuple[int, int]:
    """Return the longest common part around ``text[span]``, which equals ``value`` from ``offset`` on."""
    start, end = span
    stop = offset + end - start
    while start > floor and offset > 0 and text[start - 1] == value[offset - 1]:
        start, offset = start - 1, offset - 1
    while end < len(text) and stop < len(value) and text[end] == value[stop]:
        end, stop = end + 1, stop + 1
    return start, end


def _add_by_context(masked: str, recalled: list[Secret]) -> list[Secret]:
    """Add secrets that are recognised only next to a redacted value: joined strings, list items, rows."""
    whole = {(secret.start, secret.end) for secret in recalled if secret.announce}
    text = blank_out_colours(masked)
    found = _without_overlaps([*_find_split(masked, whole), *find_by_name(text), *find_by_place(text)])
    added = (replace(secret, announce=False) for secret in _clip(found, recalled))
    return sorted([*recalled, *added], key=_sort_key)


def _find_in_unmarked(masked: str, detect: Detect) -> list[Secret]:
    text = blank_out_colours(masked)
    plain = list(_find_plain(text))
    whole = {(secret.start, secret.end) for secret in plain if secret.announce}
    candidates = [
        *plain,
        *_find_split(masked, whole),  # a colour can start and end within a key
        *_find_in_base64(text, detect),
        *_find_in_manifests(text),
        *_find_in_templates(text),
    ]
    exact = _without_overlaps([secret for secret in candidates if secret.rule not in VAGUE])
    vague = _without_overlaps([*(secret for secret in candidates if secret.rule in VAGUE), *detect(text)])
    return sorted([*exact, *_clip(vague, exact)], key=_sort_key)


def _find_plain(text: str) -> Iterator[Secret]:
    yield from _find_prefixed(text)
    yield from _find_url_passwords(text)
    yield from _find_private_key_lines(text)
    yield from find_by_name(text)
    yield from find_by_place(text)


def _find_split(text: str, whole: Container[tuple[int, int]]) -> Iterator[Secret]:
    """Yield the pieces of secrets that a program joins from several strings. ``whole`` are complete ones."""
    joined = JoinedStrings(text)
    for secret in (
        *_find_prefixed(joined.text),
        *_find_url_passwords(joined.text),
        *find_by_name(joined.text),
        *find_by_place(joined.text),
    ):
        pieces = joined.pieces(secret.start, secret.end)
        if any(piece in whole for piece in pieces):
            continue  # a string next to a complete secret is not part of it
        for start, end in pieces:
            yield Secret("split-secret", "a part of a secret", start, end, announce=False)


def _find_in_templates(text: str) -> Iterator[Secret]:
    for start, end in find_template_pieces(text):
        yield Secret("split-secret", "a part of a secret", start, end, announce=False)


def _find_in_base64(text: str, detect: Detect) -> Iterator[Secret]:
    """Yield the base64 values that contain a secret."""
    for (start, end), content in find_wrapped(text):
        if any(_find_plain(content)) or any(detect(content)):
            yield Secret("wrapped-secret", "a secret in base64", start, end, announce=False)


def _find_in_manifests(text: str) -> Iterator[Secret]:
    for start, end in find_manifest_values(text):
        yield Secret("wrapped-secret", "a value in a Kubernetes Secret", start, end, announce=False)


def _sort_key(secret: Secret) -> tuple[int, int]:
    return secret.start, -secret.end


def _without_marks(text: str) -> str:
    return _mask(text, (found.span() for found in _MARK.finditer(text))) if "[redacted:" in text else text


def _mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts: list[str] = []
    at = 0
    for start, end in spans:
        parts += (text[at:start], _HIDDEN * (end - start))
        at = end
    return "".join((*parts, text[at:])) if parts else text


def _without_overlaps(secrets: list[Secret]) -> list[Secret]:
    """Keep the first of overlapping secrets, and the rest of a later one (unannounced)."""
    kept: list[Secret] = []
    taken = 0
    for secret in sorted(secrets, key=_sort_key):
        if secret.start >= taken:
            kept.append(secret)
        elif secret.end > taken:
            kept.append(replace(secret, start=taken, announce=False))
        taken = max(taken, secret.end)
    return kept


def _clip(extras: list[Secret], kept: list[Secret]) -> Iterator[Secret]:
    """Yield the parts of ``extras`` that ``kept`` doesn't cover. Both are sorted and without overlaps."""
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


def _find_prefixed(text: str) -> Iterator[Secret]:
    for rule in PREFIXED:
        for anchor in rule.anchors:
            yield from _find_at_anchor(text, anchor, rule)


def _find_at_anchor(text: str, anchor: str, rule: PrefixedKey) -> Iterator[Secret]:
    at = text.find(anchor)
    while at >= 0:
        found = rule.loose.match(text, at) if _can_begin(text, at) else None
        if found:
            start, end = found.span(found.lastgroup or 0)
            value = text[start:end]
            certain = rule.certain.fullmatch(value) is not None
            if certain or looks_random(value) or (rule.specific and looks_real(value)):
                announce = certain and looks_real(value)
                yield Secret(rule.rule, rule.title, start, end, announce)
        at = text.find(anchor, found.end() if found else at + len(anchor))


def _can_begin(text: str, at: int) -> bool:
    r"""Return whether a word can start here. It can after an escape such as ``\n`` or ``%3D``."""
    return at == 0 or text[at - 1] not in _ALNUM or ends_escape(text, at)


def _find_url_passwords(text: str) -> Iterator[Secret]:
    for at in find_occurrences(text, "://"):
        found = URL_LOGIN.match(text, at)
        if not found or not URL_SCHEME.search(text, max(0, at - 40), at):
            continue
        password = found["secret"]
        trivial = password.lower() in {found["user"].lower(), *TRIVIAL}
        if trivial or _TEMPLATE.match(password) or password.strip(".") == "" or PLACEHOLDER.search(password):
            continue
        announce = looks_random(password) and not found["host"].startswith(("localhost", "127.", "example."))
        yield Secret("url-password", "a password inside an address", *found.span("secret"), announce)


def _find_private_key_lines(text: str) -> Iterator[Secret]:
    for lines in find_private_keys(text):
        for number, (start, end) in enumerate(lines):
            yield Secret("private-key", "a private key", start, end, announce=number == 0)
    for lines in find_bare_bodies(text):
        for start, end in lines:
            yield Secret("private-key", "what looks like a private key", start, end, announce=False)
