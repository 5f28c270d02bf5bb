"""The text of a command is what was typed, whatever Slack makes of it on the way."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chat.events import COMMAND, SlashCommand, read_payload
from bot.domain.chat.slack_escapes import find_mentioned_user, unescape, unescape_message


@given(st.text(alphabet="&<>;amplt#39 @U|x", max_size=40))
def test_what_was_typed_is_read_as_it_was_typed(typed: str) -> None:
    assert unescape(html.escape(typed, quote=False)) == typed


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("why <@U123|ada>, <@W9>", "why <@U123>, <@W9>"),
        ("why R&amp;D, A &amp;amp; B", "why R&D, A &amp; B"),
        ("why <@U123|a&amp;b>", "why <@U123>"),
        ("why <#C1|general> <!here>", "why <#C1|general> <!here>"),
    ],
)
def test_a_command_is_read_without_escapes_and_mentions_without_names(sent: str, read: str) -> None:
    command = read_payload(COMMAND, {"team_id": "T1", "user_id": "U1", "text": sent})
    assert isinstance(command, SlashCommand)
    assert command.text == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (
            "use <https://a.example/x?b=1&amp;c=2|this> &amp; &lt;b&gt;",
            "use https://a.example/x?b=1&c=2 & <b>",
        ),
        ("<mailto:ada@example.org|ada@example.org>", "ada@example.org"),
        ("<!here> <#C1|general> <!subteam^S1|@team> <@U1|ada>", "@here #general @team <@U1>"),
        ("&lt;https://a.example|b&gt;", "<https://a.example|b>"),
        ("a\nb", "a\nb"),
    ],
)
def test_a_message_is_read_as_people_read_it(sent: str, read: str) -> None:
    assert unescape_message(sent) == read


def test_a_mention_is_found_and_nothing_else() -> None:
    assert find_mentioned_user(" <@U123> ") == "U123"
    assert find_mentioned_user("<@U123|ada>") == "U123"
    for word in ("@ada", "<@U123> x", "<@x>", ""):
        assert find_mentioned_user(word) is None
