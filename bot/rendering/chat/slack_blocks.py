"""Blocks that views and messages are made of, and lists that end with how many more there are."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from bot.domain.dojo.app_home import ShownPerson
from bot.ports.chat import Block
from bot.rendering.chat.slack_text import mention, mrkdwn, mrkdwn_object, plain_object, units

T = TypeVar("T")
MOST_OF_A_NAME = 60
_MOST_OF_A_MESSAGE = 11_000  # of the 12,000 that all its blocks together may say
_MOST_BLOCKS = 48  # of 50
_MOST_OF_A_LIST = 2800  # of the 3,000 that a section takes


def header(text: str) -> Block:
    """Return a heading; the text is ours or safe."""
    return {"type": "header", "text": plain_object(text)}


def section(text: str, accessory: dict[str, Any] | None = None) -> Block:
    """Return a paragraph of safe mrkdwn."""
    block: Block = {"type": "section", "text": mrkdwn_object(text)}
    return {**block, "accessory": accessory} if accessory else block


def small(text: str) -> Block:
    """Return a line in small print."""
    return {"type": "context", "elements": [mrkdwn_object(text)]}


def divider() -> Block:
    """Return a line across."""
    return {"type": "divider"}


def button(text: str, action: str, value: str = "", style: str = "") -> dict[str, Any]:
    """Return a button; ``action`` is ``<feature>.<verb>``, behind a colon what makes it unique."""
    made: dict[str, Any] = {"type": "button", "text": plain_object(text), "action_id": action}
    if value:
        made["value"] = value
    if style:
        made["style"] = style
    return made


def actions(*elements: dict[str, Any]) -> Block:
    """Return a row of buttons."""
    return {"type": "actions", "elements": list(elements)}


def listed(items: Sequence[T], line: Callable[[T], str], most: int = 50) -> str:
    """Return things below one another, each a line of safe mrkdwn; at most so many, and how many more."""
    kept: list[str] = []
    room = _MOST_OF_A_LIST
    for item in items[:most]:
        row = line(item)
        room -= units(row) + 1
        if room < 0:
            break
        kept.append(row)
    return "\n".join([*kept, *more(len(items) - len(kept))])


def names(of: Sequence[str], most: int = 50) -> str:
    """Return anybody's names in a row, at most so many, and how many more there are."""
    kept: list[str] = []
    room = _MOST_OF_A_LIST
    for name in of[:most]:
        shown = mrkdwn(name, MOST_OF_A_NAME)
        room -= units(shown) + 2
        if room < 0:
            break
        kept.append(shown)
    left = [f"and {len(of) - len(kept)} more"] if len(of) > len(kept) else []
    return ", ".join([*kept, *left])


def fitted(blocks: Iterable[Block], left_out: str) -> tuple[Block, ...]:
    """Return the blocks that one message can say; where those are not all, ``left_out`` stands below them."""
    kept: list[Block] = []
    room = _MOST_OF_A_MESSAGE
    for block in blocks:
        room -= sum(units(text["text"]) for text in (block.get("text"), *block.get("elements", ())) if text)
        if room < 0 or len(kept) == _MOST_BLOCKS:
            return (*kept, small(left_out))
        kept.append(block)
    return tuple(kept)


def more(count: int) -> list[str]:
    """Say how many more there are, if any."""
    return [f"_and {count} more_"] if count > 0 else []


def named(who: ShownPerson) -> str:
    """Return somebody by their account in the chat, or by name where they have linked none.

    For views and for messages to themselves: who is mentioned in a message is notified if they are there.
    """
    return mention(who.chat) if who.chat else mrkdwn(who.name, MOST_OF_A_NAME)


def day(of: date, today: date) -> str:
    """Return a day and how far it is: ``Wed 3 Dec (in 5 days)``."""
    away = (of - today).days
    far = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(away) or (
        f"in {away} days" if away > 0 else f"{-away} days ago"
    )
    year = "" if of.year == today.year else f" {of.year}"
    return f"{of:%a} {of.day} {of:%b}{year} ({far})"


def count(number: int, of: str, several: str = "") -> str:
    """Return ``1 question`` or ``3 questions``."""
    return f"{number} {of}" if number == 1 else f"{number} {several or of + 's'}"
