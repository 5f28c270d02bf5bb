import copy
import html
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from bot.ports.chat import OutgoingMessage
from bot.rendering.chat import slack_blocks
from bot.rendering.chat.slack_text import (
    NOTHING,
    link,
    mention,
    moment,
    mrkdwn,
    mrkdwn_object,
    page_of,
    plain,
    plain_object,
    units,
)
from bot.rendering.chat.slack_validation import checked_key, checked_message, checked_view
from bot.rendering.chat.slack_value_rules import UnsendableError
from tests.fakes.slack import judge

SPITEFUL = (
    "<!channel>",
    "<!here|here>",
    "@here",
    "@channel",
    "<@U0123456789>",
    "<#C0123456789|general>",
    "<https://evil.example|your sensei>",
    "https://evil.example",
    "mailto:a@b.example",
    "&<>",
    "&lt;!channel&gt;",
    "*bold* _italic_ ~gone~ `code`",
    "```\nblock",
    "> quoted",
    ":tada:",
    "\u202eevil\u202c",
    "\u2066\u2067",
    "a" * 5000,
    "عائشة بنت أبي بكر",
    "שלום",
    "👩‍👩‍👧‍👦",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "🇩🇪🇫🇷",
    "Z̸̡͖͔̭̝͈͖͔̭̝a̸̡",
    "می‌روم",
    "\x00\x1b[31m",
    "\u200b\u200b",
    "\n\n\n",
    " ",
    "",
)
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(SPITEFUL) | st.text(max_size=5), max_size=8).map("".join),
    st.text(st.sampled_from("<>&!@#|*_~`: \nahere\u200d\u0301\u202e😀ع"), max_size=80),
)


