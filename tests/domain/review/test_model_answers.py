import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from bot.domain.guardrails.model_wording import ShownText
from bot.domain.review.answer_merging import number_proposals, parse_reduce
from bot.domain.review.challenge_verdicts import ItemKind
from bot.domain.review.model_answer_schemas import SCHEMAS
from bot.domain.review.model_answers import BASELINE_CAPS, READ_CAPS, ReadAnswer, parse_challenge, parse_read

CHECKS, CRITERIA = {"speed.1", "speed.2", "safety.1"}, {"speed", "safety"}
PLACE = {"source": "commit", "path": "app.py", "side": "head", "quote": "timeout=None,"}
QUESTION = PLACE | {
    "check": "speed.1",
    "why": "It waits.",
    "question": "How long is a caller willing to wait?",
}
CONCERN = PLACE | {"check": None, "fact": "The call waits for ever."}
MOVEMENT = {"check": "speed.1", "direction": "supports", "partial": False, "missing": "", "quotes": [PLACE]}
STRENGTH = PLACE | {"text": "The limit is argued where it is set."}
ANSWER: dict[str, list[Any]] = {
    "touched": ["speed"],
    "movements": [MOVEMENT],
    "concerns": [CONCERN],
    "questions": [QUESTION],
    "strengths": [STRENGTH],
}


def read(**changes: Any) -> tuple[ReadAnswer, dict[str, int]]:
    parsed = parse_read(ANSWER | changes, CHECKS, CRITERIA)
    return parsed.answer, dict(parsed.dropped)


def test_a_sound_answer_comes_through_whole() -> None:
    Draft202012Validator(SCHEMAS["review"]).validate({**ANSWER, "verdicts": [], "best": None})
    answer, dropped = read()
    assert dropped == {}
    assert answer.touched == ("speed",)
    assert [(one.check, one.quotes[0].quote) for one in answer.movements] == [("speed.1", "timeout=None,")]
    assert answer.questions[0].question == QUESTION["question"]
    assert (answer.concerns[0].fact, answer.strengths[0].text) == (CONCERN["fact"], STRENGTH["text"])


def test_every_form_is_closed_and_bounds_nothing() -> None:
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(schema)
        text = json.dumps(schema)
        assert text.count('"type": "object"') == text.count('"additionalProperties": false')
        assert not [
            word for word in ("minItems", "maxItems", "maxLength", "minimum", "pattern") if word in text
        ]


@pytest.mark.parametrize("bad", [None, 3, "words", [], {}, {"quote": None}, {"quote": "x" * 20}])
def test_one_bad_item_loses_none_of_the_rest(bad: Any) -> None:
    answer, dropped = read(**{key: [bad, *ANSWER[key]] for key in ANSWER if key != "touched"})
    assert [len(getattr(answer, key)) for key in ANSWER] == [1, 1, 1, 1, 1]
    assert sum(dropped.values()) == 4


def test_of_two_hundred_questions_the_first_three_are_taken() -> None:
    many = [QUESTION | {"question": f"What is limit {n} for?"} for n in range(200)]
    answer, dropped = read(questions=many)
    assert [one.question for one in answer.questions] == [f"What is limit {n} for?" for n in range(3)]
    assert dropped == {"question: more than 3": 197}


def test_a_refused_question_does_not_take_a_place() -> None:
    two = QUESTION | {"question": "What? Why?"}
    answer, dropped = read(questions=[two] * 5 + [QUESTION])
    assert [one.problem for one in answer.questions] == ["", *["more than one question"] * 2]
    assert dropped == {"question: more than one question": 3}
    answer, dropped = read(questions=[two, two, QUESTION, QUESTION, QUESTION])
    assert [one.problem for one in answer.questions] == ["", "", ""]
    assert dropped == {"question: more than one question": 2}


def test_an_unknown_check_ends_a_movement_but_not_a_question_or_a_concern() -> None:
    unknown = {"check": "speed.9"}
    answer, dropped = read(
        movements=[MOVEMENT | unknown], questions=[QUESTION | unknown], concerns=[CONCERN | unknown]
    )
    assert (answer.movements, answer.questions[0].check, answer.concerns[0].check) == ((), None, None)
    assert dropped == {
        "movement: unknown check": 1,
        "question's check: unknown": 1,
        "concern's check: unknown": 1,
    }


