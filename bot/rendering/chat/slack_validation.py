"""The one validator: what leaves for Slack passes here, or is a bug that names the block and the rule.

``checked_message(message)``, ``checked_view(view)`` and ``checked_key(key)`` return what they were given,
or raise ``UnsendableError``. ``bot.adapters.slack`` calls them before each request; tests of what is rendered
may too.

It is stricter than Slack where Slack would show something that is not meant:

* the block types are those below; every mrkdwn object is verbatim (``text.mrkdwn_object``);
* what stands between ``<`` and ``>`` is a link, one user or a date: never ``<!channel>``;
* whoever acts is named: each interactive element has an action id, each input a block id.

Limits are those of https://docs.slack.dev/reference/block-kit and of the methods' own pages, counted in
UTF-16 units. ``slack_sdk``'s models look at everything a second time.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ports.chat import OutgoingMessage, View
from bot.rendering.chat.slack_text import units

MOST_BLOCKS_OF_A_MESSAGE, MOST_BLOCKS_OF_A_VIEW = 50, 100
MOST_OF_A_SECTION, MOST_OF_A_FIELD, MOST_OF_A_HEADER = 3000, 2000, 150
MOST_OF_AN_OPTION, MOST_OF_A_VALUE, MOST_OF_A_TITLE, MOST_OPTIONS = 75, 150, 24, 100
# Slack cuts a message's own text at 40,000 and advises 4,000; the blocks of one message may together say what
# markdown blocks may, which is the smallest sum that is documented.
MOST_OF_A_TEXT, MOST_OF_ALL_BLOCKS = 4_000, 12_000
_MOST_BYTES_OF_A_VIEW = 250_000
_MOST_METADATA = 3000
_ID, _KEY = 255, 255

_ANGLED = re.compile(r"<([^<>]*)>")
_ALLOWED = re.compile(r"@[UW][A-Z0-9]+|https?://[^\s|<>]+(\|[^|<>]+)?|!date\^\d+\^[^|<>^]+\|[^|<>]+")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]")


class UnsendableError(Exception):
    """A message or a view that Slack would refuse, or that would do what is not meant."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A text object: its kinds, and how long it may be."""

    most: int
    kinds: tuple[str, ...] = ("plain_text",)


_PLAIN = ("plain_text",)
_BOTH = ("plain_text", "mrkdwn")


