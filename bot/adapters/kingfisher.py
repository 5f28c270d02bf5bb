"""Kingfisher's rules as a ``Detect``: some 490 kinds of keys, kept by MongoDB and the authors of Betterleaks.

It scans in this process and without the network. The package can also validate and revoke keys; Sensei
never calls that. Compiling the rules takes seconds, so Kingfisher keeps them compiled in the user's cache.
Where it may not write there, it compiles them each time. No text and no finding is written anywhere.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache

from kingfisher_sdk import Finding, Rules, Scanner

from bot.domain.secrets.escape_sequences import ESCAPE
from bot.domain.secrets.values import Secret, mixed

# Rules whose values are not secrets, or which our own rules judge with more care: an address of a database on
# a developer's machine may hold a password that everybody knows.
_LEFT_OUT = re.compile(
    r"-(?:id|ids|name|host|url|domain|pub-key|public-key)(?:\.\d)?$|generic-credential-uri$|tf-password$"
    r"|^betterleaks\.private-key$"
)
_RUN = re.compile(r"[A-Za-z0-9_-]{16,}+")
_WORD = "(?:[a-z]{1,20}+|[A-Z]{1,20}+|[A-Z][a-z]{1,20}+|[0-9]{1,8}+)"
_WORDS = re.compile(rf"{_WORD}(?:[-_]++{_WORD})*+")  # the name of a model, a test, a date
_NOT_A_RULE = re.compile(r"[^a-z0-9]+")
# What would make Kingfisher take the text for UTF-16, or leave a character out; as long in bytes.
_PLAIN = str.maketrans({"\0": "\x01", "\ufeff": "\u3000"})
_LONGEST_RULE = 60
# Rules want a blank, a quote or the like beside a key, but people write one between any two characters: in
# a path, a tag, a list, behind the escape of a line end. So the text is scanned again with blanks in their
# places, and a third time with blanks in the places of those that keys themselves contain.
_ESCAPE = re.compile(ESCAPE.encode())
_KEPT = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+=\"'\r\n\t "
_AROUND = bytes(byte if byte in _KEPT + b".-" else 32 for byte in range(256))
_BETWEEN = bytes(byte if byte in _KEPT else 32 for byte in range(256))


def detect_keys(
    text: str, loading: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Iterator[Secret]:
    """Yield what Kingfisher finds, none of it announced.

    The rules are loaded when a text first needs them, inside of ``loading``.
    """
    if not any(mixed(run) and not _WORDS.fullmatch(run) for run in _RUN.findall(text)):
        return  # nothing that a key is made of: the rules need not be loaded
    if not _scanner.cache_info().currsize:
        with loading():
            _scanner()
    data = text.translate(_PLAIN).encode("utf-8", "replace")
    places = _Places(data)
    for start, end, rule in sorted({found for copy in _copies(data) for found in _found(copy)}):
        yield Secret(rule, "what looks like a secret", places.of(start), places.of(end), announce=False)


def _copies(data: bytes) -> Iterator[bytes]:
    """Yield the text, and copies of the same length with blanks beside what could be a key."""
    yield data
    plain = _ESCAPE.sub(_blank, data)
    around, between = plain.translate(_AROUND), plain.translate(_BETWEEN)
    yield from (copy for copy in dict.fromkeys((around, between)) if copy != data)


def _blank(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])


def _found(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where secrets stand, in bytes, and the name of each rule."""
    for finding in _scanner().scan(data):
        if _counts(finding):
            yield (*_span(finding, data), _rule(finding))


@cache
def _scanner() -> Scanner:
    return Scanner(Rules(confidence="low"))


def _counts(finding: Finding) -> bool:
    return finding.visible and not _LEFT_OUT.search(finding.rule_id)


def _span(finding: Finding, data: bytes) -> tuple[int, int]:
    """Return where the secret stands in the bytes that matched; of what was decoded, all that held it."""
    start, end = finding.location["start_offset"], finding.location["end_offset"]
    secret = finding.secret.encode()
    at = -1 if finding.is_base64_encoded else data.find(secret, start, end)
    return (at, at + len(secret)) if at >= 0 and secret else (start, end)


def _rule(finding: Finding) -> str:
    """Return a name for the mark: ``betterleaks.github-pat`` is ``github-pat``."""
    name = (
        finding.rule_id.rpartition("/")[2].partition("betterleaks.")[2] or finding.rule_id.rpartition("/")[2]
    )
    return _NOT_A_RULE.sub("-", name.lower()).strip("-")[:_LONGEST_RULE] or "secret"


class _Places:
    """From places in bytes to places in characters, in rising order or not."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ascii = data.isascii()
        self._at, self._characters = 0, 0

    def of(self, at: int) -> int:
        """Return how many characters stand before a byte."""
        if self._ascii:
            return at
        if at < self._at:
            self._at, self._characters = 0, 0
        self._characters += len(self._data[self._at : at].decode("utf-8", "ignore"))
        self._at = at
        return self._characters
