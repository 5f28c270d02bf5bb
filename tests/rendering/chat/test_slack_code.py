"""Names of code in Slack text: formatted as code, and nothing in them has an effect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.chat.slack_text import mrkdwn, with_code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Where does `limit = 50` come from?", "Where does `limit = 50` come from?"),
        ("In `adapters/__init__.py`: Who?", "In `adapters/__init__.py`: Who?"),
        ("`a * b` and `<@U1>`", "`a * b` and `&lt;@U1&gt;`"),
        ("one ` alone", "one ˋ alone"),
        ("x`y`z", "xˋyˋz"),
        ("``", "ˋˋ"),
        ("a *bold* `name`", "a ∗bold∗ `name`"),
    ],
)
def test_what_stands_between_backticks_is_code(text: str, shown: str) -> None:
    assert with_code(mrkdwn(text, 600)) == shown


@given(st.text("`*_~<>&@: \nab!", max_size=80))
def test_nothing_outside_code_has_an_effect(text: str) -> None:
    shown = with_code(mrkdwn(text, 600))
    assert shown.count("`") % 2 == 0
    outside = "".join(shown.split("`")[::2])
    assert not set("*~`<>") & set(outside)
    assert "<" not in shown