def test_an_unknown_criterion_is_left_out_and_counted() -> None:
    answer, dropped = read(touched=["safety", "beauty", "safety", None])
    assert (answer.touched, dropped) == (("safety",), {"touched: unknown criterion": 2})


def test_what_is_missing_makes_a_support_partial() -> None:
    answer, _ = read(movements=[MOVEMENT | {"missing": "whether it may run twice"}])
    assert answer.movements[0].partial


def test_a_movement_is_left_out_whole_where_what_is_missing_may_not_be_said() -> None:
    answer, dropped = read(movements=[MOVEMENT | {"missing": "what is below level 3"}, MOVEMENT])
    assert [one.missing for one in answer.movements] == [""]
    assert dropped == {"movement: names a level": 1}


def test_nothing_is_missing_from_what_weakens() -> None:
    answer, _ = read(movements=[MOVEMENT | {"direction": "weakens", "partial": True, "missing": "x"}])
    assert (answer.movements[0].partial, answer.movements[0].missing) == (False, "")


def test_two_movements_that_say_the_same_become_the_weaker_of_them() -> None:
    other = MOVEMENT | {"missing": "a test", "quotes": [PLACE | {"quote": "retries = 3"}]}
    answer, _ = read(movements=[MOVEMENT, other])
    (one,) = answer.movements
    assert (one.partial, one.missing, len(one.quotes)) == (True, "a test", 2)


def test_a_level_is_said_nowhere() -> None:
    level = "The loop of this file reaches level 3."
    answer, dropped = read(
        concerns=[CONCERN | {"fact": level}],
        strengths=[STRENGTH | {"text": level}],
        movements=[MOVEMENT | {"missing": "what level 3 asks for"}],
        questions=[QUESTION | {"why": level}],
    )
    assert (answer.strengths, answer.movements) == ((), ())
    assert [one.problem for one in answer.concerns] == ["names a level"]
    assert answer.questions[0].why == ""
    assert sum(dropped.values()) == 3


def test_words_that_could_draw_are_refused_and_brackets_stay_text() -> None:
    bold, plain = "<b>This</b> reads the key of a user.", "The call reads [the key] and x < y of *it*."
    answer, dropped = read(concerns=[CONCERN | {"fact": bold}, CONCERN | {"fact": plain}])
    assert [one.fact for one in answer.concerns] == [plain]
    assert dropped == {"concern: contains markup": 1}


def test_code_that_the_model_was_not_shown_is_refused_in_its_words() -> None:
    shown = ShownText("order = ask(timeout=None, retry=3)")
    said = ["`timeout=30` is passed to the call of `ask`.", "`timeout=None` is passed to the call of `ask`."]
    document = ANSWER | {"concerns": [CONCERN | {"fact": text} for text in said], "questions": []}
    parsed = parse_read(document, CHECKS, CRITERIA, shown=shown)
    problems = {one.fact: one.problem for one in parsed.answer.concerns}
    assert problems == {said[1]: "", said[0]: "contains code that was not shown"}
    assert dict(parsed.dropped) == {}


def test_a_lone_surrogate_and_a_control_character_do_not_come_through() -> None:
    answer, _ = read(concerns=[CONCERN | {"fact": "The \ud800call\x00 \x1bwaits for its answer."}])
    answer.concerns[0].fact.encode("utf-8")
    assert answer.concerns[0].fact == "The ?call waits for its answer."


def test_a_baseline_asks_nothing() -> None:
    answer = parse_read(ANSWER, CHECKS, CRITERIA, BASELINE_CAPS).answer
    assert (answer.questions, answer.strengths, len(answer.movements)) == ((), (), 1)


