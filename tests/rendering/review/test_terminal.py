import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.cli.output import as_text
from bot.domain.review.report import CodeLine, Cost, Coverage, ModelRef, Report, Skipped
from bot.rendering.review.terminal import render
from bot.rendering.text.safe_text import one_line, place_name
from bot.rendering.text.terminal_parts import wrap
from tests.rendering import reports


def shown(report: Report, width: int = 80, *, colour: bool = False) -> str:
    console = Console(
        file=io.StringIO(), width=width, highlight=False, markup=False, emoji=False, force_terminal=colour
    )
    with console.capture() as captured:
        console.print(render(report, reports.ASKS), crop=False)
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
        "relates to speed.1, which asks: Is the speed of this path argued?",
        "2. A key stands here.",
        "Questions (1)",
        "1. What lost when this won?",
        "while True: ask()",
        "relates to safety.1",
        "The price of the retry is named.",
        "+ speed.1 partly supported (Is the speed of this path argued?) Missing: a bound.",
        "- speed.1 weakened (Is the speed of this path argued?) app/client.py:30",
        "3 of 5 files read",
        "1 file not read: lock file uv.lock",
        "Uses Shop: import shop (src/desk.py:3)",
        "2 checks not assessed",
    ]:
        assert expected in text, expected


def test_a_review_without_findings_is_four_lines() -> None:
    assert shown(reports.report()).split("\n") == [
        "Sensei · first pass · signals only, no model",
        "bbbbbbbbbb → aaaaaaaaaa · rubric small 1.0.0 · stacks: Shop",
        "No facts, no questions. No pattern matched. This is not an approval.",
        "3 of 3 files read, 1 check not assessed.",
        "",
    ]
    model = reports.report(
        mode="model",
        model=ModelRef(provider="p", id="deep-thought", prompts={}),
        cost=Cost(calls=2, usd=0.042, seconds=9),
    )
    assert shown(model).endswith("1 check not assessed, $0.04.\n")


@pytest.mark.parametrize("kind", ["change", "baseline"])
def test_a_report_of_nothing_does_not_look_clean(kind: str) -> None:
    nothing = Coverage(files_total=0, files_read=0, skipped=(), not_assessed=("speed.1",))
    text = shown(reports.report(kind=kind, coverage=nothing))
    assert text.split("\n")[2].startswith("Nothing was read: ")
    assert text.count("\n") == 3


def test_a_report_of_skipped_files_alone_says_that_none_was_read() -> None:
    skipped = (Skipped(path="uv.lock", reason="lock file"),)
    text = shown(
        reports.report(coverage=Coverage(files_total=1, files_read=0, skipped=skipped, not_assessed=()))
    )
    assert "Sensei didn't look for decisions in any file. The reasons are below." in text
    assert "Questions" not in text


def test_a_baseline_records_evidence_and_moves_nothing() -> None:
    text = words(shown(reports.full().model_copy(update={"kind": "baseline"})))
    assert "Checks with evidence" in text
    assert "speed.1: evidence for part of it (Is the speed" in text
    assert "speed.1: evidence against it (Is the speed" in text
    assert not {"supported", "weakened"} & set(text.split())


def test_the_code_around_a_question_is_shown_with_its_numbers() -> None:
    around = [
        (9, "def ask():"),
        (10, "    while True:"),
        (11, "\task()  # " + "word " * 15 + "\u202e"),
        (12, ""),
    ]
    question = reports.question(quote="while True:\n    ask()", line=10).model_copy(
        update={"excerpt": tuple(CodeLine(line=number, text=text) for number, text in around)}
    )
    assert """
    app/client.py:10-11
     9 │ def ask():
  > 10 │     while True:
  > 11 │     ask()  # word word word word word word word word word word word
       │ word word word word \\u202e
    12 │
    relates to safety.1
""" in as_text(render(reports.report(questions=(question,)), reports.ASKS))


@pytest.mark.parametrize(
    ("line", "width", "parts"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one  two", 4, ["one", "two"]),
        ("    indented word", 9, ["indented", "word"]),
        ("    a word", 8, ["    a", "word"]),
        ("unbreakable", 4, ["unbr", "eaka", "ble"]),
        ("你好", 1, ["你", "好"]),
        ("你好 你", 5, ["你好", "你"]),
        (" " * 9, 4, ["", ""]),
        ("", 4, [""]),
    ],
)
def test_a_line_of_code_is_wrapped_between_words(line: str, width: int, parts: list[str]) -> None:
    assert list(wrap(line, width)) == parts


def test_no_place_is_broken_and_no_word_of_a_quote() -> None:
    path = "evals/" + "a-folder/" * 12 + "client of a shop.py"
    unread = path.replace(" ", "-")
    report = reports.report(
        concerns=tuple(reports.concern(path=path, line=n, quote="one, " * 30) for n in range(1, 4)),
        movements=(reports.movement(path=path),),
        complete=False,
        incomplete_because=(f"{unread}: not read, as it takes longer than 20 s", "b.py: gone"),
        stack_evidence=(reports.trace(path=path),),
        coverage=Coverage(
            files_total=9, files_read=8, skipped=(Skipped(path=path, reason="lock file"),), not_assessed=()
        ),
    )
    lines = shown(report).split("\n")
    for place in (f"{path}:1", f"{path}:2,", f"{path}:3", f"{path}:7", f"import shop ({path}:3)", path):
        assert any(line.endswith(f" {place}") for line in lines), place
    assert f"-   {unread}:" in lines
    assert "    not read, as it takes longer than 20 s" in lines
    assert "-   b.py: gone" in lines
    quoted = " ".join(line.partition("│ ")[2] for line in lines).split()
    assert set(quoted) == {"one,"}


def test_hidden_values_are_counted_once() -> None:
    quote = "key = '[redacted:jwt]' or '[redacted:password]'"
    hidden = reports.question(quote=quote, redacted=True)
    text = shown(
        reports.report(questions=(hidden,), movements=(reports.movement(quote=quote, redacted=True),))
    )
    assert "Sensei hid 2 possible secrets in the code shown here." in text
    assert "Sensei hid" not in shown(reports.full())


def test_a_change_without_a_question_says_who_asks_nothing() -> None:
    text = words(shown(reports.report(mode="model", movements=(reports.movement(),))))
    assert "None: neither the signals nor the model has a question about this change." in text
    assert "Facts" not in text


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
    place = place_name(report.concerns[0].citation)
    sign = f"import {one_line(hostile)} ({one_line(hostile)}:3)"
    too_long = {line.strip() for line in text.split("\n") if cell_len(line) > width}
    assert too_long <= {place.strip(), sign.strip()}


def test_colour_is_only_where_there_is_a_terminal() -> None:
    assert "\x1b[" in shown(reports.full(), colour=True)
    assert "\x1b[" not in shown(reports.full())
