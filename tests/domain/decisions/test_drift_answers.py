"""What a model's answer about decisions may be, and what of it counts."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.files import prompts
from bot.domain.decisions.drift_answers import parse_drift
from bot.domain.guardrails.model_wording import ShownText, refuse_question

SHOWN = ShownText("retries = 5\nshop.ask(retries)")
WORDS = "Decision 7 stops after three tries, and this makes five. Is that for good, or is it a trial?"


def question(**changes: Any) -> dict[str, Any]:
    place = {"source": "commit", "path": "a.py", "side": "head", "quote": "retries = 5"}
    return {**place, "check": "7", "why": "More tries.", "question": WORDS, **changes}


def verdict(n: Any, verdict: str = "drop") -> dict[str, Any]:
    return {"n": n, "because": "Only moved.", "verdict": verdict, "covered_by": None, "reworded": ""}


def test_a_question_belongs_to_the_decision_whose_number_is_its_check() -> None:
    answer = parse_drift({"questions": [question()], "verdicts": [verdict(9)]}, [7, 9], SHOWN).answer
    assert answer.questions[7].question == WORDS
    assert answer.unaffected == {9}


@pytest.mark.parametrize("check", [7, "7", "`7`", "[7]"])
def test_a_number_counts_however_it_is_written(check: Any) -> None:
    assert set(parse_drift({"questions": [question(check=check)]}, [7], SHOWN).answer.questions) == {7}


@pytest.mark.parametrize("check", ["8", None, "decision 7", "speed.1", True])
def test_a_question_about_no_decision_is_dropped(check: Any) -> None:
    assert parse_drift({"questions": [question(check=check)]}, [7], SHOWN).answer.questions == {}


def test_of_several_questions_about_one_decision_the_first_counts() -> None:
    second = question(question="What does decision 7 mean for `retries` now?")
    answer = parse_drift({"questions": [question(), second]}, [7], SHOWN).answer
    assert answer.questions[7].question == WORDS


def test_a_decision_with_a_question_is_not_unaffected() -> None:
    answer = parse_drift({"questions": [question()], "verdicts": [verdict(7)]}, [7], SHOWN).answer
    assert answer.unaffected == frozenset()


@pytest.mark.parametrize("entry", [verdict(7, "keep"), verdict("7"), verdict(8), verdict(True), "drop", None])
def test_only_a_drop_of_a_known_number_says_that_a_decision_is_unaffected(entry: Any) -> None:
    assert parse_drift({"verdicts": [entry]}, [7], SHOWN).answer.unaffected == frozenset()


def test_words_that_are_refused_leave_the_place() -> None:
    leading = question(question="Have you considered going back to three tries, as decision 7 says?")
    found = parse_drift({"questions": [leading]}, [7], SHOWN).answer.questions
    assert found[7].problem == "leading"
    assert found[7].quote == "retries = 5"


def quoted(title: str) -> list[str]:
    """Return the questions in quotation marks that follow a word of the prompt."""
    body = prompts.load("review/drift").body
    found = re.findall(rf'^{title}: "(.*?\?)"', body, re.MULTILINE | re.DOTALL)
    return [" ".join(text.split()) for text in found]


def test_the_prompt_s_good_question_may_be_asked_and_its_bad_ones_may_not() -> None:
    [good] = quoted("Good")
    bad = quoted("Not good")
    assert refuse_question(good) is None
    assert len(good.split()) <= 35
    assert len(bad) == 2
    assert all(map(refuse_question, bad))


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["questions", "verdicts", "check", "n", "verdict", "quote", "question"]), inner
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_no_answer_breaks_the_parser(document: Any) -> None:
    answer = parse_drift(document, [7], SHOWN).answer
    assert set(answer.questions) <= {7}
    assert answer.unaffected <= {7}
