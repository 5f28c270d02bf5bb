"""Finds the bodies of private keys in PEM blocks: whole, cut, or on one line with escaped line ends."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

# The BEGIN line of RFC 7468 (PKCS #1 and #8), of OpenSSH's PROTOCOL.key and of RFC 4880 (PGP).
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
# Between the lines of a body: line ends (also escaped), quotes and comment signs, and a few headers.
_SPACE = r"(?:\\{1,4}[nr]|[\s\"'`,;#>|*\\]|\+(?=\s))*+"
_GAP = re.compile(rf"{_SPACE}(?:[A-Z][A-Za-z-]{{2,20}}: [^\n\\]{{0,200}}+{_SPACE}){{0,6}}+")
_RUN = re.compile(r"[A-Za-z0-9+/=]*+")
_LINE = re.compile(r"[A-Za-z0-9+/=]{40,}")
_SHORTEST_LINE = 16  # characters; only a last line may be shorter
_SHORTEST_BODY = 40  # characters; an Ed25519 key in PKCS #8 has 64

Span = tuple[int, int]


def private_keys(text: str) -> Iterator[list[Span]]:
    """Yield for each private key the spans of its base64, one a line of ``text``."""
    for begin in _BEGIN.finditer(text) if "-----BEGIN " in text else ():
        runs = _runs(text, begin.end())
        body = "".join(text[start:end] for start, end in runs)
        if len(body) >= _SHORTEST_BODY and entropy(body) >= 4:
            yield _by_line(text, runs)


def base64_lines(body: str) -> list[str]:
    """Return the lines of a body (their ends may be escaped) that are long enough to be known by."""
    return _LINE.findall(body)


def entropy(value: str) -> float:
    """Return Shannon's entropy of the characters of a value, in bits per character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _runs(text: str, at: int) -> list[Span]:
    """Return the spans of base64 behind a BEGIN line; a block that was cut ends with its last long run."""
    runs: list[Span] = []
    while True:
        start = _after(_GAP, text, at)
        at = _after(_RUN, text, start)
        padded = "=" in text[start:at]
        if at - start < _SHORTEST_LINE and not (runs and at > start and (padded or _ends_pem(text, at))):
            return runs
        runs.append((start, at))


def _ends_pem(text: str, at: int) -> bool:
    return text.startswith("-----END ", _after(_GAP, text, at))


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _by_line(text: str, runs: list[Span]) -> list[Span]:
    """Join the spans that stand on one line, where line ends are escaped."""
    lines = runs[:1]
    for (_, before), (start, end) in pairwise(runs):
        if "\n" in text[before:start]:
            lines.append((start, end))
        else:
            lines[-1] = (lines[-1][0], end)
    return lines