def test_reducing_chooses_by_number_and_cannot_add() -> None:
    first, _ = read(movements=[MOVEMENT | {"missing": "the test"}])
    second, _ = read(
        movements=[MOVEMENT | {"missing": "the code", "quotes": [PLACE | {"quote": "assert slow"}]}],
        touched=["safety"],
    )
    kinds = [type(one).__name__.removeprefix("Proposed") for one in number_proposals([first, second])]
    assert kinds == [kind for kind in ("Movement", "Concern", "Question", "Strength") for _ in range(2)]
    document = {
        "movements": [{"numbers": [1, 2], "partial": False, "missing": ""}],
        "concerns": [4, 4, 1, 99],
        "questions": [True, "5", 6],
        "strengths": [],
    }
    parsed = parse_reduce(document, [first, second])
    (movement,) = parsed.answer.movements
    assert (movement.partial, [quote.quote for quote in movement.quotes]) == (
        False,
        ["timeout=None,", "assert slow"],
    )
    assert parsed.answer.concerns == second.concerns
    assert parsed.answer.questions == second.questions
    assert parsed.answer.touched == ("speed", "safety")
    assert dict(parsed.dropped) == {"number: no such proposal": 4}


def test_one_reader_who_saw_a_part_is_not_made_whole() -> None:
    first, _ = read(movements=[MOVEMENT | {"missing": "the test"}])
    parsed = parse_reduce({"movements": [{"numbers": [1], "partial": False, "missing": ""}]}, [first])
    assert parsed.answer.movements == first.movements


def test_a_check_may_be_supported_and_weakened_but_not_by_the_same_line() -> None:
    elsewhere = MOVEMENT | {"quotes": [PLACE, PLACE | {"quote": "timeout=20,"}]}
    weakens = MOVEMENT | {"direction": "weakens"}
    answer, dropped = read(movements=[elsewhere, weakens])
    assert [(one.direction, [place.quote for place in one.quotes]) for one in answer.movements] == [
        ("supports", ["timeout=20,"]),
        ("weakens", ["timeout=None,"]),
    ]
    reason = "movement: the same lines support and weaken the check"
    assert dropped == {reason: 1}
    answer, dropped = read(movements=[weakens, MOVEMENT])
    assert [one.direction for one in answer.movements] == ["weakens"]
    assert dropped == {reason: 1}
    other = MOVEMENT | {"check": "speed.2"}
    assert len(read(movements=[weakens, other])[0].movements) == 2


def verdict(n: Any, kind: str, reworded: str = "", covered_by: Any = None) -> dict[str, Any]:
    return {
        "n": n,
        "because": "as line 3 shows",
        "verdict": kind,
        "covered_by": covered_by,
        "reworded": reworded,
    }


def test_each_item_gets_its_verdict_and_the_best_is_one_that_stays() -> None:
    said = [verdict(2, "reword", "How long may a caller wait?"), verdict(1, "keep"), verdict(3, "drop")]
    parsed = parse_challenge({"verdicts": said, "best": 2}, ["concern", "question", "question"])
    assert [one.verdict for one in parsed.answer.verdicts] == ["keep", "reword", "drop"]
    assert parsed.answer.verdicts[1].text == "How long may a caller wait?"
    assert (parsed.answer.best, dict(parsed.dropped)) == (2, {})
    assert (
        parse_challenge({"verdicts": said, "best": 3}, ["concern", "question", "question"]).answer.best
        is None
    )


FIRST, LAST = "How long may a caller wait?", "What does a caller see after that?"


@pytest.mark.parametrize(
    ("said", "kinds", "best", "remaining"),
    [
        # Named by another one: it goes out, the other doesn't, whatever its own verdict is.
        ([verdict(1, "keep", covered_by=2), verdict(2, "keep")], "cc", None, "mk"),
        ([verdict(1, "keep"), verdict(2, "drop", covered_by=1)], "cc", None, "km"),
        ([verdict(1, "reword", FIRST, 2), verdict(2, "reword", LAST)], "qq", None, "mr"),
        # They name each other, as those that exclude each other may: one stays.
        ([verdict(1, "keep", covered_by=2), verdict(2, "keep", covered_by=1)], "cc", None, "km"),
        ([verdict(1, "keep", covered_by=2), verdict(2, "keep", covered_by=1)], "cc", 2, "mk"),
        # Through a third one, and through one that was refuted.
        (
            [verdict(1, "keep"), verdict(2, "keep", covered_by=1), verdict(3, "keep", covered_by=2)],
            "ccc",
            3,
            "kmm",
        ),
        (
            [verdict(1, "drop"), verdict(2, "keep", covered_by=1), verdict(3, "keep", covered_by=1)],
            "ccc",
            3,
            "dmk",
        ),
        # A question never stands for a fact.
        ([verdict(1, "keep", covered_by=2), verdict(2, "keep")], "cq", 2, "km"),
        # What covers it does not go out, so it does.
        ([verdict(1, "drop"), verdict(2, "keep", covered_by=1)], "cc", None, "dk"),
        # Nonsense is ignored.
        ([verdict(1, "keep", covered_by=1), verdict(2, "keep", covered_by=7)], "cc", None, "kk"),
        ([verdict(1, "keep", covered_by="2"), verdict(2, "keep", covered_by=True)], "cc", None, "kk"),
    ],
)
def test_of_items_with_one_cause_one_goes_out(
    said: list[Any], kinds: str, best: int | None, remaining: str
) -> None:
    names: dict[str, ItemKind] = {"c": "concern", "q": "question"}
    answer = parse_challenge({"verdicts": said, "best": best}, [names[kind] for kind in kinds]).answer
    assert "".join(one.verdict[0] for one in answer.verdicts) == remaining
    assert answer.best is None or answer.verdicts[answer.best - 1].stays
    for one in answer.verdicts:
        assert one.verdict != "merge" or answer.verdicts[(one.covered_by or 0) - 1].stays


