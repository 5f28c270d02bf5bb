"""One-time codes that prove the ownership of an account at the code host.

A person requests a code in the chat, where nobody else can see it, and posts it in a comment at the code
host. Others may see the code before Sensei handles that comment, so the comment alone proves nothing. So the
person who requested the code confirms in the chat that the account that posted it is theirs. A code works
once, for a short time.
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
"""60 bits: with five attempts per account and hour, nobody can guess one of 1,000 codes in half an hour."""
LASTS = timedelta(minutes=30)
CONFIRMED_WITHIN = timedelta(days=1)
"""Time limit for confirming the account that posted a code."""
MOST_TRIES = 5
"""Attempts per account per hour, across all pull requests."""
WITHIN = timedelta(hours=1)

_GROUP = 4
# A person's login has at most 39 characters; one managed by an enterprise adds an underscore and its name:
# https://docs.github.com/en/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_AROUND = "`'\"“”‘’<>()[]{}*_~.,:;!?"
_BETWEEN = re.compile(r"[\s\-–—]+")


class CodeState(StrEnum):
    """The state of a code.

    ``GIVEN`` waits for a comment, ``POSTED`` for its owner's confirmation; all other states are final.

    ``TAKEN``: one of the two accounts is already linked to another. ``VOID``: two accounts posted the code.
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
    """A code that ``person`` requested and nobody else has been shown.

    ``id`` is random; buttons refer to it. Only the account ``login`` may post the code; if it is None, the
    first account to post it. ``account`` is the one that posted it, in ``comment``, which is on the diff if
    ``inline``. If there is an account but no comment, the operator named the account.
    """

    id: str
    person: str
    state: CodeState
    expires: datetime
    login: str | None = None
    account: Account | None = None
    comment: int | None = None
    inline: bool = False

    @property
    def is_operators(self) -> bool:
        """Whether the operator named the account, so that nobody has posted or even seen the code."""
        return self.account is not None and self.comment is None

    def waits(self, at: datetime) -> bool:
        """Return whether the code's owner may still confirm the account that posted it."""
        return self.state is CodeState.POSTED and self.account is not None and at < self.expires

    def is_open(self, at: datetime) -> bool:
        """Return whether a comment with the code still has an effect."""
        return self.state in {CodeState.GIVEN, CodeState.POSTED} and at < self.expires

    def is_for(self, account: Account) -> bool:
        """Return whether an account may post the code. This check uses its login; later ones use its id."""
        return self.login is None or self.login.lower() == account.login.lower()


def parse_login(text: str) -> str | None:
    """Return a login typed with or without ``@``; None if it cannot be a login."""
    bare = text.strip().removeprefix("@")
    return bare if _LOGIN.fullmatch(bare) else None


def make_code(number: int) -> str:
    """Return a number of ``BITS`` random bits as a code such as ``7F3K-0Q9M-X2ZB``."""
    if not 0 <= number < 2**BITS:
        raise ValueError(f"a code is made of {BITS} bits")
    letters = [ALPHABET[number >> (5 * index) & 31] for index in range(LENGTH)]
    groups = ("".join(letters[index : index + _GROUP]) for index in range(0, LENGTH, _GROUP))
    return "-".join(groups)


def find_code(text: str) -> str | None:
    """Return the code in a text, without hyphens, in any notation; None if there is none."""
    bare = _BETWEEN.sub("", text.strip().strip(_AROUND)[:80]).upper().translate(_MISREAD)
    return bare if len(bare) == LENGTH and set(bare) <= set(ALPHABET) else None


def digest_code(bare: str) -> str:
    """Return the stored digest of a code without hyphens. Its bits are random, so it needs no salt."""
    return hashlib.sha256(f"sensei link {bare}".encode()).hexdigest()