@given(texts, st.integers(1, 300), st.booleans())
def test_no_text_does_anything_in_slack(text: str, most: int, lines: bool) -> None:
    said = mrkdwn(text, most, lines=lines)
    checked_message(OutgoingMessage(said, ({"type": "section", "text": mrkdwn_object(said)},)))
    assert units(said) <= most
    assert not re.search(r"[<>*~`]", said)
    assert not re.search(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", said)
    assert not re.search(r"@\s*(here|channel|everyone)\b", said, re.IGNORECASE)
    assert not re.search(r":[a-z0-9_+'-]+:", said, re.IGNORECASE)
    assert not re.search(r"(?m)^\s*&gt;", said)
    assert "://" not in said


@given(texts, st.integers(1, 150), st.booleans())
def test_every_text_makes_a_title_an_option_and_a_header(text: str, most: int, lines: bool) -> None:
    said = plain(text, most, lines=lines)
    checked_message(OutgoingMessage(said, ({"type": "header", "text": plain_object(said)},)))
    assert units(said) <= most
    if not lines:
        assert "\n" not in said


@given(texts, st.integers(1, 80))
def test_what_is_left_is_what_was_written(text: str, most: int) -> None:
    said = html.unescape(plain(text, most)).strip("\u2068\u2069")
    if said == NOTHING:
        return
    whole = html.unescape(plain(text, 10**6)).strip("\u2068\u2069")
    assert said == whole or (said.endswith("…") and whole.startswith(said[:-1].rstrip()))


@pytest.mark.parametrize(
    "whole", ["👩‍👩‍👧‍👦", "🇩🇪", "é", "👍🏽", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"]
)
def test_a_character_is_never_cut_in_half(whole: str) -> None:
    for most in range(1, 60):
        said = plain(whole * 4, most)
        assert said.removesuffix("…").replace(whole, "") == ""


def test_names_keep_their_joiners_and_lose_their_disguise() -> None:
    assert plain("می‌روم", 50) == "\u2068می‌روم\u2069"
    assert plain("Ada\u202eecalevoL", 50) == r"Ada\u202eecalevoL"
    assert plain("a\u200db", 50) == r"a\u200db"


def test_a_heap_of_marks_is_cleared() -> None:
    said = plain("Z" + "\u0301" * 50 + "o", 80)
    assert sum(unicodedata.category(each) == "Mn" for each in said) < 8


def test_lines_stay_lines_where_they_may() -> None:
    assert mrkdwn("one\r\n\r\n\r\n\r\ntwo  three\n> four", 99, lines=True) == "one\n\ntwo three\n› four"
    assert mrkdwn("one\ntwo", 99) == "one two"


def test_what_is_ours_does_what_is_meant() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    said = f"{mention('U0123')} {link('https://a.example/?x=1&y=<2>', 'a|b <c>')} {moment(at)}"
    checked_message(OutgoingMessage(said))
    assert "&amp;y=%3C2%3E|a∣b &lt;c&gt;>" in said
    assert "|2026-03-01 12:00 UTC>" in said
    for bad in ("!channel", "U1|x", "", "u1"):
        with pytest.raises(ValueError, match="is not the id"):
            mention(bad)
    with pytest.raises(ValueError, match="must be an http"):
        link("javascript:alert(1)", "x")
    with pytest.raises(ValueError, match="http"):
        link("https:///nowhere", "x")


@given(st.lists(st.integers(), max_size=130), st.integers(-3, 30), st.integers(1, 50))
def test_pages_hold_everything_once(items: list[int], number: int, size: int) -> None:
    page = page_of(items, number, size)
    assert 1 <= page.number <= page.of
    assert [it for each in range(page.of) for it in page_of(items, each + 1, size).items] == items
    assert page.items == items[page.first - 1 : page.first - 1 + size]


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn_object("Hello"), **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a.b", "text": plain_object("Go"), **more}


def option(value: str = "x", text: str = "X") -> dict[str, Any]:
    return {"text": plain_object(text), "value": value}


def menu(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "m.s", "options": [option()], **more}


def form(**more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "f.t"}
    return {"type": "input", "block_id": "f", "label": plain_object("Name"), "element": element, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain_object("Join"),
        "submit": plain_object("Save"),
        "blocks": list(blocks),
        **more,
    }


def actions(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **more}


def ticks(kind: str, many: int) -> dict[str, Any]:
    return {"type": kind, "action_id": "t", "options": [option(str(n)) for n in range(many)]}


def picture(file: str = "F012345678", alt_text: str = "Three people moved.") -> dict[str, Any]:
    return {"type": "image", "slack_file": {"id": file}, "alt_text": alt_text}


MESSAGES: list[tuple[str, dict[str, Any] | list[dict[str, Any]]]] = [
    ("blocks: must have 1 to 50", [section()] * 51),
    ("not a block type", {"type": "data_table"}),
    ("not a block type", {"text": "x"}),
    ("used twice", [section(block_id="x"), section(block_id="x")]),
    ("is empty", section(text=mrkdwn_object("  "))),
    ("3000 characters", section(text=mrkdwn_object("x" * 3001))),
    ("2000 characters", section(fields=[mrkdwn_object("x" * 2001)])),
    ("1 to 10", section(fields=[plain_object("x")] * 11)),
    ("verbatim", section(text={"type": "mrkdwn", "text": "x"})),
    ("not escaped", section(text=mrkdwn_object("<!channel>"))),
    ("not escaped", section(text=mrkdwn_object("<!subteam^S1>"))),
    ("not escaped", section(text=mrkdwn_object("R&D"))),
    ("not escaped", section(text=mrkdwn_object("a < b"))),
    ("unpaired surrogate", section(text=mrkdwn_object("\ud83d"))),
    ("control character", section(text=mrkdwn_object("\x00"))),
    ("plain_text", {"type": "header", "text": mrkdwn_object("x")}),
    ("150 characters", {"type": "header", "text": plain_object("x" * 151)}),
    ("not 152", {"type": "header", "text": plain_object("😀" * 76)}),
    ("used twice", actions(button(), button())),
    ("an action id", actions({"type": "button", "text": plain_object("x")})),
    ("1 to 25", actions(*(button(action_id=f"a.{n}") for n in range(26)))),
    ("1 to 25", actions()),
    ("75 characters", actions(button(text=plain_object("x" * 76)))),
    ("2000 characters", actions(button(value="x" * 2001))),
    ("primary or danger", actions(button(style="red"))),
    ("address of a web page", actions(button(url="javascript:alert(1)"))),
    ("not allowed here", actions({"type": "plain_text_input", "action_id": "x"})),
    ("1 to 100", section(accessory=menu(options=[option(str(n)) for n in range(101)]))),
    ("75 characters", section(accessory=menu(options=[option(text="x" * 76)]))),
    ("150 characters", section(accessory=menu(options=[option("x" * 151)]))),
    ("a value is used twice", section(accessory=menu(options=[option(), option(text="Y")]))),
    ("one of the options", section(accessory=menu(initial_option=option("y")))),
    ("1 to 10", section(accessory=ticks("radio_buttons", 11))),
    ("not allowed here", section(accessory=ticks("checkboxes", 2))),
    ("1 to 10", form(element=ticks("checkboxes", 11))),
    ("1 to 5", section(accessory=ticks("overflow", 6))),
    ("unknown keys: colour", section(colour="red")),
    ("text or fields", {"type": "section"}),
    ("1 to 10", {"type": "context", "elements": []}),
    ("12000 characters", [section(text=mrkdwn_object("x" * 2900)) for _ in range(5)]),
    ("(markdown): not a block type", {"type": "markdown", "text": "x"}),
    ("not allowed here", form(element={"type": "email_text_input", "action_id": "x"})),
    ("2000 characters", picture(alt_text="x" * 2001)),
    ("is empty", picture(alt_text=" ")),
    ("the id of a file", picture("https://files.example/F012345678")),
    ("unknown keys: image_url", {**picture(), "image_url": "https://tracker.example/x.png"}),
    (
        "is missing keys: slack_file",
        {"type": "image", "image_url": "https://a.example/x.png", "alt_text": "x"},
    ),
]


@pytest.mark.parametrize(("rule", "blocks"), MESSAGES)
def test_a_message_that_slack_refuses_does_not_leave(rule: str, blocks: Any) -> None:
    with pytest.raises(UnsendableError, match=re.escape(rule)):
        checked_message(OutgoingMessage("Hello", tuple(blocks) if isinstance(blocks, list) else (blocks,)))


@pytest.mark.parametrize(
    ("rule", "text"), [("is empty", " "), ("4000", "x" * 4001), ("not escaped", "<!here>")]
)
def test_a_text_that_slack_refuses_does_not_leave(rule: str, text: str) -> None:
    with pytest.raises(UnsendableError, match=rule):
        checked_message(OutgoingMessage(text))


VIEWS: list[tuple[str, dict[str, Any]]] = [
    ("1 to 100", modal(*[section()] * 101)),
    ("1 to 100", modal()),
    ("24 characters", modal(section(), title=plain_object("x" * 25))),
    ("24 characters", modal(section(), submit=plain_object("x" * 25))),
    ("24 characters", modal(section(), close=plain_object("x" * 25))),
    ("3000 characters", modal(section(), private_metadata="x" * 3001)),
    ("unknown keys: title", {"type": "home", "title": plain_object("x"), "blocks": [section()]}),
    ("modal or home", {"type": "page", "blocks": [section()]}),
    ("a form must have this key", {"type": "modal", "title": plain_object("x"), "blocks": [form()]}),
    ("missing keys: block_id", modal({key: value for key, value in form().items() if key != "block_id"})),
    ("1 to 3000", modal(form(element={"type": "plain_text_input", "action_id": "x", "max_length": 3001}))),
    (
        "the focus",
        modal(
            *(
                form(
                    block_id=f"b{n}",
                    element={"type": "plain_text_input", "action_id": "x", "focus_on_load": True},
                )
                for n in range(2)
            )
        ),
    ),
]


@pytest.mark.parametrize(("rule", "view"), VIEWS)
def test_a_view_that_slack_refuses_does_not_leave(rule: str, view: dict[str, Any]) -> None:
    with pytest.raises(UnsendableError, match=rule):
        checked_view(view)


GOOD: list[Callable[[], Any]] = [
    lambda: checked_view(modal(*(form(block_id=f"b{n}") for n in range(100)), private_metadata="x" * 3000)),
    lambda: checked_view({"type": "home", "blocks": [section(accessory=button()), actions(button())]}),
    lambda: checked_message(
        OutgoingMessage("Hi", (section(fields=[plain_object("x")] * 10), {"type": "divider"}))
    ),
    lambda: checked_message(OutgoingMessage("Hi", tuple(actions(button()) for _ in range(50)))),
    lambda: checked_message(OutgoingMessage("Hi", (picture(alt_text="x" * 2000), section()))),
    lambda: checked_message(OutgoingMessage("Hi", ({"type": "context", "elements": [mrkdwn_object("x")]},))),
]


@pytest.mark.parametrize("make", GOOD)
def test_what_slack_takes_leaves_as_it_is(make: Callable[[], Any]) -> None:
    made = make()
    assert made == copy.deepcopy(made)


near = st.sampled_from(
    [0, 1, 24, 25, 30, 31, 75, 76, 100, 101, 150, 151, 255, 256, 300, 301, 2000, 2001, 3000, 3001]
)
sized = near.map("x".__mul__) | st.sampled_from(["Go", "Save", "😀" * 40])
plains = st.builds(plain_object, sized)
eithers = plains | st.builds(mrkdwn_object, sized | st.just("<!channel>"))
ids = st.sampled_from(["a", "b", "x" * 255, "x" * 256, ""])
options = st.lists(st.builds(option, sized, sized), max_size=12)
buttons = st.fixed_dictionaries(
    {"type": st.just("button"), "action_id": ids, "text": plains},
    optional={
        "value": sized,
        "style": st.sampled_from(["primary", "red"]),
        "url": st.just("https://a.example"),
    },
)
menus = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["static_select", "checkboxes", "radio_buttons", "overflow"]),
        "action_id": ids,
        "options": options,
    },
    optional={"placeholder": plains},
)
inputs = st.fixed_dictionaries(
    {"type": st.just("plain_text_input"), "action_id": ids},
    optional={
        "max_length": st.sampled_from([0, 1, 3000, 3001]),
        "initial_value": sized,
        "placeholder": plains,
        "focus_on_load": st.booleans(),
    },
)
block_id = {"block_id": ids}
any_blocks = st.lists(
    st.fixed_dictionaries(
        {"type": st.just("section")},
        optional={
            **block_id,
            "text": eithers,
            "fields": st.lists(eithers, max_size=11),
            "accessory": buttons | menus,
        },
    )
    | st.fixed_dictionaries({"type": st.just("header"), "text": eithers}, optional=block_id)
    | st.fixed_dictionaries({"type": st.just("context"), "elements": st.lists(eithers, max_size=11)})
    | st.fixed_dictionaries({"type": st.just("actions"), "elements": st.lists(buttons | menus, max_size=4)})
    | st.fixed_dictionaries(
        {"type": st.just("input"), "label": plains, "element": inputs | menus}, optional=block_id
    )
    | st.just({"type": "divider"})
    | st.builds(picture, st.sampled_from(["F012345678", "F1", "U012345678"]), sized),
    max_size=4,
)


