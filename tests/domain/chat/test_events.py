"""The use of a message's shortcut is parsed whatever it contains; nobody gets an author who isn't one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chat.events import SHORTCUT, MessageShortcut, Other, delivery_id, read_payload

BODY: dict[str, Any] = {
    "type": "message_action",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "callback_id": "decisions.new",
    "trigger_id": "1.2",
    "response_url": "https://hooks.slack.com/app/x",
    "message": {"type": "message", "user": "U1", "text": "R&amp;D &lt;b&gt;", "ts": "1.1"},
}


def test_a_shortcut_names_its_message_author_and_text() -> None:
    assert read_payload(SHORTCUT, BODY) == MessageShortcut(
        "T1", "U1", "decisions.new", "U1", "R&D <b>", "1.2", "https://hooks.slack.com/app/x"
    )
    assert delivery_id(SHORTCUT, BODY) == "1.2"


@pytest.mark.parametrize("message", [{"user": "U1", "bot_id": "B1", "text": "x"}, {"text": "x"}, None, "x"])
def test_a_message_of_an_app_or_without_an_author_has_none(message: object) -> None:
    used = read_payload(SHORTCUT, {**BODY, "message": message})
    assert isinstance(used, MessageShortcut)
    assert used.author == ""


@pytest.mark.parametrize(
    "changes",
    [{"type": "shortcut"}, {"user": {"id": "U1", "team_id": "T9"}}, {"team": None, "user": {"id": "U1"}}],
)
def test_other_shortcuts_and_those_of_another_workspace_are_ignored(changes: dict[str, Any]) -> None:
    assert not isinstance(read_payload(SHORTCUT, {**BODY, **changes}), MessageShortcut)


@given(st.dictionaries(st.sampled_from([*BODY]), st.none() | st.text(max_size=5) | st.just([1])))
def test_no_shape_of_a_shortcut_breaks_the_parser(changes: dict[str, Any]) -> None:
    assert isinstance(read_payload(SHORTCUT, {**BODY, **changes}), MessageShortcut | Other)
