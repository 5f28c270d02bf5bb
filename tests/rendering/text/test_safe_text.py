import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.review.report import Cost
from bot.rendering.text.safe_text import (
    BLANK,
    count,
    coverage_sentence,
    list_first,
    no_question_sentence,
    place_name,
    tokens_phrase,
    visible,
)
from tests.rendering.reports import citation, movement, report


@given(st.text())
def test_nothing_unseen_is_left_and_everything_seen_stays(text: str) -> None:
    shown = visible(text)
    assert all(
        unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} or c in "\n\t" for c in shown
    )
    seen = [c for c in text if c.isprintable() and c not in BLANK]
    remaining = iter(shown)
    assert all(c in remaining for c in seen)
    assert visible(shown) == shown


def test_a_place_names_lines_as_people_do() -> None:
    assert place_name(citation()) == "app/client.py:7"
    assert place_name(citation(quote="a\nb")) == "app/client.py:7-8"
    assert place_name(citation(side="base")) == "app/client.py:7 (before the change)"


def test_numbers_agree_with_their_nouns() -> None:
    assert [count(n, "file") for n in (0, 1, 2, 3000)] == ["0 files", "1 file", "2 files", "3,000 files"]
    assert list_first(["a", "b", "c"], 2) == "a, b and 1 more"
    assert list_first(["a"], 2) == "a"


def test_coverage_and_cost_are_one_sentence() -> None:
    assert coverage_sentence(report()) == "3 of 3 files read; 0 calls, 0 tokens, $0.00, 1.3 s; no model"
    unknown = report().model_copy(update={"cost": report().cost.model_copy(update={"usd": None})})
    assert "price unknown" in coverage_sentence(unknown)


def test_what_the_input_is_billed_as_is_told_where_a_cache_changes_it() -> None:
    plain = Cost(input_tokens=1000, output_tokens=50, seconds=1)
    assert tokens_phrase(plain) == "1,050 tokens"
    cached = Cost(input_tokens=1000, output_tokens=50, cached_tokens=800, cache_write_tokens=100, seconds=1)
    assert tokens_phrase(cached) == "1,050 tokens (1,000 in, billed as 305)"


def test_silence_about_what_was_not_read_is_not_praise() -> None:
    asked_both = "None: neither the signals nor the model has a question about this change."
    by_model = report(mode="model", movements=(movement(),))
    assert no_question_sentence(by_model) == asked_both
    assert no_question_sentence(report(mode="model")) == f"{asked_both} This is not an approval."
    assert no_question_sentence(report()) == "None. No pattern matched. This is not an approval."
    by_signals = report(movements=(movement(),))
    assert no_question_sentence(by_signals) == "None: no signal found a decision to ask about."
    stopped = report(complete=False, incomplete_because=("stopped",))
    assert no_question_sentence(stopped) == "No questions about the files that were read."
