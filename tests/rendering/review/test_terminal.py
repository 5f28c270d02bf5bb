import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.domain.review.report import Report
from bot.rendering.review.terminal import render
from tests.rendering import reports


def shown(report: Report, width: int = 80, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False, force_terminal=colour
    )
    with console.capture() as captured:
        console.print(render(report, reports.ASKS))
    return captured.get()


def words(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


def test_everything_in_a_report_is_on_the_screen() -> None:
    text = words(shown(reports.full()))
    for expected in [
        "Incomplete. Sensei asks no questions after an incomplete review.",
        "data.bin: its content is not in this clone",
        "Facts (2)",
        "1. This client has no timeout.",
        "app/client.py:7",
        "also app/other.py:9",
        "weakens the evidence for speed.1, which asks: Is the speed of this path argued?",
        "bears on speed.1, which asks: Is the speed of this path argued?",
        "2. A key stands here.",
        "Questions (1)",
        "1. What lost when this won?",
        "while True: ask()",
        "relates to safety.1",
        "The price of the retry is named.",
        "+ speed.1 partly supported (Is the speed of this path argued?) Missing: a bound.",
        "- speed.1 weakened (Is the speed of this path argued?) app/client.py:30",
        "3 of 5 files read",
        "1 file not read: lock file (uv.lock)",
        "Uses Shop: import shop (src/desk.py:3)",
        "2 checks not assessed",
    ]:
        assert expected in text, expected


def test_a_change_without_a_question_says_who_asks_nothing() -> None:
    text = words(shown(reports.report(mode="model")))
    assert "None: neither the signals nor the model has a question about this change." in text
    assert "Facts" not in text
    assert "Checks supported or weakened" not in text


def test_a_baseline_asks_nothing() -> None:
    text = shown(reports.report(kind="baseline", base=None))
    assert "whole tree at aaaaaaaaaa" in text
    assert "Questions" not in text


def test_no_level_or_verdict_is_shown() -> None:
    assert not {"level", "score", "pass ", "failed"} & set(words(shown(reports.full())).lower().split())


@pytest.mark.parametrize("width", [60, 80, 100])
@given(hostile=st.one_of(st.sampled_from(reports.HOSTILE), st.text(min_size=1)))
def test_no_text_can_break_the_page(width: int, hostile: str) -> None:
    quote = hostile if hostile.strip() else "x"
    report = reports.report(
        concerns=(reports.concern(hostile, quote=quote, path=hostile),),
        questions=(reports.question(hostile, quote=quote, path=hostile),),
        stack_evidence=(reports.trace(what=hostile, path=hostile),),
    )
    text = shown(report, width)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(cell_len(line) for line in text.split("\n")) <= width


def test_colour_is_only_where_there_is_a_terminal() -> None:
    assert "\x1b[" in shown(reports.full(), colour=True)
    assert "\x1b[" not in shown(reports.full())
