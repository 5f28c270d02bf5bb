"""What is kept of a person, with everybody else left out: for an export."""

import re
from collections.abc import Collection
from typing import Any

SOMEBODY_ELSE = "somebody else"

WRITTEN = frozenset({"body", "title", "message"})
"""Where a host's payload holds what somebody wrote."""
_AUTHORS = ("user", "author", "sender")
CHAT_USER = re.compile(r"(?<![A-Za-z0-9])[UW](?=[A-Z0-9]*[0-9])[A-Z0-9]{7,}(?![A-Za-z0-9])")
"""A user's id in Slack, whose ids begin with the kind of thing."""
OPAQUE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
"""One of our own ids of people."""


def without_people(value: Any, mine: Collection[str]) -> Any:
    """Return a JSON value without others' ids in a chat, and without our own opaque ids of others.

    Where such an id is what a thing is about, all that is said of it goes.
    """
    match value:
        case dict() if any(_is_person(value.get(key), mine) for key in ("id", "value")):
            return SOMEBODY_ELSE
        case dict():
            return {without_people(key, mine): without_people(part, mine) for key, part in value.items()}
        case list() | tuple():
            return [without_people(part, mine) for part in value]
        case str():
            for known in (CHAT_USER, OPAQUE):
                value = known.sub(lambda found: found[0] if found[0] in mine else SOMEBODY_ELSE, value)
            return value
        case _:
            return value


def _is_person(value: object, but: Collection[str]) -> bool:
    known = isinstance(value, str) and (CHAT_USER.fullmatch(value) or OPAQUE.fullmatch(value))
    return bool(known) and value not in but


def of_theirs(value: Any, numbers: frozenset[int], *, whose: bool = True) -> Any:
    """Return a host's payload with what others wrote, and who they are, left out.

    ``numbers`` are the accounts of the person who is given it. What has no author belongs to ``whose``.
    """
    if isinstance(value, list):
        return [of_theirs(part, numbers, whose=whose) for part in value]
    if not isinstance(value, dict):
        return value
    known = "login" in value or "email" in value
    if known and value.get("id") not in numbers:
        return SOMEBODY_ELSE
    for key in _AUTHORS:
        author = value.get(key)
        if isinstance(author, dict) and "id" in author:
            whose = author["id"] in numbers
            break
    return {
        key: SOMEBODY_ELSE
        if key in WRITTEN and not whose and isinstance(part, str)
        else of_theirs(part, numbers, whose=whose)
        for key, part in value.items()
    }


def without_others(value: Any, numbers: frozenset[int]) -> Any:
    """Return what a workflow recorded without others' accounts, ``[number, login, is a bot]``."""
    match value:
        case [int(number), str(), bool()] if number not in numbers:
            return SOMEBODY_ELSE
        case list():
            return [without_others(part, numbers) for part in value]
        case dict():
            return {key: without_others(part, numbers) for key, part in value.items()}
        case _:
            return value
