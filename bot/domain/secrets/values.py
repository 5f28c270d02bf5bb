"""A secret, and tests for whether a value looks like one."""

import re
from dataclasses import dataclass
from itertools import pairwise

from bot.domain.secrets.key_formats import PLACEHOLDER
from bot.domain.secrets.pem import entropy

TITLE = "what looks like a secret"
"""The title of a secret that is redacted but not announced."""

TRIVIAL = frozenset({"pass", "passwd", "password", "postgres", "root", "secret", "guest", "admin", "user"})
_PIECES = re.compile(r"[A-Za-z0-9]{16,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Text that refers to a value elsewhere: a variable, a template, a path, the address of a vault.
_REFERENCE = re.compile(
    r"[<{]|\$(?:[{(]|[A-Za-z_]\w*+(?![$#!%^&*+=()]))|%\{|%\([A-Za-z_]{1,40}\)|%[A-Za-z_]{1,40}%|!+[A-Za-z]++\Z|[.~]{0,2}/|[*•.…x_-]{3,}+|(?:arn|op|vault|env|file|ref\+[a-z]+|secrets?|projects)[:/]"
    r"|[a-z][a-z0-9+.-]{1,30}+://|[^\s\]]{0,80}\[[^\]]{1,30}\][{+*]"
    r"|.{0,200}?(?:\$[{(]|\{\{|%\([A-Za-z_]{1,40}\)|\{[A-Za-z_.]{1,40}\}|<[A-Za-z])"
)
_WORDS_AND_NUMBERS = re.compile(
    r"(?:[a-z]+|[A-Z]+|[A-Z][a-z]+|[0-9]{1,4})(?:[-_./: ](?:[a-z]+|[A-Z]+|[A-Z][a-z]+|[0-9]{1,4}))*"
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret value: ``text[start:end]``, in characters.

    ``title`` completes "This line contains ...". ``announce`` is False for a value that is redacted but must
    not be reported as a fact: an example, a placeholder, a guess. A multi-line private key is one ``Secret``
    per line, so that redacting it moves no line; only the first of them is announced. ``example`` completes
    "This value looks like ...", if the value is a published example or a placeholder.
    """

    rule: str
    title: str
    start: int
    end: int
    announce: bool
    example: str = ""


def mark(rule: str) -> str:
    """Return the mark that replaces a redacted value."""
    return f"[redacted:{rule}]"


def looks_real(value: str) -> bool:
    """Return whether a value is neither a placeholder nor too repetitive."""
    return entropy(value) >= 3 and not PLACEHOLDER.search(value)


def looks_random(value: str) -> bool:
    """Return whether a value has a long part that is not a word, a number or an example."""
    if not looks_real(value):
        return False
    return _UUID.fullmatch(value) is not None or any(
        entropy(piece) >= 3 and is_mixed(piece) for piece in _PIECES.findall(value)
    )


def is_mixed(piece: str) -> bool:
    """Return whether a value mixes digits, or capitals and small letters, as no word does."""
    digits = sum(character.isdigit() for character in piece)
    return 2 <= digits < len(piece) or count_case_turns(piece) * 3 >= len(piece)


def count_case_turns(piece: str) -> int:
    """Count how often a value changes between lower-case letters and other characters."""
    return sum(left.islower() != right.islower() for left, right in pairwise(piece))


def is_reference(value: str) -> bool:
    """Return whether a value only refers to a value elsewhere."""
    return _REFERENCE.match(value) is not None


def is_slug(value: str) -> bool:
    """Return whether a value consists of whole words and short numbers: ``prod/orders/2025``."""
    return _WORDS_AND_NUMBERS.fullmatch(value) is not None
