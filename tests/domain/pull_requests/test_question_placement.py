from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pull_requests.question_placement import (
    MOST_IN_A_ROUND,
    MOST_OPEN,
    AskingContext,
    CommentablePlace,
    choose_questions,
    find_place,
    fingerprint,
    make_room,
)
from bot.domain.pull_requests.records import AskedQuestion, QuestionState
from bot.domain.review.report import Movement, Question, Report
from tests.domain.changes import readable
from tests.rendering.reports import citation, report

CHECKS = ["safety.1", "speed.1", "speed.2", "cost.1", "cost.2", None]
GATES = {"safety.1", "cost.1"}
FREELY = AskingContext(speaks_freely=True, gates=GATES, open=0)
LATER = replace(FREELY, speaks_freely=False)


def question(check: str | None, quote: str = "x = 1") -> Question:
    return Question(check=check, text="Why?", source="signal", citation=citation(quote))


def moved(check: str, direction: str) -> Movement:
    document = {
        "check": check,
        "direction": direction,
        "partial": False,
        "missing": "",
        "source": "signal",
        "citations": (citation(),),
    }
    return Movement.model_validate(document)


def before(check: str | None, quote: str, state: QuestionState) -> AskedQuestion:
    return AskedQuestion(
        id=1,
        round="review:7#1:1",
        check=check,
        text="Why?",
        fingerprint=fingerprint(check, quote),
        path="a.py",
        side="head",
        line_start=1,
        line_end=1,
        quote=quote,
        inline=True,
        state=state,
        comment=None,
    )


checks = st.sampled_from(CHECKS)
quotes = st.sampled_from(["x = 1", "x  =  1", "y = 2", "z = 3", "ask()", "while True:\n    ask()"])
asked_before = st.lists(st.builds(before, checks, quotes, st.sampled_from(list(QuestionState))), max_size=8)
movements = st.lists(
    st.builds(moved, st.sampled_from(CHECKS[:-1]), st.sampled_from(["supports", "weakens"])), max_size=6
)
reports = st.builds(
    lambda questions, moves, complete: report(
        questions=tuple(questions), movements=tuple(moves), complete=complete
    ),
    st.lists(st.builds(question, checks, quotes), max_size=10),
    movements,
    st.booleans(),
)
occasions = st.builds(
    AskingContext, speaks_freely=st.booleans(), gates=st.just(GATES), open=st.integers(0, MOST_OPEN + 3)
)


def mark(one: Question) -> str:
    return fingerprint(one.check, one.citation.quote)


@given(reports, asked_before, occasions)
def test_never_more_than_a_round_may_ask_nor_than_a_person_may_have_open(
    read: Report, earlier: list[AskedQuestion], occasion: AskingContext
) -> None:
    asked = choose_questions(read, earlier, occasion)
    assert len(asked) <= MOST_IN_A_ROUND
    assert not asked or len(asked) + occasion.open <= MOST_OPEN


@given(reports, asked_before, occasions)
def test_nothing_is_asked_because_of_an_incomplete_reading(
    read: Report, earlier: list[AskedQuestion], occasion: AskingContext
) -> None:
    assert choose_questions(read.model_copy(update={"complete": False}), earlier, occasion) == []


@given(reports, asked_before, occasions)
def test_no_question_is_asked_twice(
    read: Report, earlier: list[AskedQuestion], occasion: AskingContext
) -> None:
    marks = [mark(one) for one in choose_questions(read, earlier, occasion)]
    assert len(set(marks)) == len(marks)
    assert not {one.fingerprint for one in earlier} & set(marks)


@given(reports, asked_before, occasions)
def test_of_one_check_one_question_is_open(
    read: Report, earlier: list[AskedQuestion], occasion: AskingContext
) -> None:
    is_open = {QuestionState.PROPOSED, QuestionState.KEPT, QuestionState.ASKED}
    waiting = [one.check for one in earlier if one.state in is_open and one.check]
    named = [one.check for one in choose_questions(read, earlier, occasion) if one.check]
    assert len(set(named)) == len(named)
    assert not set(waiting) & set(named)


@given(reports, asked_before, st.integers(0, MOST_OPEN))
def test_a_later_push_is_asked_about_only_where_it_weakens_a_gate(
    read: Report, earlier: list[AskedQuestion], is_open: int
) -> None:
    weakened = {move.check for move in read.movements if move.direction == "weakens"} & GATES
    asked = choose_questions(read, earlier, replace(LATER, open=is_open))
    assert {one.check for one in asked} <= weakened


@given(reports, asked_before, occasions)
def test_the_order_of_the_reading_is_kept(
    read: Report, earlier: list[AskedQuestion], occasion: AskingContext
) -> None:
    asked = choose_questions(read, earlier, occasion)
    left = iter(read.questions)
    assert all(any(one is each for each in left) for one in asked)


def test_the_first_three_are_asked_where_nothing_stands_against_them() -> None:
    read = report(questions=tuple(map(question, CHECKS)))
    assert [one.check for one in choose_questions(read, [], FREELY)] == CHECKS[:3]
    assert [one.check for one in choose_questions(read, [], replace(FREELY, open=MOST_OPEN - 1))] == CHECKS[
        :1
    ]
    assert choose_questions(read, [], replace(FREELY, open=MOST_OPEN)) == []


def test_a_weakened_gate_is_asked_about_on_a_later_push() -> None:
    moves = (moved("safety.1", "weakens"), moved("cost.1", "supports"), moved("speed.1", "weakens"))
    read = report(questions=tuple(map(question, CHECKS)), movements=moves)
    assert [one.check for one in choose_questions(read, [], LATER)] == ["safety.1"]


