"""One-time codes that prove whose an account at the code host is.

Somebody asks for a code in the chat, where nobody else sees it, and writes it in a comment at the code host.
Others may see the code before that comment is handled, so the comment alone proves nothing: the person who
asked for the code confirms in the chat which account wrote it. A code works once, and not for long.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.pull_requests.records import Account

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, https://www.crockford.com/base32.html."""
LENGTH = 12
BITS = 5 * LENGTH
"""60: at five tries an hour for each account nobody guesses one of a thousand codes in half an hour."""
LASTS = timedelta(minutes=30)
CONFIRMED_WITHIN = timedelta(days=1)
"""How long the person who asked for a code has to confirm the account that wrote it."""
MOST_TRIES = 5
"""Tries of one account within an hour, over all pull requests."""
WITHIN = timedelta(hours=1)

_GROUP = 4
# A person's login has at most 39 characters, and one that an enterprise manages an underscore with its name:
# https://docs.github.com/en/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_AROUND = "`'\"“”‘’<>()[]{}*_~.,:;!?"
_BETWEEN = re.compile(r"[\s\-–—]+")


class CodeState(StrEnum):
    """Where a code is. ``GIVEN`` waits for a comment, ``POSTED`` for its owner; all others are its end.

    ``TAKEN``: one of the two accounts is linked to another one. ``VOID``: two accounts wrote the code.
    ``WITHDRAWN``: the comment was deleted.
    """

    GIVEN = "given"
    POSTED = "posted"
    LINKED = "linked"
    DECLINED = "declined"
    TAKEN = "taken"
    VOID = "void"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code that ``person`` asked for; its digits are known to nobody but them.

    ``id`` is random, and what buttons name. ``login``: only this account may write it; None: the first one.
    ``account`` has written it, in the comment ``comment``, which is on the diff if ``inline``.
    """

    id: str
    person: str
    state: CodeState
    expires: datetime
    login: str | None = None
    account: Account | None = None
    comment: int | None = None
    inline: bool = False

    def waits(self, at: datetime) -> bool:
        """Say whether its owner may still confirm the account that wrote it."""
        return self.state is CodeState.POSTED and self.account is not None and at < self.expires

    def is_open(self, at: datetime) -> bool:
        """Say whether a comment with it still makes a difference."""
        return self.state in {CodeState.GIVEN, CodeState.POSTED} and at < self.expires

    def is_for(self, account: Account) -> bool:
        """Say whether an account may write it. A login counts for this alone; afterwards the number does."""
        return self.login is None or self.login.lower() == account.login.lower()


def login_in(text: str) -> str | None:
    """Return the login that somebody wrote, with or without ``@``; None if it cannot be a login."""
    bare = text.strip().removeprefix("@")
    return bare if _LOGIN.fullmatch(bare) else None


def make_code(number: int) -> str:
    """Write a number of ``BITS`` random bits as a code: ``7F3K-0Q9M-X2ZB``."""
    if not 0 <= number < 2**BITS:
        raise ValueError(f"a code is made of {BITS} bits")
    letters = [ALPHABET[number >> (5 * n) & 31] for n in range(LENGTH)]
    groups = ("".join(letters[n : n + _GROUP]) for n in range(0, LENGTH, _GROUP))
    return "-".join(groups)


def find_code(text: str) -> str | None:
    """Return the code that somebody has written, in whatever way, without hyphens; None if it is none."""
    bare = _BETWEEN.sub("", text.strip().strip(_AROUND)[:80]).upper().translate(_MISREAD)
    return bare if len(bare) == LENGTH and set(bare) <= set(ALPHABET) else None


def digest_code(bare: str) -> str:
    """Return what is kept of a code without its hyphens. Its bits are random: it needs no salt."""
    return hashlib.sha256(f"sensei link {bare}".encode()).hexdigest()
