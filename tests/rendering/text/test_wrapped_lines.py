"""Sentences in a terminal: in 80 columns, without breaking what people copy."""

from bot.rendering.text.wrapped_lines import wrap_line
from tests import sensei
from tests.terminal import terminal

PATH = "/srv/sensei/" + "long-folder/" * 8


def test_a_line_is_wrapped_between_words_alone() -> None:
    wrapped = wrap_line(f"one two-three {'word ' * 20}{PATH}", "  - ", "    ").split("\n")
    assert wrapped[0].startswith("  - one two-three word")
    assert all(line.startswith("    ") for line in wrapped[1:])
    assert [line for line in wrapped if len(line) > 80] == [f"    {PATH}"]


def test_an_error_fits_into_the_terminal_and_stays_on_one_line_elsewhere() -> None:
    with terminal("settings", env=sensei.environment(SENSEI_CALENDAR_HOSTS="none")) as shown:
        assert shown.end() == 2
    assert max(map(len, shown.shown.split("\n"))) <= 80
    elsewhere = sensei.run("settings", SENSEI_CALENDAR_HOSTS="none").stderr
    assert " ".join(shown.shown.split()) == " ".join(elsewhere.split())
    assert max(map(len, elsewhere.split("\n"))) > 80