class _Check:
    """One message or view on its way through the rules; ``where`` is the path to what is looked at."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.total = 0
        self.block_ids: set[str] = set()
        self.action_ids: set[str] = set()
        self.focused = 0
        self.inputs = 0

    def blocks(self, blocks: Sequence[Any], most: int) -> None:
        _require(1 <= len(blocks) <= most, "blocks", f"1 to {most} blocks, not {len(blocks)}")
        for index, block in enumerate(blocks):
            where = f"blocks[{index}]"
            _require(isinstance(block, dict), where, "a block is an object")
            kind = block.get("type")
            where = f"{where} ({kind})"
            look = _BLOCKS.get(str(kind))
            if look is None:
                raise UnsendableError(f"{where}: no block type that Sensei sends")
            if "block_id" in block:
                self.unique(block["block_id"], self.block_ids, f"{where}.block_id")
            self.action_ids = set()
            look(self, block, where)
            _modelled(block, where)

    def unique(self, found: Any, known: set[str], where: str) -> None:
        _string(found, where, _ID)
        _require(found not in known, where, f"{found!r} is used twice")
        known.add(found)

    def text(self, found: Any, where: str, rule: _Text) -> None:
        _require(isinstance(found, dict), where, "a text object")
        kind = found.get("type")
        _require(kind in rule.kinds, f"{where}.type", f"{' or '.join(rule.kinds)}, not {kind}")
        _keys(found, where, {"type", "text"}, {"emoji"} if kind == "plain_text" else {"verbatim"})
        _string(found["text"], f"{where}.text", rule.most)
        self.total += units(found["text"])
        if kind == "mrkdwn":
            _require(found.get("verbatim") is True, where, "mrkdwn is verbatim")
            _inert(found["text"], f"{where}.text")

    def section(self, block: Mapping[str, Any], where: str) -> None:
        _keys(block, where, {"type"}, {"block_id", "text", "fields", "accessory", "expand"})
        _require("text" in block or "fields" in block, where, "text or fields")
        if "text" in block:
            self.text(block["text"], f"{where}.text", _Text(MOST_OF_A_SECTION, _BOTH))
        if "fields" in block:
            for at, each in _listed(block["fields"], f"{where}.fields", 10):
                self.text(each, at, _Text(MOST_OF_A_FIELD, _BOTH))
        if "accessory" in block:
            self.element(block["accessory"], f"{where}.accessory", _IN_SECTIONS)

    def header(self, block: Mapping[str, Any], where: str) -> None:
        _keys(block, where, {"type", "text"}, {"block_id"})
        self.text(block["text"], f"{where}.text", _Text(MOST_OF_A_HEADER))

    def divider(self, block: Mapping[str, Any], where: str) -> None:
        _keys(block, where, {"type"}, {"block_id"})

    def context(self, block: Mapping[str, Any], where: str) -> None:
        _keys(block, where, {"type", "elements"}, {"block_id"})
        for at, each in _listed(block["elements"], f"{where}.elements", 10):
            if isinstance(each, dict) and each.get("type") == "image":
                self.element(each, at, {"image"})
            else:
                self.text(each, at, _Text(MOST_OF_A_SECTION, _BOTH))

    def actions(self, block: Mapping[str, Any], where: str) -> None:
        _keys(block, where, {"type", "elements"}, {"block_id"})
        for at, each in _listed(block["elements"], f"{where}.elements", 25):
            self.element(each, at, _IN_ACTIONS)

    def image_block(self, block: Mapping[str, Any], where: str) -> None:
        _keys(block, where, {"type", "image_url", "alt_text"}, {"block_id", "title"})
        self.image(block, where)
        if "title" in block:
            self.text(block["title"], f"{where}.title", _Text(2000))

    def input(self, block: Mapping[str, Any], where: str) -> None:
        optional = {"hint", "optional", "dispatch_action"}
        _keys(block, where, {"type", "block_id", "label", "element"}, optional)
        self.inputs += 1
        self.text(block["label"], f"{where}.label", _Text(2000))
        if "hint" in block:
            self.text(block["hint"], f"{where}.hint", _Text(2000))
        allowed = _IN_INPUTS | (_IN_MODALS if self.surface == "modal" else frozenset())
        self.element(block["element"], f"{where}.element", allowed)

    def markdown(self, block: Mapping[str, Any], where: str) -> None:
        _keys(block, where, {"type", "text"}, {"block_id"})
        _require(self.surface == "message", where, "markdown blocks stand in messages alone")
        _string(block["text"], f"{where}.text", MOST_OF_ALL_BLOCKS)
        _inert(block["text"], f"{where}.text", entities=False)
        self.total += units(block["text"])

    def element(self, found: Any, where: str, allowed: frozenset[str] | set[str]) -> None:
        _require(isinstance(found, dict), where, "an element is an object")
        kind = str(found.get("type"))
        where = f"{where} ({kind})"
        _require(kind in allowed, where, "no element that belongs here")
        if kind != "image":
            _require("action_id" in found, where, "an action id")
            self.unique(found["action_id"], self.action_ids, f"{where}.action_id")
        if found.get("focus_on_load"):
            self.focused += 1
            _require(self.focused == 1, where, "one element at most has the focus")
        if "placeholder" in found:
            self.text(found["placeholder"], f"{where}.placeholder", _Text(150))
        if "confirm" in found:
            self.confirm(found["confirm"], f"{where}.confirm")
        _ELEMENTS[kind](self, found, where)

    def confirm(self, found: Any, where: str) -> None:
        _require(isinstance(found, dict), where, "an object")
        _keys(found, where, {"title", "text", "confirm", "deny"}, {"style"})
        self.text(found["title"], f"{where}.title", _Text(100))
        self.text(found["text"], f"{where}.text", _Text(300, _BOTH))
        self.text(found["confirm"], f"{where}.confirm", _Text(30))
        self.text(found["deny"], f"{where}.deny", _Text(30))
        _style(found, where)

    def button(self, found: Mapping[str, Any], where: str) -> None:
        optional = {"url", "value", "style", "confirm", "accessibility_label"}
        _keys(found, where, {"type", "action_id", "text"}, optional)
        self.text(found["text"], f"{where}.text", _Text(75))
        for name, most in (("value", 2000), ("accessibility_label", 75)):
            if name in found:
                _string(found[name], f"{where}.{name}", most)
        if "url" in found:
            _address(found["url"], f"{where}.url")
        _style(found, where)

    def image(self, found: Mapping[str, Any], where: str) -> None:
        _address(found.get("image_url"), f"{where}.image_url")
        _string(found.get("alt_text"), f"{where}.alt_text", 2000)

    def menu(self, found: Mapping[str, Any], where: str) -> None:
        several = found["type"] == "multi_static_select"
        optional = {"placeholder", "confirm", "focus_on_load", "options", "option_groups"}
        optional |= {"initial_options", "max_selected_items"} if several else {"initial_option"}
        _keys(found, where, {"type", "action_id"}, optional)
        _require(("options" in found) != ("option_groups" in found), where, "options or groups of them")
        if "options" in found:
            known = self.options(found["options"], f"{where}.options", MOST_OPTIONS)
        else:
            known = []
            for at, group in _listed(found["option_groups"], f"{where}.option_groups", 100):
                _keys(group, at, {"label", "options"}, set())
                self.text(group["label"], f"{at}.label", _Text(75))
                known += self.options(group["options"], f"{at}.options", MOST_OPTIONS)
            _unique([each["value"] for each in known], where)
        self.chosen(found, known, where)

    def choices(self, found: Mapping[str, Any], where: str) -> None:
        initial = "initial_options" if found["type"] == "checkboxes" else "initial_option"
        _keys(found, where, {"type", "action_id", "options"}, {initial, "confirm", "focus_on_load"})
        known = self.options(found["options"], f"{where}.options", 10, _BOTH)
        self.chosen(found, known, where)

    def overflow(self, found: Mapping[str, Any], where: str) -> None:
        _keys(found, where, {"type", "action_id", "options"}, {"confirm"})
        self.options(found["options"], f"{where}.options", 5)

    def options(
        self, found: Any, where: str, most: int, kinds: tuple[str, ...] = _PLAIN
    ) -> list[Mapping[str, Any]]:
        for at, each in _listed(found, where, most):
            _require(isinstance(each, dict), at, "an option is an object")
            _keys(each, at, {"text", "value"}, {"description"})
            self.text(each["text"], f"{at}.text", _Text(MOST_OF_AN_OPTION, kinds))
            _string(each["value"], f"{at}.value", MOST_OF_A_VALUE)
            if "description" in each:
                self.text(each["description"], f"{at}.description", _Text(75, kinds))
        _unique([each["value"] for each in found], where)
        return list(found)

    def chosen(self, found: Mapping[str, Any], known: list[Mapping[str, Any]], where: str) -> None:
        if "initial_option" in found:
            _require(found["initial_option"] in known, f"{where}.initial_option", "one of the options")
        if "initial_options" in found:
            for at, each in _listed(found["initial_options"], f"{where}.initial_options", 100):
                _require(each in known, at, "one of the options, word for word")
            _unique([each["value"] for each in found["initial_options"]], where)
        if "max_selected_items" in found:
            _whole(found["max_selected_items"], f"{where}.max_selected_items", 1)

    def people(self, found: Mapping[str, Any], where: str) -> None:
        several = found["type"].startswith("multi_")
        name = "initial_users" if several else "initial_user"
        optional = {"placeholder", "confirm", "focus_on_load", name}
        _keys(found, where, {"type", "action_id"}, optional | ({"max_selected_items"} if several else set()))
        users = found.get(name, [])
        for user in users if several else [users] if users else []:
            _require(re.fullmatch(r"[UW][A-Z0-9]+", str(user)) is not None, f"{where}.{name}", "ids of users")

    def typed(self, found: Mapping[str, Any], where: str) -> None:
        optional = {"placeholder", "initial_value", "focus_on_load", "dispatch_action_config"}
        if found["type"] == "plain_text_input":
            optional |= {"multiline", "min_length", "max_length"}
        _keys(found, where, {"type", "action_id"}, optional)
        most = 3000
        if "max_length" in found:
            most = _whole(found["max_length"], f"{where}.max_length", 1, 3000)
        if "min_length" in found:
            _whole(found["min_length"], f"{where}.min_length", 0, most)
        if "initial_value" in found:
            _string(found["initial_value"], f"{where}.initial_value", most)

    def number(self, found: Mapping[str, Any], where: str) -> None:
        optional = {"placeholder", "initial_value", "focus_on_load", "min_value", "max_value"}
        _keys(found, where, {"type", "action_id", "is_decimal_allowed"}, optional)
        for name in ("initial_value", "min_value", "max_value"):
            if name in found:  # as text: that is how Slack takes them
                _require(
                    re.fullmatch(r"-?\d{1,15}(\.\d+)?", str(found[name])) is not None
                    and isinstance(found[name], str),
                    f"{where}.{name}",
                    "a number as text",
                )

    def date(self, found: Mapping[str, Any], where: str) -> None:
        self.picked(found, where, "initial_date", r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")

    def time(self, found: Mapping[str, Any], where: str) -> None:
        self.picked(found, where, "initial_time", r"([01]\d|2[0-3]):[0-5]\d")

    def picked(self, found: Mapping[str, Any], where: str, name: str, form: str) -> None:
        optional = {name, "placeholder", "confirm", "focus_on_load"}
        optional |= {"timezone"} if found["type"] == "timepicker" else set()
        _keys(found, where, {"type", "action_id"}, optional)
        if name in found:
            _require(re.fullmatch(form, str(found[name])) is not None, f"{where}.{name}", f"like {form}")


_BLOCKS: Mapping[str, Callable[[_Check, Mapping[str, Any], str], None]] = {
    "section": _Check.section,
    "header": _Check.header,
    "divider": _Check.divider,
    "context": _Check.context,
    "actions": _Check.actions,
    "image": _Check.image_block,
    "input": _Check.input,
    "markdown": _Check.markdown,
}
_ELEMENTS: Mapping[str, Callable[[_Check, Mapping[str, Any], str], None]] = {
    "button": _Check.button,
    "image": _Check.image,
    "static_select": _Check.menu,
    "multi_static_select": _Check.menu,
    "users_select": _Check.people,
    "multi_users_select": _Check.people,
    "checkboxes": _Check.choices,
    "radio_buttons": _Check.choices,
    "overflow": _Check.overflow,
    "plain_text_input": _Check.typed,
    "email_text_input": _Check.typed,
    "url_text_input": _Check.typed,
    "number_input": _Check.number,
    "datepicker": _Check.date,
    "timepicker": _Check.time,
}
_PICKED = frozenset(
    {"static_select", "users_select", "checkboxes", "radio_buttons", "datepicker", "timepicker"}
)
_IN_ACTIONS = _PICKED | {"button", "overflow"}
_IN_SECTIONS = _IN_ACTIONS | {"image", "multi_static_select", "multi_users_select"}
_IN_INPUTS = _PICKED | {"plain_text_input", "multi_static_select", "multi_users_select"}
_IN_MODALS = frozenset({"email_text_input", "url_text_input", "number_input"})


def checked_message(message: OutgoingMessage) -> OutgoingMessage:
    """Return the message, which Slack will take.

    Raises:
        Unsendable: it will not, or the message would do what is not meant.
    """
    _string(message.text, "text", MOST_OF_A_TEXT)
    _inert(message.text, "text")
    if message.blocks:
        check = _Check("message")
        check.blocks(message.blocks, MOST_BLOCKS_OF_A_MESSAGE)
        _require(
            check.total <= MOST_OF_ALL_BLOCKS, "blocks", f"{MOST_OF_ALL_BLOCKS} characters, not {check.total}"
        )
    return message


def checked_view(view: View) -> View:
    """Return the view, a modal or a home, which Slack will take.

    Raises:
        Unsendable: it will not.
    """
    kind = view.get("type")
    _require(kind in {"modal", "home"}, "type", "modal or home")
    named = {"callback_id", "private_metadata", "external_id"}
    if kind == "home":
        _keys(view, "view", {"type", "blocks"}, named)
    else:
        flags = {"clear_on_close", "notify_on_close", "submit_disabled"}
        _keys(view, "view", {"type", "title", "blocks"}, named | flags | {"submit", "close"})
    check = _Check(str(kind))
    for name in ("title", "submit", "close"):
        if name in view:
            check.text(view[name], name, _Text(MOST_OF_A_TITLE))
    for name, most in (("callback_id", _ID), ("external_id", _ID), ("private_metadata", _MOST_METADATA)):
        if name in view:
            _string(view[name], name, most, empty=name == "private_metadata")
    check.blocks(view["blocks"], MOST_BLOCKS_OF_A_VIEW)
    _require(kind == "home" or not check.inputs or "submit" in view, "submit", "a form has it")
    size = len(json.dumps(view).encode())
    _require(size <= _MOST_BYTES_OF_A_VIEW, "view", f"{_MOST_BYTES_OF_A_VIEW} bytes, not {size}")
    _view_modelled(view)
    return view


def checked_key(key: str) -> str:
    """Return the key of a message, which fits into its metadata.

    Raises:
        Unsendable: it does not.
    """
    _string(key, "metadata key", _KEY)
    _require(key.isprintable() and key.isascii(), "metadata key", "ASCII that can be printed")
    return key


def _require(so: bool, where: str, rule: str) -> None:
    if not so:
        raise UnsendableError(f"{where}: {rule}")


def _keys(found: Any, where: str, needed: set[str], optional: set[str]) -> None:
    _require(isinstance(found, dict), where, "an object")
    lacks, strange = needed - set(found), set(found) - needed - optional
    _require(not lacks, where, f"lacks {', '.join(sorted(lacks))}")
    _require(not strange, where, f"knows no {', '.join(sorted(map(str, strange)))}")


def _listed(found: Any, where: str, most: int) -> Iterator[tuple[str, Any]]:
    _require(isinstance(found, list | tuple), where, "a list")
    _require(1 <= len(found) <= most, where, f"1 to {most}, not {len(found)}")
    return ((f"{where}[{index}]", each) for index, each in enumerate(found))


def _string(found: Any, where: str, most: int, *, empty: bool = False) -> None:
    if not isinstance(found, str):
        raise UnsendableError(f"{where}: a text")
    _require(empty or bool(found.strip()), where, "is empty")
    _require(units(found) <= most, where, f"{most} characters, not {units(found)}")
    _require(_SURROGATE.search(found) is None, where, "half a character")
    _require(_CONTROL.search(found) is None, where, "a control character")


def _inert(text: str, where: str, *, entities: bool = True) -> None:
    """Refuse whatever notifies or leads somewhere that is not meant."""
    for found in _ANGLED.findall(text):
        _require(_ALLOWED.fullmatch(found) is not None, where, f"<{found[:40]}> is not escaped")
    left = _ANGLED.sub("", text)
    _require("<" not in left, where, "a < is not escaped")
    if entities:
        _require(">" not in left, where, "a > is not escaped")
        _require(_ENTITY.search(text) is None, where, "an & is not escaped")


def _address(found: Any, where: str) -> None:
    _string(found, where, 3000)
    _require(re.fullmatch(r"https?://[^\s<>\"]+", found) is not None, where, "an address of a page")


def _style(found: Mapping[str, Any], where: str) -> None:
    if "style" in found:
        _require(found["style"] in {"primary", "danger"}, f"{where}.style", "primary or danger")


def _whole(found: Any, where: str, least: int, most: int = 10_000) -> int:
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise UnsendableError(f"{where}: {least} to {most}")
    return found


def _unique(values: list[str], where: str) -> None:
    _require(len(set(values)) == len(values), where, "a value is used twice")


def _modelled(block: Mapping[str, Any], where: str) -> None:
    """Let slack_sdk's own models judge a block; what they do not know they make None."""
    from slack_sdk.errors import SlackObjectFormationError  # noqa: PLC0415 - 0.1 s, only where it is sent
    from slack_sdk.models.blocks import Block  # noqa: PLC0415

    try:
        parsed = Block.parse(dict(block))
        _require(parsed is not None, where, "no block that slack_sdk knows")
        if parsed is not None:
            parsed.to_dict()
    except (SlackObjectFormationError, TypeError, ValueError) as refused:
        raise UnsendableError(f"{where}: {refused}") from None


def _view_modelled(view: View) -> None:
    from slack_sdk.errors import SlackObjectFormationError  # noqa: PLC0415
    from slack_sdk.models.views import View as Model  # noqa: PLC0415

    try:
        Model(**view).to_dict()
    except (SlackObjectFormationError, TypeError, ValueError) as refused:
        raise UnsendableError(f"view: {refused}") from None
