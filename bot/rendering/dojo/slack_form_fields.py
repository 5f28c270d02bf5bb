"""Modals and their input blocks.

The id of a field's block is its name; its action id is ``join.<name>`` in every form.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bot.domain.dojo.profiles import MIDNIGHT, format_clock
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_text import plain, plain_object

_MOST_OF_AN_OPTION = 75  # characters
_LAST_MINUTE = MIDNIGHT - 1
# Characters that no field accepts, and nobody types.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]")


def modal(title: str, submit: str, blocks: Sequence[Block], metadata: str) -> View:
    """Return a modal. Slack sends ``metadata`` back with the submission."""
    return {
        "type": "modal",
        "title": plain_object(title),
        "submit": plain_object(submit),
        "close": plain_object("Cancel"),
        "private_metadata": metadata,
        "blocks": list(blocks),
    }


def input_block(
    name: str, label: str, element: dict[str, Any], *, optional: bool = False, hint: str = ""
) -> Block:
    """Return a labelled field."""
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": plain_object(label),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": plain_object(hint)} if hint else block


def text_field(
    name: str, value: str, most: int, *, multiline: bool = False, placeholder: str = ""
) -> dict[str, Any]:
    """Return a text field that takes ``most`` characters."""
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": f"join.{name}",
        "multiline": multiline,
        "max_length": 2 * most,  # Slack's units may be halves of our characters
    }
    initial = _UNSENDABLE.sub("", value)
    if initial.strip():
        element["initial_value"] = initial
    if placeholder:
        element["placeholder"] = plain_object(placeholder)
    return element


def multi_select(name: str, titles: Mapping[Any, str], chosen: Collection[Any]) -> dict[str, Any]:
    """Return a menu in which several options can be chosen; ``titles`` are shown, by option."""
    options = [_make_option(str(value), title) for value, title in titles.items()]
    element: dict[str, Any] = {
        "type": "multi_static_select",
        "action_id": f"join.{name}",
        "options": options,
    }
    values = {str(value) for value in chosen}
    initial = [option for option in options if option["value"] in values]
    return {**element, "initial_options": initial} if initial else element


def single_select(name: str, titles: Mapping[str, str], chosen: str) -> dict[str, Any]:
    """Return a menu in which one option can be chosen; ``titles`` are shown, by option."""
    options = [_make_option(value, title) for value, title in titles.items()]
    element = {"type": "static_select", "action_id": f"join.{name}", "options": options}
    initial = next((option for option in options if option["value"] == chosen), None)
    return {**element, "initial_option": initial} if initial else element


def radio_buttons(name: str, titles: Mapping[str, str], chosen: str) -> dict[str, Any]:
    """Return radio buttons; the first one is chosen if ``chosen`` is none of them."""
    options = [_make_option(value, title) for value, title in titles.items()]
    initial = next((option for option in options if option["value"] == chosen), options[0])
    return {
        "type": "radio_buttons",
        "action_id": f"join.{name}",
        "options": options,
        "initial_option": initial,
    }


def time_picker(name: str, minutes: int) -> dict[str, Any]:
    """Return a time picker set to minutes after midnight. Slack has no 24:00, so 23:59 replaces it."""
    return {
        "type": "timepicker",
        "action_id": f"join.{name}",
        "initial_time": format_clock(min(minutes, _LAST_MINUTE)),
    }


def multi_users_select(name: str, users: Sequence[str], most: int) -> dict[str, Any]:
    """Return a menu of the workspace's users that takes ``most``; ``users`` are Slack ids, chosen before."""
    element: dict[str, Any] = {
        "type": "multi_users_select",
        "action_id": f"join.{name}",
        "max_selected_items": most,
    }
    return {**element, "initial_users": list(users)} if users else element


def _make_option(value: str, text: str) -> dict[str, Any]:
    return {"text": plain_object(plain(text, _MOST_OF_AN_OPTION)), "value": value}