@pytest.mark.contract
@settings(max_examples=600)
@given(any_blocks)
def test_what_the_validator_lets_through_slack_takes(blocks: list[dict[str, Any]]) -> None:
    try:
        checked_message(OutgoingMessage("Hello", tuple(blocks)))
    except UnsendableError:
        return
    assert judge.of_message(blocks) == []


@pytest.mark.contract
@settings(max_examples=600)
@given(any_blocks, sized, st.sampled_from(["modal", "home"]), st.booleans())
def test_what_the_validator_lets_open_slack_opens(
    blocks: list[dict[str, Any]], title: str, kind: str, submits: bool
) -> None:
    view: dict[str, Any] = {"type": kind, "blocks": blocks, "private_metadata": title}
    if kind == "modal":
        view["title"] = plain_object(title)
    if submits:
        view["submit"] = plain_object("Save")
    try:
        checked_view(view)
    except UnsendableError:
        return
    assert judge.of_view(view) == []


@pytest.mark.contract
def test_the_strategies_reach_what_is_let_through() -> None:
    find(any_blocks, lambda blocks: len(blocks) == 3 and _passes(blocks))
    find(any_blocks, lambda blocks: any(it["type"] == "input" for it in blocks) and _passes(blocks))


def _passes(blocks: list[dict[str, Any]]) -> bool:
    try:
        checked_message(OutgoingMessage("Hello", tuple(blocks)))
    except UnsendableError:
        return False
    return bool(blocks)


SLACKS_OWN = (
    *(
        "1 to",
        "75",
        "150 characters",
        "2000",
        "3000",
        "blocks:",
        "unknown keys",
        "not a block type",
        "one of",
    ),
    *("plain_text", "primary", "text or fields", "used twice"),
)


@pytest.mark.parametrize(("rule", "blocks"), [it for it in MESSAGES if it[0].startswith(SLACKS_OWN)])
def test_what_slack_documents_the_fake_refuses_too(rule: str, blocks: Any) -> None:
    assert judge.of_message(blocks if isinstance(blocks, list) else [blocks]) != []


def test_a_key_is_what_metadata_holds() -> None:
    assert checked_key("message:1") == "message:1"
    for bad in ("", "x" * 256, "ключ", "a\nb"):
        with pytest.raises(UnsendableError):
            checked_key(bad)


def test_labels_of_buttons_take_room_of_a_message() -> None:
    rows = [
        slack_blocks.actions(*(slack_blocks.button("w" * 75, f"try.{row}.{n}") for n in range(5)))
        for row in range(40)
    ]
    shown = slack_blocks.fitted(rows, "There's more.")
    assert shown[:-1] == tuple(rows[:29])  # 29 * 375 of 11,000
    assert judge.of_message(list(shown)) == []
