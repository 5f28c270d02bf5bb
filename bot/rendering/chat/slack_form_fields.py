"""Modals and their input blocks.

In every form, a field's block id is its name and its action id is ``join.<name>``.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.dojo.profiles import MIDNIGHT, format_clock
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_text import plain, plain_object

_MOST_OF_AN_OPTION = 75  # characters
_LAST_MINUTE = MIDNIGHT - 1
_MOST_OF_A_FIELD = 3000  # UTF-16 units
# Characters that Slack's fields reject and nobody types.
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
    """Return a text field for at most ``most`` characters."""
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": f"join.{name}",
        "multiline": multiline,
        # Slack counts some characters as two units.
        "max_length": min(2 * most, _MOST_OF_A_FIELD),
    }
    initial = _UNSENDABLE.sub("", value)
    if initial.strip():
        element["initial_value"] = initial
    if placeholder:
        element["placeholder"] = plain_object(placeholder)
    return element


def multi_select(name: str, titles: Mapping[Any, str], chosen: Collection[Any]) -> dict[str, Any]:
    """Return a menu that allows several choices. ``titles`` maps each option to its label."""
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
    """Return a menu that allows one choice. ``titles`` maps each option to its label."""
    options = [_make_option(value, title) for value, title in titles.items()]
    element = {"type": "static_select", "action_id": f"join.{name}", "options": options}
    initial = next((option for option in options if option["value"] == chosen), None)
    return {**element, "initial_option": initial} if initial else element


def checkboxes(name: str, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return boxes to tick, none of them ticked. ``titles`` maps each box to its label."""
    options = [_make_option(value, title) for value, title in titles.items()]
    return {"type": "checkboxes", "action_id": f"join.{name}", "options": options}


def radio_buttons(name: str, titles: Mapping[str, str], chosen: str) -> dict[str, Any]:
    """Return choices that are all visible, of which one can be chosen. ``titles`` maps each to its label."""
    return {**single_select(name, titles, chosen), "type": "radio_buttons"}


def time_picker(name: str, minutes: int) -> dict[str, Any]:
    """Return a time picker set to ``minutes`` after midnight. Slack has no 24:00, so it shows 23:59."""
    return {
        "type": "timepicker",
        "action_id": f"join.{name}",
        "initial_time": format_clock(min(minutes, _LAST_MINUTE)),
    }


def date_picker(name: str, day: date) -> dict[str, Any]:
    """Return a date picker set to a day."""
    return {"type": "datepicker", "action_id": f"join.{name}", "initial_date": day.isoformat()}


def multi_users_select(name: str, users: Sequence[str], most: int) -> dict[str, Any]:
    """Return a user menu for at most ``most`` people; ``users`` are the Slack ids already chosen."""
    element: dict[str, Any] = {
        "type": "multi_users_select",
        "action_id": f"join.{name}",
        "max_selected_items": most,
    }
    return {**element, "initial_users": list(users)} if users else element


def _make_option(value: str, text: str) -> dict[str, Any]:
    return {"text": plain_object(plain(text, _MOST_OF_AN_OPTION)), "value": value}
