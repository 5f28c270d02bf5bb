"""Which lines a check-in shows: whole statements, and what has taken the place of lines that are gone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.check_ins.shown_code import MOST_SHOWN, SEVERAL, find_replacement, widen

PYTHON = """import httpx


def connect(args):
    client = None
    if not args.verify:
        import logging

        client = httpx.Client(verify=False)
    return client


def answer(text):
    limit = 50
    words = text.split()
    kept = words[:limit]
    a = 1
    b = 2
    c = 3
    d = 4
    e = 5
    f = 6
    g = 7
    return (
        kept,
        a + b + c + d + e + f + g,
    )
"""
SCRIPT = """  const { settings, messages } = json as {
    settings: Settings
    messages: any[]
  }

  console.log("messages", messages)

  try {
    await first()
    await second()
    await third()
    await fourth()
    await fifth()
    await sixth()
    await seventh()
    await eighth()
    await ninth()
  } catch {}
"""


def lines_of(text: str, shown: tuple[int, int]) -> list[str]:
    return text.split("\n")[shown[0] - 1 : shown[1]]


def test_the_whole_block_of_a_line_is_shown_if_it_is_short() -> None:
    assert widen(PYTHON, 9, 9) == (4, 10)


def test_in_a_long_block_a_few_lines_around_are_shown() -> None:
    assert lines_of(PYTHON, widen(PYTHON, 16, 16)) == [
        "    limit = 50",
        "    words = text.split()",
        "    kept = words[:limit]",
        "    a = 1",
        "    b = 2",
        "    c = 3",
    ]


def test_a_statement_over_several_lines_is_shown_whole() -> None:
    assert lines_of(PYTHON, widen(PYTHON, 24, 24))[-4:] == [
        "    return (",
        "        kept,",
        "        a + b + c + d + e + f + g,",
        "    )",
    ]


def test_no_half_statement_is_shown_before_or_after() -> None:
    assert lines_of(SCRIPT, widen(SCRIPT, 6, 6)) == SCRIPT.split("\n")[:6]


def test_brackets_that_never_close_make_it_no_longer() -> None:
    before = ["    f(", *["    a = 1"] * 3, "    )", "    f(", "    )"]
    after = [
        *["    a = 1"] * 2,
        "    )",
        "    )",
        "    f(",
        "    a = 1",
        "    )",
        "    )",
        "    f(",
        "    f(",
    ]
    first, last = widen("\n".join([*before, "    f(", "    a = 1", "    )", *after]), 8, 10)
    assert last - first < MOST_SHOWN


def test_where_something_changed_more_is_shown() -> None:
    few, several = widen(PYTHON, 16, 19), widen(PYTHON, 16, 19, SEVERAL)
    assert few == (16, 19)
    assert several == (14, 22)


@given(st.text("ab(){} \n\t", max_size=300), st.integers(1, 40), st.integers(0, 5))
def test_what_is_shown_has_the_place_and_is_short(text: str, first: int, more: int) -> None:
    lines = text.split("\n")
    first = min(first, len(lines))
    last = min(first + more, len(lines))
    if not any(line.strip() for line in lines[first - 1 : last]):
        return
    start, end = widen(text, first, last)
    assert start >= 1
    assert end <= len(lines)
    kept = [number for number in range(first, last + 1) if lines[number - 1].strip()]
    assert start <= kept[0] <= kept[-1] <= end
    assert end - start < max(MOST_SHOWN, last - first + 1)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("import shop\nlimit = 20\nask(limit)\n", ["limit = 20"]),
        (
            "import shop\nimport queue\n\nlimit = 20\nlimit += 1\nask(limit)\n",
            ["import queue", "", "limit = 20", "limit += 1"],
        ),
        ("import shop\nask(limit)\n", None),
        ("ask(limit)\nimport shop\n", None),
        ("import shop\n" + "limit += 1\n" * 30 + "ask(limit)\n", None),
        ("", None),
    ],
)
def test_what_took_the_place_of_removed_lines_is_between_the_unchanged_ones(
    now: str, found: list[str] | None
) -> None:
    lines = find_replacement("import shop\nlimit = 50\nask(limit)\n", 2, 2, now)
    assert (lines_of(now, lines) if lines else None) == found


def test_what_changed_close_by_only_is_no_replacement() -> None:
    before = "import shop\nx = 1\nlimit = 50\ny = 2\nask(limit)\n"
    assert find_replacement(before, 3, 3, "import shop\nx = 1\nlimit = 20\ny = 2\nask(limit)\n") == (3, 3)
    assert find_replacement(before, 3, 3, "import shop\nx = 1\ny = 2\nask(limit)\n") is None


@given(st.text("ab\n", max_size=120), st.text("ab\n", max_size=120), st.integers(1, 20))
def test_a_replacement_is_always_in_the_newer_text(before: str, now: str, line: int) -> None:
    line = min(line, before.count("\n") + 1)
    found = find_replacement(before, line, line, now)
    if found is not None:
        assert 1 <= found[0] <= found[1] <= now.count("\n") + 1
