"""Words that people try, and the commands that Sensei suggests."""

import pytest

from bot.domain.chat.slash_commands import nearest_command, parse

KNOWN = ("away", "checkin", "dates", "defence", "design", "one-to-one", "pause", "status")


@pytest.mark.parametrize(
    ("tried", "meant"),
    [
        ("meeting", "one-to-one"),
        ("1:1", "one-to-one"),
        ("calendar", "one-to-one"),
        ("spec", "design"),
        ("skip", "checkin"),
        ("question", "checkin"),
        ("questions", "status"),
        ("viva", "defence"),
        ("defense", "defence"),
        ("break", "away"),
        ("milestones", "dates"),
        ("zebra", None),
    ],
)
def test_a_word_leads_to_the_command_that_is_probably_meant(tried: str, meant: str | None) -> None:
    assert nearest_command(parse(tried).word, KNOWN) == meant


def test_a_command_that_somebody_may_not_use_is_not_suggested() -> None:
    assert nearest_command("viva", ("status",)) is None
