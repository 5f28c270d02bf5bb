"""Rules for the objects inside blocks: texts, buttons, menus and fields.

They cover the elements that Sensei sends and refuse all others.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.rendering.chat.slack_text import units
from bot.rendering.chat.slack_value_rules import (
    require,
    require_address,
    require_inert,
    require_integer,
    require_items,
    require_keys,
    require_string,
    require_style,
    require_unique,
)

MOST_OF_AN_OPTION, MOST_OF_A_VALUE, MOST_OPTIONS = 75, 150, 100
MOST_OF_AN_ID = 255
MOST_OF_AN_INPUT = 3000
PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")

_IN_ACTIONS = frozenset(
    {"button", "overflow", "static_select", "users_select", "radio_buttons", "datepicker", "timepicker"}
)
_IN_SECTIONS = _IN_ACTIONS | {"multi_static_select", "multi_users_select"}
_IN_INPUTS = (_IN_SECTIONS - {"button", "overflow"}) | {"plain_text_input", "checkboxes"}
ALLOWED_IN: Mapping[str, frozenset[str]] = {
    "actions": _IN_ACTIONS,
    "section": _IN_SECTIONS,
    "input": _IN_INPUTS,
}
"""The elements allowed in each block."""


@dataclass(slots=True)
class Inspection:
    """Totals and ids found so far in a message or a view.

    ``characters`` is the length of all texts together. ``action_ids`` are those of the current block.
    """

    characters: int = 0
    block_ids: set[str] = field(default_factory=set)
    action_ids: set[str] = field(default_factory=set)
    focused: int = 0
    inputs: int = 0


def check_id(found: Any, known: set[str], path: str) -> None:
    """Check that an id is new, and add it to the known ids."""
    require_string(found, path, MOST_OF_AN_ID)
    require(found not in known, path, f"{found!r} is used twice")
    known.add(found)


def check_text(
    inspection: Inspection, found: Any, path: str, most: int, kinds: tuple[str, ...] = PLAIN
) -> None:
    """Check a text object."""
    require(isinstance(found, dict), path, "must be a text object")
    kind = found.get("type")
    require(kind in kinds, f"{path}.type", f"must be {' or '.join(kinds)}, not {kind}")
    require_keys(found, path, {"type", "text"}, {"emoji"} if kind == "plain_text" else {"verbatim"})
    require_string(found["text"], f"{path}.text", most)
    inspection.characters += units(found["text"])
    if kind == "mrkdwn":
        require(found.get("verbatim") is True, path, "mrkdwn must be verbatim")
        require_inert(found["text"], f"{path}.text")


def check_element(inspection: Inspection, found: Any, path: str, block: str) -> None:
    """Check an element of a block. ``block`` is the block's type."""
    require(isinstance(found, dict), path, "an element must be an object")
    kind = str(found.get("type"))
    path = f"{path} ({kind})"
    require(kind in ALLOWED_IN[block], path, "this element is not allowed here")
    require("action_id" in found, path, "must have an action id")
    check_id(found["action_id"], inspection.action_ids, f"{path}.action_id")
    if found.get("focus_on_load"):
        inspection.focused += 1
        require(inspection.focused == 1, path, "at most one element may have the focus")
    if "placeholder" in found:
        check_text(inspection, found["placeholder"], f"{path}.placeholder", 150)
    if "confirm" in found:
        _check_confirmation(inspection, found["confirm"], f"{path}.confirm")
    _ELEMENTS[kind](inspection, found, path)


def _check_confirmation(inspection: Inspection, found: Any, path: str) -> None:
    require(isinstance(found, dict), path, "must be an object")
    require_keys(found, path, {"title", "text", "confirm", "deny"}, {"style"})
    check_text(inspection, found["title"], f"{path}.title", 100)
    check_text(inspection, found["text"], f"{path}.text", 300, ANY_TEXT)
    check_text(inspection, found["confirm"], f"{path}.confirm", 30)
    check_text(inspection, found["deny"], f"{path}.deny", 30)
    require_style(found, path)


