"""Slack's own rules of blocks and views, written from its reference, and of nothing else of ours.

https://docs.slack.dev/reference/block-kit/blocks, /block-elements, /composition-objects and /reference/views.
A JSON Schema says what each thing holds; what spans several things is said in code. It is as lenient as
Slack: what only Sensei forbids itself is not here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from jsonschema import Draft202012Validator

Json = dict[str, Any]


def _thing(kind: str, needed: Json, more: Json) -> Json:
    return {
        "type": "object",
        "properties": {"type": {"const": kind}, **needed, **more},
        "required": ["type", *needed],
        "additionalProperties": False,
    }


def _string(most: int, least: int = 1) -> Json:
    return {"type": "string", "minLength": least, "maxLength": most}


def _plain(most: int) -> Json:
    return _thing("plain_text", {"text": _string(most)}, {"emoji": _BOOL})


def _text(most: int) -> Json:
    marked = _thing("mrkdwn", {"text": _string(most)}, {"verbatim": _BOOL})
    return _either({"plain_text": _plain(most), "mrkdwn": marked})


def _either(kinds: dict[str, Json]) -> Json:
    """Let the type choose, so that the error is about what is wrong with it."""
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": list(kinds)}},
        "allOf": [
            {"if": {"properties": {"type": {"const": kind}}, "required": ["type"]}, "then": schema}
            for kind, schema in kinds.items()
        ],
    }


def _list(items: Json, most: int, least: int = 1) -> Json:
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def _option(text: Json) -> Json:
    return {
        "type": "object",
        "properties": {"text": text, "value": _string(150), "description": _text(75), "url": _string(3000)},
        "required": ["text", "value"],
        "additionalProperties": False,
    }


_BOOL: Json = {"type": "boolean"}
_ID = _string(255)
_CONFIRM: Json = {
    "type": "object",
    "properties": {
        "title": _plain(100),
        "text": _text(300),
        "confirm": _plain(30),
        "deny": _plain(30),
        "style": {"enum": ["primary", "danger"]},
    },
    "required": ["title", "text", "confirm", "deny"],
    "additionalProperties": False,
}
_COMMON: Json = {"action_id": _ID, "confirm": _CONFIRM, "focus_on_load": _BOOL, "placeholder": _plain(150)}
_PLAIN_OPTION, _OPTION = _option(_plain(75)), _option(_text(75))
_MENU: Json = {
    **_COMMON,
    "options": _list(_PLAIN_OPTION, 100),
    "option_groups": _list(
        {
            "type": "object",
            "properties": {"label": _plain(75), "options": _list(_PLAIN_OPTION, 100)},
            "required": ["label", "options"],
            "additionalProperties": False,
        },
        100,
    ),
}
_USER: Json = {"type": "string", "pattern": "^[UW][A-Z0-9]+$"}
_WHOLE: Json = {"type": "integer", "minimum": 1}
_NUMBER: Json = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
_DISPATCH: Json = {"type": "object"}
ELEMENTS: dict[str, Json] = {
    "button": _thing(
        "button",
        {"text": _plain(75)},
        {
            "action_id": _ID,
            "url": _string(3000),
            "value": _string(2000),
            "style": {"enum": ["primary", "danger"]},
            "confirm": _CONFIRM,
            "accessibility_label": _string(75),
        },
    ),
    "static_select": _thing("static_select", {}, {**_MENU, "initial_option": _PLAIN_OPTION}),
    "multi_static_select": _thing(
        "multi_static_select",
        {},
        {**_MENU, "initial_options": _list(_PLAIN_OPTION, 100), "max_selected_items": _WHOLE},
    ),
    "users_select": _thing("users_select", {}, {**_COMMON, "initial_user": _USER}),
    "multi_users_select": _thing(
        "multi_users_select",
        {},
        {**_COMMON, "initial_users": _list(_USER, 1000), "max_selected_items": _WHOLE},
    ),
    "overflow": _thing(
        "overflow", {"options": _list(_PLAIN_OPTION, 5)}, {"action_id": _ID, "confirm": _CONFIRM}
    ),
    "checkboxes": _thing(
        "checkboxes",
        {"options": _list(_OPTION, 10)},
        {
            "action_id": _ID,
            "confirm": _CONFIRM,
            "focus_on_load": _BOOL,
            "initial_options": _list(_OPTION, 10),
        },
    ),
    "radio_buttons": _thing(
        "radio_buttons",
        {"options": _list(_OPTION, 10)},
        {"action_id": _ID, "confirm": _CONFIRM, "focus_on_load": _BOOL, "initial_option": _OPTION},
    ),
    "datepicker": _thing(
        "datepicker", {}, {**_COMMON, "initial_date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}}
    ),
    "timepicker": _thing(
        "timepicker",
        {},
        {**_COMMON, "initial_time": {"type": "string", "pattern": r"^\d\d:\d\d$"}, "timezone": _string(100)},
    ),
    "plain_text_input": _thing(
        "plain_text_input",
        {},
        {
            "action_id": _ID,
            "initial_value": _string(3000, 0),
            "multiline": _BOOL,
            "min_length": {"type": "integer", "minimum": 0, "maximum": 3000},
            "max_length": {"type": "integer", "minimum": 1, "maximum": 3000},
            "dispatch_action_config": _DISPATCH,
            "focus_on_load": _BOOL,
            "placeholder": _plain(150),
        },
    ),
    "email_text_input": _thing(
        "email_text_input",
        {},
        {**_COMMON, "initial_value": _string(3000), "dispatch_action_config": _DISPATCH},
    ),
    "url_text_input": _thing(
        "url_text_input", {}, {**_COMMON, "initial_value": _string(3000), "dispatch_action_config": _DISPATCH}
    ),
    "number_input": _thing(
        "number_input",
        {"is_decimal_allowed": _BOOL},
        {
            **_COMMON,
            "initial_value": _NUMBER,
            "min_value": _NUMBER,
            "max_value": _NUMBER,
            "dispatch_action_config": _DISPATCH,
        },
    ),
    "image": _thing("image", {"image_url": _string(3000), "alt_text": _string(2000)}, {}),
}


def _some(*kinds: str) -> Json:
    return _either({kind: ELEMENTS[kind] for kind in kinds})


_MENUS = ("static_select", "users_select", "datepicker", "timepicker", "checkboxes", "radio_buttons")
_MULTI = ("multi_static_select", "multi_users_select")
_TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input")
_BLOCK: Json = {"block_id": _ID}
_SECTION = _thing(
    "section",
    {},
    {
        **_BLOCK,
        "text": _text(3000),
        "fields": _list(_text(2000), 10),
        "accessory": _some("button", "overflow", "image", *_MENUS, *_MULTI),
        "expand": _BOOL,
    },
)
_SECTION["anyOf"] = [{"required": ["text"]}, {"required": ["fields"]}]
_FILE: Json = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[F][A-Z0-9]{8,}$"},
        "url": _string(3000),
    },
    "additionalProperties": False,
    "minProperties": 1,
    "maxProperties": 1,
}
_IMAGE = _thing(
    "image",
    {"alt_text": _string(2000)},
    {**_BLOCK, "image_url": _string(3000), "slack_file": _FILE, "title": _plain(2000)},
)
_IMAGE["oneOf"] = [{"required": ["image_url"]}, {"required": ["slack_file"]}]
BLOCKS: dict[str, Json] = {
    "section": _SECTION,
    "header": _thing("header", {"text": _plain(150)}, _BLOCK),
    "divider": _thing("divider", {}, _BLOCK),
    "context": _thing(
        "context",
        {
            "elements": _list(
                _either(
                    {
                        "plain_text": _plain(3000),
                        "mrkdwn": _thing("mrkdwn", {"text": _string(3000)}, {"verbatim": _BOOL}),
                        "image": ELEMENTS["image"],
                    }
                ),
                10,
            )
        },
        _BLOCK,
    ),
    "actions": _thing(
        "actions", {"elements": _list(_some("button", "overflow", *_MENUS, *_MULTI), 25)}, _BLOCK
    ),
    "image": _IMAGE,
    "input": _thing(
        "input",
        {"label": _plain(2000), "element": _some(*_MENUS, *_MULTI, *_TYPED)},
        {**_BLOCK, "hint": _plain(2000), "optional": _BOOL, "dispatch_action": _BOOL},
    ),
    "markdown": _thing("markdown", {"text": _string(12000)}, _BLOCK),
}
_TITLE = _plain(24)
_VIEW: Json = {
    "callback_id": _ID,
    "external_id": _ID,
    "private_metadata": _string(3000, 0),
    "clear_on_close": _BOOL,
    "notify_on_close": _BOOL,
    "submit_disabled": _BOOL,
}
_BLOCK_SCHEMA = _either(BLOCKS)
_MESSAGE_VALIDATOR = Draft202012Validator(_list(_BLOCK_SCHEMA, 50, 0))
_MODAL = _thing(
    "modal",
    {"title": _TITLE, "blocks": _list(_BLOCK_SCHEMA, 100)},
    {**_VIEW, "submit": _TITLE, "close": _TITLE},
)
_HOME = _thing("home", {"blocks": _list(_BLOCK_SCHEMA, 100)}, _VIEW)
_VIEW_VALIDATOR = Draft202012Validator(_either({"modal": _MODAL, "home": _HOME}))


# Chunks: https://docs.slack.dev/reference/methods/chat.appendStream
_CHUNK = _either(
    {
        "markdown_text": _thing("markdown_text", {"text": _string(12_000)}, {}),
        "task_update": _thing(
            "task_update",
            {
                "id": _string(255),
                "title": _string(256),
                "status": {"enum": ["pending", "in_progress", "complete", "error"]},
            },
            {"details": _string(12_000), "output": _string(12_000), "sources": _list({"type": "object"}, 50)},
        ),
        "plan_update": _thing("plan_update", {"title": _string(256)}, {}),
        "blocks": _thing("blocks", {"blocks": _list(_BLOCK_SCHEMA, 50)}, {}),
    }
)
_CHUNKS = _list(_CHUNK, 100, 0)
_TS: Json = {"type": "string", "pattern": r"^\d+\.\d{6}$"}
_MARKDOWN = _string(12_000)
_METADATA: Json = {
    "type": "object",
    "properties": {"event_type": _string(255), "event_payload": {"type": "object"}},
    "required": ["event_type", "event_payload"],
    "additionalProperties": False,
}
_AUTHOR: Json = {"icon_emoji": _string(100), "icon_url": _string(3000), "username": _string(80)}
_PROMPT: Json = {
    "type": "object",
    "properties": {"title": _string(3000), "message": _string(3000)},
    "required": ["title", "message"],
    "additionalProperties": False,
}


def _arguments(needed: Json, more: Json) -> Draft202012Validator:
    properties = {"token": {"type": "string"}, **needed, **more}
    return Draft202012Validator(
        {
            "type": "object",
            "properties": properties,
            "required": list(needed),
            "additionalProperties": False,
        }
    )


_ARGUMENTS = {
    "assistant.threads.setStatus": _arguments(
        {"channel_id": _string(50), "thread_ts": _TS, "status": _string(3000, 0)},
        {"loading_messages": _list(_string(3000), 10), **_AUTHOR},
    ),
    "assistant.threads.setTitle": _arguments(
        {"channel_id": _string(50), "thread_ts": _TS, "title": _string(3000)}, {}
    ),
    "assistant.threads.setSuggestedPrompts": _arguments(
        {"channel_id": _string(50), "prompts": _list(_PROMPT, 4)},
        {"thread_ts": _TS, "title": _string(3000)},
    ),
    "chat.startStream": _arguments(
        {"channel": _string(50), "thread_ts": _TS},
        {
            "markdown_text": _MARKDOWN,
            "chunks": _CHUNKS,
            "recipient_team_id": _string(50),
            "recipient_user_id": _USER,
            "task_display_mode": {"enum": ["timeline", "plan", "dense"]},
            **_AUTHOR,
        },
    ),
    "chat.appendStream": _arguments(
        {"channel": _string(50), "ts": _TS}, {"markdown_text": _MARKDOWN, "chunks": _CHUNKS}
    ),
    "chat.stopStream": _arguments(
        {"channel": _string(50), "ts": _TS},
        {
            "markdown_text": _MARKDOWN,
            "chunks": _CHUNKS,
            "blocks": _list(_BLOCK_SCHEMA, 50, 0),
            "metadata": _METADATA,
            "session_status": {"enum": ["active", "processing", "suspended", "closed"]},
        },
    ),
}


def of_arguments(method: str, arguments: Json) -> list[str]:
    """Return what Slack would say against the arguments of one of its newer methods, sent as JSON."""
    return _said(_ARGUMENTS[method], arguments)


def of_message(blocks: Any) -> list[str]:
    """Return what Slack would say against a message's blocks."""
    return [*_said(_MESSAGE_VALIDATOR, blocks), *_across(blocks, "/blocks", modal=False)]