@pytest.mark.parametrize(
    "said",
    [
        [],
        [verdict(1, "maybe")],
        [verdict("1", "keep")],
        [verdict(True, "keep")],
        [verdict(2, "keep")],
        [verdict(1, "keep"), verdict(1, "drop")],
        [verdict(1, "reword", "Why not cache it?"), verdict(1, "keep")],
        [verdict(1, "reword", "Why not cache it?")],
        [verdict(1, "reword", "")],
        [None, {"n": 1}],
    ],
)
def test_what_nobody_clearly_confirmed_is_dropped(said: list[Any]) -> None:
    parsed = parse_challenge({"verdicts": said, "best": 1}, ["question"])
    assert [one.verdict for one in parsed.answer.verdicts] == ["drop"]
    assert parsed.answer.best is None
    assert parsed.dropped


KEYS = sorted(
    {
        *ANSWER,
        *QUESTION,
        *CONCERN,
        *MOVEMENT,
        *STRENGTH,
        "verdicts",
        "n",
        "best",
        "numbers",
        "verdict",
        "covered_by",
    }
)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 9),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from([*CHECKS, *CRITERIA, "supports", "weakens", "keep", "reword", *PLACE.values()]),
    st.sampled_from([QUESTION, CONCERN, MOVEMENT, STRENGTH, QUESTION["question"]]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=6), st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=30,
)


def said_in(document: Any) -> str:
    """Every text of a document, blanks made one, as the parser makes them."""
    match document:
        case str():
            return " ".join(document.encode("utf-8", "replace").decode().split()) + "\n"
        case dict():
            return "".join(map(said_in, document.values()))
        case list():
            return "".join(map(said_in, document))
        case _:
            return ""


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_document_gives_something_sound_and_nothing_made_up(document: Any) -> None:
    answer = parse_read(document, CHECKS, CRITERIA).answer
    assert set(answer.touched) <= CRITERIA
    assert {one.check for one in answer.movements} <= CHECKS
    assert all(one.quotes for one in answer.movements)
    for key in ("movements", "concerns", "questions", "strengths"):
        assert len(getattr(answer, key)) <= getattr(READ_CAPS, key)
    said = said_in(document)
    texts = [
        *(one.fact for one in answer.concerns),
        *(one.question for one in answer.questions),
        *(one.text for one in answer.strengths),
    ]
    assert all(text in said for text in texts)
    quotes = [quote for one in answer.movements for quote in one.quotes]
    assert all(" ".join(one.quote.split()) in said for one in [*quotes, *answer.concerns, *answer.questions])


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_any_document_gives_a_verdict_for_each_item_and_a_choice_among_proposals(document: Any) -> None:
    challenged = parse_challenge(document, ["concern", "question", "question"]).answer
    assert len(challenged.verdicts) == 3
    assert challenged.best is None or challenged.verdicts[challenged.best - 1].stays
    proposals, _ = read()
    reduced = parse_reduce(document, [proposals, proposals]).answer
    assert set(reduced.questions) <= set(proposals.questions)
    assert set(reduced.movements) <= set(proposals.movements)
