"""The rules for single values on their way to Slack: keys, lists, texts, addresses and numbers.

``path`` is the path to the value, for the error.
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
    """A message or a view that Slack would refuse, or that would do something that is not meant."""


def require(condition: bool, path: str, rule: str) -> None:
    """Refuse a value that breaks a rule.

    Raises:
        UnsendableError: the condition is false. All functions here raise this error.
    """
    if not condition:
        raise UnsendableError(f"{path}: {rule}")


def require_keys(found: Any, path: str, needed: set[str], optional: set[str]) -> None:
    """Require an object with these keys and no others."""
    require(isinstance(found, dict), path, "an object")
    missing, unknown = needed - set(found), set(found) - needed - optional
    require(not missing, path, f"lacks {', '.join(sorted(missing))}")
    require(not unknown, path, f"knows no {', '.join(sorted(map(str, unknown)))}")


def require_items(found: Any, path: str, most: int) -> Iterator[tuple[str, Any]]:
    """Require a list of 1 to ``most`` items, and return them with their paths."""
    require(isinstance(found, list | tuple), path, "a list")
    require(1 <= len(found) <= most, path, f"1 to {most}, not {len(found)}")
    return ((f"{path}[{index}]", item) for index, item in enumerate(found))


def require_string(found: Any, path: str, most: int, *, empty: bool = False) -> None:
    """Require a string of at most ``most`` UTF-16 units, without characters that Slack cannot take."""
    if not isinstance(found, str):
        raise UnsendableError(f"{path}: a text")
    require(empty or bool(found.strip()), path, "is empty")
    require(units(found) <= most, path, f"{most} characters, not {units(found)}")
    require(_SURROGATE.search(found) is None, path, "half a character")
    require(_CONTROL.search(found) is None, path, "a control character")


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
    require(re.fullmatch(r"https?://[^\s<>\"]+", found) is not None, path, "an address of a page")


def require_style(found: Mapping[str, Any], path: str) -> None:
    """Require that an object's style, if it has one, is one of Slack's."""
    if "style" in found:
        require(found["style"] in {"primary", "danger"}, f"{path}.style", "primary or danger")


def require_integer(found: Any, path: str, least: int, most: int = 10_000) -> None:
    """Require an integer in a range."""
    is_integer = isinstance(found, int) and not isinstance(found, bool)
    require(is_integer and least <= found <= most, path, f"{least} to {most}")


def require_unique(values: list[str], path: str) -> None:
    """Require that no value is there twice."""
    require(len(set(values)) == len(values), path, "a value is used twice")