def of_view(view: Any) -> list[str]:
    """Return what Slack would say against a view."""
    said = _said(_VIEW_VALIDATOR, view)
    if said:
        return said
    blocks = view["blocks"]
    modal = view["type"] == "modal"
    said = list(_across(blocks, "/blocks", modal=modal))
    if modal and "submit" not in view and any(each["type"] == "input" for each in blocks):
        said.append("missing required field: submit [json-pointer:/view]")
    said += [
        f"unsupported block type: markdown [json-pointer:/view/blocks/{index}]"
        for index, each in enumerate(blocks)
        if each["type"] == "markdown"
    ]
    return said


def _said(validator: Draft202012Validator, found: Any) -> list[str]:
    errors = sorted(validator.iter_errors(found), key=lambda error: list(map(str, error.absolute_path)))
    return [
        f"{error.message[:200]} [json-pointer:/{'/'.join(map(str, error.absolute_path))}]" for error in errors
    ]


def _across(blocks: Any, where: str, *, modal: bool) -> Iterator[str]:
    if not isinstance(blocks, list):
        return
    whole = [each for each in blocks if isinstance(each, dict)]
    ids = [each["block_id"] for each in whole if "block_id" in each]
    if len(set(ids)) != len(ids):
        yield f"block_id must be unique [json-pointer:{where}]"
    if sum(len(str(each.get("text", ""))) for each in whole if each.get("type") == "markdown") > 12_000:
        yield f"markdown text is too long [json-pointer:{where}]"
    focused = 0
    for index, block in enumerate(whole):
        elements = elements_of(block)
        named = [each["action_id"] for each in elements if "action_id" in each]
        if len(set(named)) != len(named):
            yield f"action_id must be unique [json-pointer:{where}/{index}]"
        for element in elements:
            focused += bool(element.get("focus_on_load"))
            yield from _element(element, f"{where}/{index}")
            if not modal and element.get("type") in _TYPED[1:]:
                yield f"unsupported element: {element['type']} [json-pointer:{where}/{index}]"
    if focused > 1:
        yield f"only one element may have focus_on_load [json-pointer:{where}]"


def _element(element: Json, where: str) -> Iterator[str]:
    kind = element.get("type")
    menu = kind in {"static_select", "multi_static_select"}
    if menu and ("options" in element) == ("option_groups" in element):
        yield f"either options or option_groups [json-pointer:{where}]"
    offered = options_of(element)
    initial = element.get("initial_options") or [element.get("initial_option")]
    for each in initial:
        if each is not None and each not in offered:
            yield f"initial option is not among the options [json-pointer:{where}]"


def elements_of(block: Json) -> list[Json]:
    """Return what can be acted on, or typed into, in a block."""
    found: Sequence[Any] = [
        *(block.get("elements") or []),
        block.get("accessory"),
        block.get("element"),
    ]
    return [
        each
        for each in found
        if isinstance(each, dict) and each.get("type") not in {"image", "mrkdwn", "plain_text"}
    ]


def options_of(element: Json) -> list[Json]:
    groups = element.get("option_groups") or []
    listed: list[Json] = [*(element.get("options") or [])]
    for group in groups:
        listed += group.get("options") or []
    return listed
