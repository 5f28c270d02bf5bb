"""Detecting secrets with Kingfisher's rules for about 490 kinds of keys, by MongoDB and Betterleaks.

Kingfisher scans in this process, without the network. The package can also validate and revoke keys, but
Sensei never does so. Compiling the rules takes seconds, so Kingfisher caches them in the user's cache folder.
If it can't write there, it compiles them each time. Neither the text nor any finding is written to disk.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from functools import cache

from kingfisher_sdk import Finding, Rules, Scanner

from bot.domain.secrets.escape_sequences import ESCAPE
from bot.domain.secrets.values import Secret, is_mixed

# Rules whose values are not secrets, or that Sensei's own rules handle more carefully. For example, the
# address of a database on a developer's machine may contain a well-known password.
_LEFT_OUT = re.compile(
    r"-(?:id|ids|name|host|url|domain|pub-key|public-key)(?:\.\d)?$|generic-credential-uri$|tf-password$"
    r"|^betterleaks\.private-key$"
)
_KEY_LIKE_RUN = re.compile(r"[A-Za-z0-9_-]{16,}+")
_WORD = "(?:[a-z]{1,20}+|[A-Z]{1,20}+|[A-Z][a-z]{1,20}+|[0-9]{1,8}+)"
_WORDS = re.compile(rf"{_WORD}(?:[-_]++{_WORD})*+")  # the name of a model, a test, a date
_NOT_A_RULE = re.compile(r"[^a-z0-9]+")
# Characters that would make Kingfisher read the text as UTF-16 or skip a character, replaced by others of the
# same length in bytes.
_PLAIN = str.maketrans({"\0": "\x01", "\ufeff": "\u3000"})
_LONGEST_RULE = 60
# The rules require a blank, a quote or the like next to a key. But people write keys next to any character:
# in a path, a tag or a list, or after an escaped line end. So the text is scanned a second time with blanks
# instead of such characters, and a third time with blanks also instead of those that occur within keys.
_ESCAPE = re.compile(ESCAPE.encode())
_KEPT_BYTES = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_+=\"'\r\n\t "
_AROUND = bytes(byte if byte in _KEPT_BYTES + b".-" else 32 for byte in range(256))
_BETWEEN = bytes(byte if byte in _KEPT_BYTES else 32 for byte in range(256))


def detect_keys(
    text: str, loading: Callable[[], AbstractContextManager[object]] = nullcontext
) -> Iterator[Secret]:
    """Yield the secrets that Kingfisher finds. None of them is announced.

    The rules are loaded inside the context ``loading`` when a text first needs them.
    """
    if not any(is_mixed(run) and not _WORDS.fullmatch(run) for run in _KEY_LIKE_RUN.findall(text)):
        return  # the text can't contain a key, so the rules need not be loaded
    if not _load_scanner.cache_info().currsize:
        with loading():
            _load_scanner()
    data = text.translate(_PLAIN).encode("utf-8", "replace")
    offsets = _CharacterOffsets(data)
    for start, end, rule in sorted({found for copy in _spaced_copies(data) for found in _find_secrets(copy)}):
        yield Secret(
            rule, "what looks like a secret", offsets.convert(start), offsets.convert(end), announce=False
        )


def _spaced_copies(data: bytes) -> Iterator[bytes]:
    """Yield the text, and copies of the same length with blanks next to possible keys."""
    yield data
    plain = _ESCAPE.sub(_blank_match, data)
    around, between = plain.translate(_AROUND), plain.translate(_BETWEEN)
    yield from (copy for copy in dict.fromkeys((around, between)) if copy != data)


def _blank_match(found: re.Match[bytes]) -> bytes:
    return b" " * len(found[0])


def _find_secrets(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield the start and end of each secret in bytes, and the name of its rule."""
    for finding in _load_scanner().scan(data):
        if _is_reported(finding):
            yield (*_secret_span(finding, data), _rule_name(finding))


@cache
def _load_scanner() -> Scanner:
    return Scanner(Rules(confidence="low"))


def _is_reported(finding: Finding) -> bool:
    return finding.visible and not _LEFT_OUT.search(finding.rule_id)


def _secret_span(finding: Finding, data: bytes) -> tuple[int, int]:
    """Return the start and end of a secret within the match, or of the whole match if it was decoded."""
    start, end = finding.location["start_offset"], finding.location["end_offset"]
    secret = finding.secret.encode()
    at = -1 if finding.is_base64_encoded else data.find(secret, start, end)
    return (at, at + len(secret)) if at >= 0 and secret else (start, end)


def _rule_name(finding: Finding) -> str:
    """Return a rule's short name: ``github-pat`` for ``betterleaks.github-pat``."""
    name = (
        finding.rule_id.rpartition("/")[2].partition("betterleaks.")[2] or finding.rule_id.rpartition("/")[2]
    )
    return _NOT_A_RULE.sub("-", name.lower()).strip("-")[:_LONGEST_RULE] or "secret"


class _CharacterOffsets:
    """Converts offsets in bytes to offsets in characters. Fastest with rising offsets."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ascii = data.isascii()
        self._at, self._characters = 0, 0

    def convert(self, at: int) -> int:
        """Return how many characters come before a byte."""
        if self._ascii:
            return at
        if at < self._at:
            self._at, self._characters = 0, 0
        self._characters += len(self._data[self._at : at].decode("utf-8", "ignore"))
        self._at = at
        return self._characters