def _check_button(inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    require_keys(found, path, {"type", "action_id", "text"}, {"url", "value", "style", "confirm"})
    check_text(inspection, found["text"], f"{path}.text", 75)
    if "value" in found:
        require_string(found["value"], f"{path}.value", 2000)
    if "url" in found:
        require_address(found["url"], f"{path}.url")
    require_style(found, path)


def _check_menu(inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    several = found["type"] == "multi_static_select"
    optional = {"placeholder", "confirm", "focus_on_load"}
    optional |= {"initial_options", "max_selected_items"} if several else {"initial_option"}
    require_keys(found, path, {"type", "action_id", "options"}, optional)
    _check_options(inspection, found["options"], f"{path}.options", MOST_OPTIONS)
    _check_initial(found, path)


def _check_radio_buttons(inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    optional = {"initial_option", "confirm", "focus_on_load"}
    require_keys(found, path, {"type", "action_id", "options"}, optional)
    _check_options(inspection, found["options"], f"{path}.options", 10, ANY_TEXT)
    _check_initial(found, path)


def _check_checkboxes(inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    optional = {"initial_options", "confirm", "focus_on_load"}
    require_keys(found, path, {"type", "action_id", "options"}, optional)
    _check_options(inspection, found["options"], f"{path}.options", 10, ANY_TEXT)
    _check_initial(found, path)


def _check_overflow(inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    require_keys(found, path, {"type", "action_id", "options"}, {"confirm"})
    _check_options(inspection, found["options"], f"{path}.options", 5)


def _check_options(
    inspection: Inspection, found: Any, path: str, most: int, kinds: tuple[str, ...] = PLAIN
) -> None:
    for option_path, option in require_items(found, path, most):
        require(isinstance(option, dict), option_path, "an option must be an object")
        require_keys(option, option_path, {"text", "value"}, set())
        check_text(inspection, option["text"], f"{option_path}.text", MOST_OF_AN_OPTION, kinds)
        require_string(option["value"], f"{option_path}.value", MOST_OF_A_VALUE)
    require_unique([option["value"] for option in found], path)


def _check_initial(found: Mapping[str, Any], path: str) -> None:
    """Check the options that are preselected in a menu."""
    if "initial_option" in found:
        is_known = found["initial_option"] in found["options"]
        require(is_known, f"{path}.initial_option", "must be one of the options")
    if "initial_options" in found:
        for option_path, option in require_items(found["initial_options"], f"{path}.initial_options", 100):
            require(option in found["options"], option_path, "must be identical to one of the options")
        require_unique([option["value"] for option in found["initial_options"]], path)
    if "max_selected_items" in found:
        require_integer(found["max_selected_items"], f"{path}.max_selected_items", 1)


def _check_users(_inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    several = found["type"].startswith("multi_")
    name = "initial_users" if several else "initial_user"
    optional = {"placeholder", "confirm", "focus_on_load", name}
    require_keys(
        found, path, {"type", "action_id"}, optional | ({"max_selected_items"} if several else set())
    )
    users = found.get(name, [])
    for user in users if several else [users] if users else []:
        require(
            re.fullmatch(r"[UW][A-Z0-9]+", str(user)) is not None,
            f"{path}.{name}",
            "must contain ids of users",
        )


def _check_text_input(_inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    optional = {"placeholder", "initial_value", "focus_on_load", "multiline", "max_length"}
    require_keys(found, path, {"type", "action_id"}, optional)
    most = found.get("max_length", MOST_OF_AN_INPUT)
    require_integer(most, f"{path}.max_length", 1, MOST_OF_AN_INPUT)
    if "initial_value" in found:
        require_string(found["initial_value"], f"{path}.initial_value", most)


def _check_time(_inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    optional = {"initial_time", "placeholder", "confirm", "focus_on_load"}
    require_keys(found, path, {"type", "action_id"}, optional)
    if "initial_time" in found:
        is_time = re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", str(found["initial_time"])) is not None
        require(is_time, f"{path}.initial_time", "must be a time like 09:30")


def _check_date(_inspection: Inspection, found: Mapping[str, Any], path: str) -> None:
    optional = {"initial_date", "placeholder", "confirm", "focus_on_load"}
    require_keys(found, path, {"type", "action_id"}, optional)
    if "initial_date" in found:
        is_date = (
            re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])", str(found["initial_date"])) is not None
        )
        require(is_date, f"{path}.initial_date", "must be a date like 2026-12-24")


_ELEMENTS: Mapping[str, Callable[[Inspection, Mapping[str, Any], str], None]] = {
    "button": _check_button,
    "static_select": _check_menu,
    "multi_static_select": _check_menu,
    "users_select": _check_users,
    "multi_users_select": _check_users,
    "radio_buttons": _check_radio_buttons,
    "checkboxes": _check_checkboxes,
    "overflow": _check_overflow,
    "plain_text_input": _check_text_input,
    "datepicker": _check_date,
    "timepicker": _check_time,
}
