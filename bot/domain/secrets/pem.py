"""Find the bodies of private keys in PEM blocks: complete, cut off, or on one line with escaped line ends."""

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

# The BEGIN line of RFC 7468 (PKCS #1 and #8), of OpenSSH's PROTOCOL.key and of RFC 4880 (PGP).
_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----")
# What separates the lines of a body: line ends (also escaped), quotes, comment signs and some headers.
_SPACE = r"(?:\\{1,4}[nr]|[\s\"'`,;#>|*\\]|//(?=\s)|\+(?=[\s#*+]))*+"
_GAP = re.compile(rf"{_SPACE}(?:[A-Z][A-Za-z-]{{2,20}}: [^\n\\]{{0,200}}+{_SPACE}){{0,6}}+")
_RUN = re.compile(r"[A-Za-z0-9+/=]*+")
_LINE = re.compile(r"[A-Za-z0-9+/=]{40,}")
_SHORTEST_LINE = 16  # characters; only the last line may be shorter
_SHORTEST_BODY = 40  # characters; an Ed25519 key in PKCS #8 has 64

_LABEL = re.compile(r"-----BEGIN [A-Z0-9 ]{1,60}-----")
_PRIVATE_END = re.compile(r"-----END (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY")
_WHOLE_LINE = re.compile(r"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/]{64}|[A-Za-z0-9+/]{70})(?![A-Za-z0-9+/=])")
_WIDTHS = frozenset({64, 70})
_FEWEST_LINES = 3

Span = tuple[int, int]


def find_private_keys(text: str) -> Iterator[list[Span]]:
    """Yield the spans of each private key's base64, one per line of ``text``."""
    for begin in _BEGIN.finditer(text) if "-----BEGIN " in text else ():
        runs = _find_runs(text, begin.end())
        body = "".join(text[start:end] for start, end in runs)
        if len(body) >= _SHORTEST_BODY and entropy(body) >= 4:
            yield _join_by_line(text, runs)


def find_bare_bodies(text: str) -> Iterator[list[Span]]:
    """Yield what looks like a key without its BEGIN line: three or more full lines, or one and an END line.

    A full line has 64 characters in PEM and 70 in OpenSSH. Certificates and public keys are left out.
    """
    labelled = list(_find_labelled_blocks(text))
    done = 0
    for line in _WHOLE_LINE.finditer(text):
        at = line.start()
        if at < done or _is_inside(labelled, at):
            continue
        runs = _find_runs(text, at)
        done = max(line.end(), runs[-1][1] if runs else 0)
        if runs and _is_body(text, runs):
            yield _join_by_line(text, runs)


def _is_body(text: str, runs: list[Span]) -> bool:
    whole = sum(end - start in _WIDTHS for start, end in runs)
    ends = _PRIVATE_END.match(text, _match_end(_GAP, text, runs[-1][1])) is not None
    body = "".join(text[start:end] for start, end in runs)
    # A list of digests has an entropy of 4 bits per character.
    return whole >= (1 if ends else _FEWEST_LINES) and entropy(body) >= 5


def _find_labelled_blocks(text: str) -> Iterator[Span]:
    """Yield every block with a BEGIN line, whatever its label says: certificates, known keys."""
    for begin in _LABEL.finditer(text):
        runs = _find_runs(text, begin.end())
        yield begin.start(), runs[-1][1] if runs else begin.end()


def _is_inside(spans: list[Span], at: int) -> bool:
    before = bisect_right(spans, (at, len(spans) and spans[-1][1])) - 1
    return before >= 0 and at < spans[before][1]


def base64_lines(body: str) -> list[str]:
    """Return the lines of a body that are long enough to identify it. Line ends may be escaped."""
    return _LINE.findall(body)


def entropy(value: str) -> float:
    """Return the Shannon entropy of a value, in bits per character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def _find_runs(text: str, at: int) -> list[Span]:
    """Return the spans of base64 after a BEGIN line. A block that was cut off ends with its last long run."""
    runs: list[Span] = []
    while True:
        start = _match_end(_GAP, text, at)
        at = _match_end(_RUN, text, start)
        padded = "=" in text[start:at]
        if at - start < _SHORTEST_LINE and not (runs and at > start and (padded or _ends_pem(text, at))):
            return runs
        runs.append((start, at))


def _ends_pem(text: str, at: int) -> bool:
    return text.startswith("-----END ", _match_end(_GAP, text, at))


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _join_by_line(text: str, runs: list[Span]) -> list[Span]:
    """Join the spans that are on one line because its line ends are escaped."""
    lines = runs[:1]
    for (_, before), (start, end) in pairwise(runs):
        if "\n" in text[before:start]:
            lines.append((start, end))
        else:
            lines[-1] = (lines[-1][0], end)
    return lines
