"""Redacting other people from the export of a person's data."""

import re
from collections.abc import Collection
from typing import Any

SOMEBODY_ELSE = "somebody else"

WRITTEN = frozenset({"body", "title", "message"})
"""Keys of a host's payload that hold text written by a person."""
_AUTHORS = ("user", "author", "sender")
CHAT_USER = re.compile(r"(?<![A-Za-z0-9])[UW](?=[A-Z0-9]*[0-9])[A-Z0-9]{7,}(?![A-Za-z0-9])")
"""A user's id in Slack. Its first letter is the kind of id."""
OPAQUE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
"""One of Sensei's own opaque ids for people."""


def redact_people(value: Any, mine: Collection[str]) -> Any:
    """Return a JSON value without other people's chat ids and without their opaque ids.

    A mapping that is about another person is redacted as a whole.
    """
    match value:
        case dict() if any(_is_other_person(value.get(key), mine) for key in ("id", "value")):
            return SOMEBODY_ELSE
        case dict():
            return {redact_people(key, mine): redact_people(part, mine) for key, part in value.items()}
        case list() | tuple():
            return [redact_people(part, mine) for part in value]
        case str():
            for pattern in (CHAT_USER, OPAQUE):
                value = pattern.sub(lambda found: found[0] if found[0] in mine else SOMEBODY_ELSE, value)
            return value
        case _:
            return value


def _is_other_person(value: object, mine: Collection[str]) -> bool:
    is_id = isinstance(value, str) and (CHAT_USER.fullmatch(value) or OPAQUE.fullmatch(value))
    return bool(is_id) and value not in mine


def redact_payload(value: Any, numbers: frozenset[int], *, is_own: bool = True) -> Any:
    """Return a host's payload without other people's texts and accounts.

    ``numbers`` are the account ids of the person who gets the export. ``is_own`` says whether texts without
    an author are theirs.
    """
    if isinstance(value, list):
        return [redact_payload(part, numbers, is_own=is_own) for part in value]
    if not isinstance(value, dict):
        return value
    is_account = "login" in value or "email" in value
    if is_account and value.get("id") not in numbers:
        return SOMEBODY_ELSE
    for key in _AUTHORS:
        author = value.get(key)
        if isinstance(author, dict) and "id" in author:
            is_own = author["id"] in numbers
            break
    return {
        key: SOMEBODY_ELSE
        if key in WRITTEN and not is_own and isinstance(part, str)
        else redact_payload(part, numbers, is_own=is_own)
        for key, part in value.items()
    }


def redact_accounts(value: Any, numbers: frozenset[int]) -> Any:
    """Return a workflow's record without other people's accounts, stored as ``[number, login, is a bot]``."""
    match value:
        case [int(number), str(), bool()] if number not in numbers:
            return SOMEBODY_ELSE
        case list():
            return [redact_accounts(part, numbers) for part in value]
        case dict():
            return {key: redact_accounts(part, numbers) for key, part in value.items()}
        case _:
            return value
