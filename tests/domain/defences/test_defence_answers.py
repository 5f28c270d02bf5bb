"""How a model words the questions of a defence: only words that may be said, for places that there are."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.defences.defence_answers import WordedQuestion, parse_defence_answer

SHOWN = "desk.py\nlimit = 50\nimport shop\n\nlimit = 50\nbounded(limit)\n"
TEXT = "With `limit = 50`, the desk stops after 50 tickets. Who notices the ones behind it?"
GOOD = {
    "n": 1,
    "text": TEXT,
    "follow_ups": ["What did the last full day look like?", "What breaks first if tickets double?"],
    "touches": ["where the limit of 50 comes from", "what a caller sees after the limit"],
}


def parse(*items: Any) -> Any:
    return parse_defence_answer({"questions": list(items)}, ["limit = 50", "bounded(limit)"], SHOWN)


def test_a_question_keeps_its_follow_ups_and_what_it_touches() -> None:
    assert parse(GOOD).questions == {
        1: WordedQuestion(TEXT, tuple(GOOD["follow_ups"]), tuple(GOOD["touches"]))  # type: ignore[arg-type]
    }


def test_words_that_may_not_be_said_are_left_out_alone() -> None:
    answer = parse(
        {
            **GOOD,
            "text": "Excellent work. Shouldn't you use Redis?",
            "follow_ups": ["You should use a queue, shouldn't you?", "What breaks first if tickets double?"],
        }
    )
    [found] = answer.questions.values()
    assert found.text == ""
    assert found.follow_ups == ("What breaks first if tickets double?",)
    assert len(answer.refused) == 2


def test_a_place_that_there_is_not_has_no_question() -> None:
    assert parse({**GOOD, "n": 3}, {**GOOD, "n": True}, "x", None, {**GOOD, "n": "1"}).questions == {}


def test_the_first_question_of_a_place_counts() -> None:
    assert parse(GOOD, {**GOOD, "text": "What else?"}).questions[1].text == TEXT


@given(
    st.recursive(
        st.none() | st.integers(-1, 3) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["n", "text", "follow_ups", "touches"]), inner, max_size=4)
        ),
        max_leaves=15,
    )
)
def test_no_answer_raises(answer: Any) -> None:
    for found in parse_defence_answer({"questions": answer}, ["limit = 50"], SHOWN).questions.values():
        assert len(found.follow_ups) <= 2
        assert len(found.touches) <= 3
