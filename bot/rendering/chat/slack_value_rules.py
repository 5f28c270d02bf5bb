"""Rules for single values sent to Slack: keys, lists, texts, addresses and numbers.

``path`` says in errors where the value is.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.rendering.chat.slack_text import units

_ANGLED = re.compile(r"<([^<>]*)>")
_ALLOWED = re.compile(r"@[UW][A-Z0-9]+|https?://[^\s|<>]+(\|[^|<>]+)?|!date\^\d+\^[^|<>^]+\|[^|<>]+")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]")


class UnsendableError(Exception):
    """A message or view that Slack would refuse, or that would have unintended effects."""


def require(condition: bool, path: str, rule: str) -> None:
    """Refuse a value that breaks a rule.

    Raises:
        UnsendableError: the condition is false. All functions here raise this error.
    """
    if not condition:
        raise UnsendableError(f"{path}: {rule}")


def require_keys(found: Any, path: str, needed: set[str], optional: set[str]) -> None:
    """Require an object with these keys and no others."""
    require(isinstance(found, dict), path, "must be an object")
    missing, unknown = needed - set(found), set(found) - needed - optional
    require(not missing, path, f"is missing keys: {', '.join(sorted(missing))}")
    require(not unknown, path, f"has unknown keys: {', '.join(sorted(map(str, unknown)))}")


def require_items(found: Any, path: str, most: int) -> Iterator[tuple[str, Any]]:
    """Require a list of 1 to ``most`` items, and return them with their paths."""
    require(isinstance(found, list | tuple), path, "must be a list")
    require(1 <= len(found) <= most, path, f"must have 1 to {most} items, not {len(found)}")
    return ((f"{path}[{index}]", item) for index, item in enumerate(found))


def require_string(found: Any, path: str, most: int, *, empty: bool = False) -> None:
    """Require a string of at most ``most`` UTF-16 units, without characters that Slack refuses."""
    if not isinstance(found, str):
        raise UnsendableError(f"{path}: must be a string")
    require(empty or bool(found.strip()), path, "is empty")
    require(units(found) <= most, path, f"may have {most} characters, not {units(found)}")
    require(_SURROGATE.search(found) is None, path, "contains an unpaired surrogate")
    require(_CONTROL.search(found) is None, path, "contains a control character")


def require_inert(text: str, path: str) -> None:
    """Require mrkdwn in which ``<`` and ``>`` enclose only a user, a link or a date."""
    for found in _ANGLED.findall(text):
        require(_ALLOWED.fullmatch(found) is not None, path, f"<{found[:40]}> is not escaped")
    left = _ANGLED.sub("", text)
    require("<" not in left, path, "a < is not escaped")
    require(">" not in left, path, "a > is not escaped")
    require(_ENTITY.search(text) is None, path, "an & is not escaped")


def require_address(found: Any, path: str) -> None:
    """Require the address of a web page."""
    require_string(found, path, 3000)
    require(
        re.fullmatch(r"https?://[^\s<>\"]+", found) is not None, path, "must be the address of a web page"
    )


def require_style(found: Mapping[str, Any], path: str) -> None:
    """Require that an object's style, if it has one, is one of Slack's."""
    if "style" in found:
        require(found["style"] in {"primary", "danger"}, f"{path}.style", "must be primary or danger")


def require_integer(found: Any, path: str, least: int, most: int = 10_000) -> None:
    """Require an integer in a range."""
    is_integer = isinstance(found, int) and not isinstance(found, bool)
    require(is_integer and least <= found <= most, path, f"must be an integer from {least} to {most}")


def require_unique(values: list[str], path: str) -> None:
    """Require that no value occurs twice."""
    require(len(set(values)) == len(values), path, "a value is used twice")
