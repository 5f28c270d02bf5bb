"""The next hint: one step at a time, and only after a try."""

import pytest

from bot.domain.enquiries.ladder import finds_try, is_used_up, next_rung
from bot.domain.enquiries.records import Kind, Rung
from tests.domain.enquiries.drafts import hint

TRY = "I moved the index to a second table and the search still takes four seconds"


def test_the_first_hint_reframes_unless_the_first_message_shows_a_try() -> None:
    assert next_rung([], tried=False) is Rung.REFRAME
    assert next_rung([], tried=True) is Rung.POINT


@pytest.mark.parametrize(
    ("given", "after_a_try"),
    [(Rung.REFRAME, Rung.POINT), (Rung.POINT, Rung.OPTIONS), (Rung.OPTIONS, Rung.OPTIONS)],
)
def test_a_try_leads_one_step_further_and_nothing_else_does(given: Rung, after_a_try: Rung) -> None:
    assert next_rung([hint(given)], tried=True) is after_a_try
    assert next_rung([hint(given)], tried=False) is given


def test_answers_without_a_hint_do_not_count() -> None:
    answers = [hint(Rung.POINT), hint(None, kind=Kind.FACT), hint(None)]
    assert next_rung(answers, tried=True) is Rung.OPTIONS


def test_after_the_options_the_ladder_is_used_up() -> None:
    assert not is_used_up([hint(Rung.POINT)])
    assert is_used_up([hint(Rung.OPTIONS)])


def test_a_try_is_in_the_newest_message() -> None:
    assert finds_try(TRY, ["How do I speed it up?", f"{TRY}."])
    assert finds_try(TRY.upper(), [f"Well: {TRY}, with 2,000 rows."])
    assert not finds_try(TRY, [TRY, "And now?"])
    assert not finds_try("I moved the index to a third table and it got slower", [TRY])
    assert not finds_try(TRY, [])


def test_the_same_words_are_no_second_try() -> None:
    assert not finds_try(TRY, [TRY, TRY])


@pytest.mark.parametrize(
    "words",
    [
        "",
        "I tried Redis.",
        "I tried everything already and it just does not",
        "Just tell me which of the two I should take",
        "please show me the code for the second table",
        "What if I moved the index to a second table?",
        "I want you to write the code for the second table",
    ],
)
def test_asking_again_is_no_try(words: str) -> None:
    assert not finds_try(words, [words])


def test_a_part_of_a_word_is_not_what_they_wrote() -> None:
    assert not finds_try("moved the index to a second tab", [TRY])