@pytest.mark.parametrize("state", list(QuestionState))
def test_what_was_asked_once_is_not_asked_again_whatever_became_of_it(state: QuestionState) -> None:
    read = report(questions=(question("speed.1", "x   =\n1"),))
    assert choose_questions(read, [before("speed.1", "x = 1", state)], FREELY) == []


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        (QuestionState.PROPOSED, 0),
        (QuestionState.KEPT, 0),
        (QuestionState.ASKED, 0),
        (QuestionState.ANSWERED, 1),
        (QuestionState.RESOLVED, 1),
        (QuestionState.DEFERRED, 1),
        (QuestionState.WITHDRAWN, 1),
    ],
)
def test_changed_lines_are_asked_about_again_once_the_first_question_is_settled(
    state: QuestionState, asked: int
) -> None:
    read = report(questions=(question("speed.1", "x = 2"),))
    assert len(choose_questions(read, [before("speed.1", "x = 1", state)], FREELY)) == asked


def test_questions_that_serve_no_check_do_not_stand_in_each_others_way() -> None:
    read = report(questions=(question(None, "x = 1"), question(None, "y = 2"), question(None, "x = 1")))
    assert [one.citation.quote for one in choose_questions(read, [], FREELY)] == ["x = 1", "y = 2"]
    earlier = [before(None, "x = 1", QuestionState.ASKED)]
    assert [one.citation.quote for one in choose_questions(read, earlier, FREELY)] == ["y = 2"]


@given(quotes, quotes, checks, checks)
def test_a_fingerprint_is_of_the_check_and_of_the_code_without_its_white_space(
    one: str, other: str, check: str | None, another: str | None
) -> None:
    same = check == another and "".join(one.split()) == "".join(other.split())
    assert (fingerprint(check, one) == fingerprint(another, other)) == same


lines = st.lists(st.sampled_from(["a", "b", "c", "d", "", "e = 1"]), max_size=40).map("\n".join)


@given(lines, lines, st.sampled_from(["head", "base"]), st.integers(1, 45), st.integers(0, 4))
def test_a_place_lies_inside_one_hunk_and_inside_its_quote(
    old: str, new: str, side: str, start: int, more: int
) -> None:
    file = readable("a.py", old, new).file
    found = find_place([file], citation(path="a.py", side=side, line_start=start, line_end=start + more))
    numbers = [
        {number for line in hunk.lines if (number := line.new if side == "head" else line.old)}
        for hunk in file.hunks
    ]
    quoted = set(range(start, start + more + 1))
    if found is None:
        assert not any(hunk & quoted for hunk in numbers)
        return
    assert start <= found.start <= found.end <= start + more
    assert any({found.start, found.end} <= hunk for hunk in numbers)


FILE = readable("new.py", "one\ntwo\n", "one\nthree\n", old_path="old.py").file


def test_a_renamed_file_is_known_in_the_diff_by_its_new_name_on_either_side() -> None:
    assert find_place([FILE], citation(path="new.py", line=2)) == CommentablePlace("new.py", "head", 2, 2)
    assert find_place([FILE], citation(path="old.py", line=2, side="base")) == CommentablePlace(
        "new.py", "base", 2, 2
    )
    assert find_place([FILE], citation(path="old.py", line=2)) is None
    assert find_place([FILE], citation(path="new.py", line=2, side="base")) is None


def test_what_is_quoted_from_a_text_or_from_another_file_has_no_place() -> None:
    assert find_place([FILE], citation(path="new.py", line=2, source="text")) is None
    assert find_place([FILE], citation(path="other.py", line=2)) is None
    assert find_place([], citation()) is None


def test_a_long_quote_stands_on_those_of_its_lines_that_the_diff_shows() -> None:
    old = "\n".join(map(str, range(1, 41)))
    file = readable("a.py", old, old.replace("20", "twenty")).file
    assert find_place([file], citation(path="a.py", line_start=10, line_end=18)) == CommentablePlace(
        "a.py", "head", 17, 18
    )
    assert find_place([file], citation(path="a.py", line_start=22, line_end=40)) == CommentablePlace(
        "a.py", "head", 22, 23
    )


CRITICAL = replace(FREELY, critical={"safety.1"})


def at(line: int, check: str | None) -> Question:
    there = citation(f"line {line}").model_copy(update={"line_start": line, "line_end": line})
    return Question(check=check, text="Why?", source="signal", citation=there)


DRIFT = at(99, None).citation


def test_a_question_about_a_decision_takes_the_place_of_the_last_one_that_is_not_critical() -> None:
    chosen = [at(1, "safety.1"), at(2, "speed.1"), at(3, "cost.2")]
    assert make_room(chosen, DRIFT, None, CRITICAL) == chosen[:2]
    assert make_room(chosen[:2], DRIFT, None, CRITICAL) == chosen[:2]
    assert make_room([chosen[1], chosen[2], chosen[0]], DRIFT, None, CRITICAL) == [chosen[1], chosen[0]]


def test_it_waits_where_only_critical_questions_are_asked_or_too_many_are_open() -> None:
    critical = [at(line, "safety.1") for line in range(MOST_IN_A_ROUND)]
    assert make_room(critical, DRIFT, None, CRITICAL) is None
    assert make_room([], DRIFT, None, replace(CRITICAL, open=MOST_OPEN)) is None
    assert make_room([], DRIFT, None, replace(CRITICAL, open=MOST_OPEN - 1)) == []


def test_it_replaces_what_is_asked_on_its_lines_or_about_its_check() -> None:
    same_line, same_check = at(99, "speed.2"), at(5, "speed.1")
    assert make_room([same_line, same_check, at(6, None)], DRIFT, "speed.1", CRITICAL) == [at(6, None)]
