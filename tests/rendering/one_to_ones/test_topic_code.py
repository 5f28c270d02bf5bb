"""A topic's code: whole lines, without their margin and without secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.one_to_ones.briefs import TopicCode
from bot.rendering.one_to_ones.topic_code import show_code

KEY = "ghp_" + "R7pQ2mWx9LkZ4tVb8NcY3sHd6FgJ1aEuT5oK"[:36]


def shown(quote: str) -> str:
    return show_code(TopicCode("a.py", 1, 1, quote)).removeprefix("```\n").removesuffix("\n```")


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("        chain_limit: int = 5,", "chain_limit: int = 5,"),
        ("    try:\n        return 1", "try:\n    return 1"),
        ("\tgo func() {\n\t\tx()\n\t}()", "go func() {\n    x()\n}()"),
        ("new Exporter({\n      url: here,\n    })", "new Exporter({\n  url: here,\n})"),
        ("new Client({\n      key,\n      url,", "new Client({\n    key,\n    url,"),
        ("def f():\n    return 1", "def f():\n    return 1"),
        ("func f() {\n\tif x {\n\t\ty()\n\t}", "func f() {\n    if x {\n        y()\n    }"),
        ("    a\n\n    b", "a\n\nb"),
        ("x(\n\n    1)", "x(\n\n    1)"),
        ("1\n2\n3\n4\n5\n6\n7", "1\n2\n3\n4\n5\n6\n…"),
        ("1\n2\n3\n4\n5\n\n7", "1\n2\n3\n4\n5\n…"),
    ],
)
def test_lines_are_whole_and_lose_only_what_all_of_them_have(quote: str, text: str) -> None:
    assert shown(quote) == text


def test_a_long_line_is_cut_between_words() -> None:
    text = shown("call(" + ", ".join(["argument_name"] * 20) + ")")
    assert text.endswith("argument_name,…")
    assert len(text) <= 100


def test_a_secret_is_hidden_before_anything_is_cut() -> None:
    assert KEY[:8] not in shown(f"{'x' * 100}('{KEY}')")


@given(st.text(min_size=1))
def test_any_code_can_be_shown(quote: str) -> None:
    assert show_code(TopicCode("a.py", 1, 1, quote)).startswith("```\n")
