import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.review.citations import MOST_CHARACTERS, SourceText
from bot.domain.review.report import Citation
from bot.domain.secrets.detection import Redactor, find_secrets
from tests.rendering.reports import citation

CODE = "def ask(client):\n    return client.get(\n        url, timeout=3\n    )\n"
LINES = st.lists(st.text(st.sampled_from("ab_1(=,. \t"), max_size=12), min_size=1, max_size=6)


def stands(cited: Citation, *texts: str) -> bool:
    standing = SurvivingQuotes([cited])
    for text in texts:
        standing.search(text)
    return standing.survives(cited)


@given(LINES, LINES, st.data())
def test_whole_lines_stand_wherever_they_are_moved_and_however_they_are_indented(
    lines: list[str], around: list[str], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(lines) - 1))
    quote = "\n".join(lines[start : start + 2])
    if not quote.strip():
        return
    moved = textwrap.indent("\n".join([*around, "", *lines, "", *around]), "\t")
    assert stands(citation(quote), "\n".join(around), moved)


@given(st.text(min_size=1, max_size=400), st.data())
def test_what_the_reader_of_a_text_quotes_of_its_whole_stands_in_it(text: str, data: st.DataObject) -> None:
    cited = SourceText.of("a.py", "a" * 40, "head", text, []).cite(0, len(text))
    assert cited is None or stands(cited, text)


def test_a_formatter_that_wraps_a_line_keeps_a_quote() -> None:
    assert stands(citation("return client.get(url, timeout=3)"), CODE)
    assert stands(citation("timeout = 3"), CODE)


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("timeout=3", "timeout=30"),
        ("guard()", "no_guard()"),
        ("timeout=3", "timeout=4"),
        ("timeout=3", ""),
        (" ", " "),
    ],
)
def test_a_part_of_a_longer_word_is_not_the_quote(quote: str, text: str) -> None:
    assert not stands(citation(quote), text)
    assert stands(citation("timeout=3"), f"{text}\n(timeout=3)")


def test_the_lines_of_a_quote_are_not_gathered_from_several_places() -> None:
    assert not stands(citation("a = 1\nb = 2"), "a = 1\nc = 3\nb = 2\n", "b = 2\na = 1\n")


def test_a_quote_that_was_cut_within_a_word_stands() -> None:
    text = "x" * (MOST_CHARACTERS + 100)
    cited = SourceText.of("a.py", "a" * 40, "head", text, []).cite(0, len(text))
    assert cited
    assert stands(cited, text)


def test_a_redacted_quote_stands_before_and_after_its_secret_was_changed() -> None:
    def line(tail: str) -> str:
        return 'client = Client(key="sk-ant-' + "api03-" + tail + '", timeout=3)\n'

    first, second = line("Zq8vR2" * 16), line("Lw4Kp9" * 16)
    cited = SourceText.of("a.py", "a" * 40, "head", first, find_secrets(first)).cite(0, len(first))
    assert cited
    assert cited.redacted
    assert Redactor().redact(first).strip() == cited.quote
    assert stands(cited, first)
    assert stands(cited, second)
    assert not stands(cited, second.replace("timeout=3", "timeout=4"))
    assert not stands(cited.model_copy(update={"redacted": False}), first)


def test_nothing_but_a_secret_proves_nothing() -> None:
    assert not stands(citation("[redacted:anthropic]", redacted=True), "anything")


def test_only_what_was_asked_for_is_answered() -> None:
    with pytest.raises(KeyError):
        SurvivingQuotes([]).survives(citation())
