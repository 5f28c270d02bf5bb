"""One-time codes that prove whose an account at the code host is.

Somebody asks for a code in the chat, where nobody else sees it, and writes it in a comment at the code host:
whoever wrote that comment has both accounts. The comment is public, so a code works once, and not for long.
"""

import hashlib
import re
from datetime import timedelta

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, https://www.crockford.com/base32.html."""
LENGTH = 12
BITS = 5 * LENGTH
"""60: at five tries an hour for each account nobody guesses one of a thousand codes in half an hour."""
LASTS = timedelta(minutes=30)
MOST_TRIES = 5
"""Tries of one account within an hour, over all pull requests."""
WITHIN = timedelta(hours=1)

_GROUP = 4
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_AROUND = "`'\"“”‘’<>()[]{}*_~.,:;!?"
_BETWEEN = re.compile(r"[\s\-–—]+")


def code(number: int) -> str:
    """Write a number of ``BITS`` random bits as a code: ``7F3K-0Q9M-X2ZB``."""
    if not 0 <= number < 2**BITS:
        raise ValueError(f"a code is made of {BITS} bits")
    letters = [ALPHABET[number >> (5 * n) & 31] for n in range(LENGTH)]
    groups = ("".join(letters[n : n + _GROUP]) for n in range(0, LENGTH, _GROUP))
    return "-".join(groups)


def as_written(text: str) -> str | None:
    """Return the code that somebody has written, in whatever way, without hyphens; None if it is none."""
    bare = _BETWEEN.sub("", text.strip().strip(_AROUND)[:80]).upper().translate(_MISREAD)
    return bare if len(bare) == LENGTH and set(bare) <= set(ALPHABET) else None


def digest(bare: str) -> str:
    """Return what is kept of a code without its hyphens. Its bits are random: it needs no salt."""
    return hashlib.sha256(f"sensei link {bare}".encode()).hexdigest()
