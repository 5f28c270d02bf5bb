"""Blocks for views and messages, and lists that say how many items they leave out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from bot.domain.dojo.app_home import ShownPerson
from bot.ports.chat import Block
from bot.rendering.chat.slack_text import mention, mrkdwn, mrkdwn_object, plain_object, units

T = TypeVar("T")
MOST_OF_A_NAME = 60
_MOST_OF_A_MESSAGE = 11_000  # of the 12,000 characters that all blocks of a message may have
_MOST_BLOCKS = 48  # of 50
_MOST_OF_A_LIST = 2800  # of the 3,000 characters that a section may have


def header(text: str) -> Block:
    """Return a heading. The text must be our own or already safe."""
    return {"type": "header", "text": plain_object(text)}


def section(text: str, accessory: dict[str, Any] | None = None, *, block_id: str = "") -> Block:
    """Return a paragraph of safe mrkdwn."""
    block: Block = {"type": "section", "text": mrkdwn_object(text)}
    if accessory:
        block["accessory"] = accessory
    return _identified(block, block_id)


def small(text: str) -> Block:
    """Return a line of safe mrkdwn in small print."""
    return {"type": "context", "elements": [mrkdwn_object(text)]}


def image(picture: str, alternative_text: str) -> Block:
    """Return a picture that was uploaded before. The text, without formatting, must be our own or safe."""
    return {"type": "image", "slack_file": {"id": picture}, "alt_text": alternative_text}


def without_images(blocks: Iterable[Block], instead: str) -> tuple[Block, ...]:
    """Return the blocks with small print in place of each picture."""
    return tuple(small(instead) if block["type"] == "image" else block for block in blocks)


def divider() -> Block:
    """Return a horizontal line."""
    return {"type": "divider"}


def button(text: str, action: str, value: str = "", style: str = "") -> dict[str, Any]:
    """Return a button. ``action`` is ``<feature>.<verb>``; a suffix after a colon makes it unique."""
    element: dict[str, Any] = {"type": "button", "text": plain_object(text), "action_id": action}
    if value:
        element["value"] = value
    if style:
        element["style"] = style
    return element


def confirmed(
    button: dict[str, Any], title: str, text: str, confirm: str, deny: str = "Cancel"
) -> dict[str, Any]:
    """Return a button that Slack confirms first. The texts must be our own or already safe."""
    question = {"title": title, "text": text, "confirm": confirm, "deny": deny}
    return {**button, "confirm": {name: plain_object(words) for name, words in question.items()}}


def actions(*elements: dict[str, Any], block_id: str = "") -> Block:
    """Return a row of buttons and menus."""
    return _identified({"type": "actions", "elements": list(elements)}, block_id)


def page_buttons(action: str, number: int, pages: int) -> list[dict[str, Any]]:
    """Return the buttons for the page before and the page after page ``number`` of ``pages``."""
    buttons = []
    if number > 1:
        buttons.append(button("Back", f"{action}:back", str(number - 1)))
    if number < pages:
        buttons.append(button("Next", f"{action}:next", str(number + 1)))
    return buttons


def option(label: str, value: str) -> dict[str, Any]:
    """Return a menu option. The label must be our own or already safe."""
    return {"text": plain_object(label), "value": value}


def listed(items: Sequence[T], line: Callable[[T], str], most: int = 50) -> str:
    """Return at most ``most`` lines of safe mrkdwn, one per item, and the number left out."""
    kept: list[str] = []
    room = _MOST_OF_A_LIST
    for item in items[:most]:
        row = line(item)
        room -= units(row) + 1
        if room < 0:
            break
        kept.append(row)
    return "\n".join([*kept, *more(len(items) - len(kept))])


def names(of: Sequence[str | ShownPerson], most: int = 50) -> str:
    """Return at most ``most`` names, separated by commas, and the number left out.

    For people, the rule of ``named`` holds.
    """
    kept: list[str] = []
    room = _MOST_OF_A_LIST
    for name in of[:most]:
        shown = mrkdwn(name, MOST_OF_A_NAME) if isinstance(name, str) else named(name)
        room -= units(shown) + 2
        if room < 0:
            break
        kept.append(shown)
    left = [f"and {len(of) - len(kept)} more"] if len(of) > len(kept) else []
    return ", ".join([*kept, *left])


def fitted(blocks: Iterable[Block], left_out: str) -> tuple[Block, ...]:
    """Return the blocks that fit into one message. If some don't fit, ``left_out`` is the last line."""
    kept: list[Block] = []
    room = _MOST_OF_A_MESSAGE
    for block in blocks:
        room -= sum(_count_units(part) for part in (block.get("text"), *block.get("elements", ())) if part)
        if room < 0 or len(kept) == _MOST_BLOCKS:
            return (*kept, small(left_out))
        kept.append(block)
    return tuple(kept)


def _count_units(part: Mapping[str, Any]) -> int:
    """Return the length of a text object, or of a button's label."""
    text = part["text"]
    return units(text if isinstance(text, str) else text["text"])


def more(count: int) -> list[str]:
    """Return a line with the number of items left out, or no line if there are none."""
    return [f"_and {count} more_"] if count > 0 else []


def named(person: ShownPerson) -> str:
    """Return a person's mention, or their name if they have no linked account.

    Use it only in views, in answers that one person sees, and in messages to that person, because Slack
    notifies people who are mentioned in a message.
    """
    return mention(person.chat) if person.chat else mrkdwn(person.name, MOST_OF_A_NAME)


def day(of: date, today: date) -> str:
    """Return a day and its distance from today: ``Wed 3 Dec (in 5 days)``."""
    away = (of - today).days
    far = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(away) or (
        f"in {away} days" if away > 0 else f"{-away} days ago"
    )
    year = "" if of.year == today.year else f" {of.year}"
    return f"{of:%a} {of.day} {of:%b}{year} ({far})"


def count(number: int, of: str, several: str = "") -> str:
    """Return ``1 question`` or ``3 questions``."""
    return f"{number} {of}" if number == 1 else f"{number} {several or of + 's'}"


def _identified(block: Block, block_id: str) -> Block:
    return {**block, "block_id": block_id} if block_id else block
