import pytest

from bot.domain.evals.cases import Place, find_problems
from tests.evaluating import CRITERIA, case

ONE = {"path": "a.py", "line": "one"}
MOVES = {"check": "risk.4", "direction": "supports", "places": [ONE]}
FORBIDS = {"check": "risk.4", "direction": "supports", "because": "it tempts"}
ASKS = {"decision": "a decision", "checks": ["risk.2"], "places": [ONE]}
STATES = {"what": "a fact", "checks": ["risk.2"], "places": [ONE]}


def test_a_place_is_every_line_that_its_expression_is_found_in() -> None:
    told = case({}, "one\ntwo one\nthree\fone\u2028\nfour\n")
    assert told.lines(Place(path="a.py", line="one")) == {1, 2, 3}
    assert told.lines(Place(path="a.py", line="^one$")) == {1}
    assert told.lines(Place(path="a.py", line="zero", side="base")) == {1}
    assert told.lines(Place(path="b.py", line="one")) == frozenset()


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"questions": [ASKS], "no_questions": True}, "contradict"),
        ({"facts": [STATES], "no_facts": True}, "contradict"),
        ({"movements": [MOVES], "forbidden": [FORBIDS]}, "both expected and forbidden"),
        ({"movements": [{**MOVES, "places": []}]}, "places"),
        ({"movements": [{**MOVES, "places": [{"path": "a.py", "line": "("}]}]}, "not a regular expression"),
        ({"movements": [{**MOVES, "direction": "helps"}]}, "supports"),
        ({"injection": {}}, "canaries"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_case_that_cannot_be_meant_is_refused(expected: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        case(expected)


def test_a_case_is_marked_as_a_sample() -> None:
    with pytest.raises(ValueError, match="story"):
        case({}, story="A real system.")


def test_what_a_case_names_must_be_there() -> None:
    lost = {"check": "risk.99", "direction": "supports", "places": [{"path": "b.py", "line": "one"}]}
    told = case({"movements": [lost]}, planted=[{"token": "@@KEY@@", "pieces": ["ab", "cd"]}])
    assert find_problems(told, CRITERIA) == [
        "no line of head/b.py matches 'one'",
        "the rubric has no check risk.99",
        "no file in head/ contains the token @@KEY@@",
    ]
    assert find_problems(case({"movements": [MOVES], "questions": [ASKS]}), CRITERIA) == []


def test_a_case_in_which_nothing_changes_is_none() -> None:
    assert find_problems(case({}, "zero\n"), CRITERIA) == ["base/ and head/ are the same"]
