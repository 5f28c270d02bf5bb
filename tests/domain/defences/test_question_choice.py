"""Which places a defence asks about: gates first, nothing twice, and only lines that are in the code."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.defences.question_choice import (
    QUESTIONS,
    DefencePlace,
    choose_places,
    find_lines,
    list_asks,
    list_places,
    list_probes,
)
from bot.domain.ledger.evidence import Entry, Statement
from bot.domain.ledger.ledger import Ledger
from bot.domain.rubrics.rubric import Rubric
from bot.domain.triage.criterion_evidence import gather_evidence
from tests.domain.ledgers import RUBRIC, movement
from tests.domain.rubric_builders import check, criterion, rubric

WIDE: Rubric = rubric(
    criterion("cost", weight=0.3, checks=[check("cost.1"), check("cost.2", 2)]),
    criterion("speed", weight=0.3, checks=[check("speed.1"), check("speed.2", 2)]),
    criterion("safety", weight=0.4, gate=True, checks=[check("safety.1"), check("safety.2", 2)]),
)


def places(
    *moved: Any, unaided: dict[str, int] | None = None, asked: set[str] | None = None, of: Rubric = WIDE
) -> list[DefencePlace]:
    ledger = Ledger.for_rubric(of).apply(moved)
    return list(list_places(gather_evidence(ledger, of), unaided or {}, asked or set()))


def checks(found: Any) -> list[str]:
    return [place.check.id for place in found]


def test_gates_come_first_then_much_evidence_then_the_least_unaided() -> None:
    found = places(
        movement("cost.1", quotes=("a()",)),
        movement("speed.1", quotes=("b()", "c()", "d()"), line_start=9, line_end=9),
        movement("safety.1", quotes=("e()",)),
    )
    assert checks(found)[:3] == ["safety.1", "speed.1", "cost.1"]
    both = (movement("cost.1", quotes=("a()",)), movement("speed.1", quotes=("b()",)))
    assert checks(places(*both, unaided={"cost": 2}))[0] == "speed.1"
    assert checks(places(*both, unaided={"speed": 2}))[0] == "cost.1"


def test_what_was_asked_before_is_not_asked_again() -> None:
    [place] = places(movement("cost.1", quotes=("a()",)))
    assert places(movement("cost.1", quotes=("a()",)), asked={place.fingerprint}) == []


def test_removed_code_secrets_and_words_are_no_places() -> None:
    assert places(movement("cost.1", side="base")) == []
    assert places(movement("cost.1", redacted=True)) == []
    assert places(movement("cost.1", source="text", path="title")) == []
    ledger = Ledger.for_rubric(WIDE).enter(
        [
            Entry(
                check="cost.1",
                direction="supports",
                partial=False,
                missing="",
                reader="model",
                citation=Statement(source="thread", reference="1", quote="We chose it."),
            )
        ]
    )
    assert list_places(gather_evidence(ledger, WIDE), {}, set()) == []


def test_never_two_of_one_check_or_of_the_same_lines() -> None:
    found = places(
        movement("cost.1", quotes=("a()", "b()")),
        movement("cost.2", quotes=("a()",)),
        movement("speed.1", quotes=("c()",), path="other.py"),
    )
    assert checks(choose_places(found)) == ["cost.1", "speed.1"] or checks(choose_places(found)) == [
        "speed.1",
        "cost.1",
    ]


def test_without_a_model_the_rubric_has_the_words() -> None:
    [place] = places(movement("safety.1", quotes=("e()",)))
    assert list_probes(place) == ("What lost when safety.2 won?",)
    assert list_asks(place) == ("Is safety.1 argued?", "Is safety.2 argued?")


def test_of_several_places_the_nearest_counts() -> None:
    text = "x()\n\nx()\n\n\nx()\n"
    assert [find_lines(text, "x()", near) for near in (1, 4, 9)] == [(1, 1), (3, 3), (6, 6)]
    assert find_lines(text, "y()", 1) is None
    assert find_lines(text, "", 1) is None


@given(st.text(alphabet="ab\n ", max_size=60), st.integers(0, 59), st.integers(1, 20), st.integers(1, 99))
def test_found_lines_hold_the_quote_byte_for_byte(text: str, start: int, length: int, near: int) -> None:
    quote = text[start : start + length]
    lines = find_lines(text, quote, near)
    if not quote:
        assert lines is None
        return
    assert lines is not None
    first, last = lines
    assert quote in "\n".join(text.split("\n")[first - 1 : last])


QUOTES = st.lists(st.sampled_from(["a()", "b()", "c()", "d()"]), min_size=1, max_size=4, unique=True)
MOVED = st.lists(
    st.builds(
        lambda check_, quotes, line: movement(
            check_, quotes=tuple(quotes), line_start=line, line_end=line + 1
        ),
        st.sampled_from([one.id for each in RUBRIC.criteria for one in each.checks]),
        QUOTES,
        st.integers(1, 9),
    ),
    max_size=6,
)


@given(MOVED, st.dictionaries(st.sampled_from(["speed", "safety"]), st.integers(0, 5)))
def test_any_choice_is_small_distinct_and_begins_with_a_gate_that_has_code(
    moved: Any, unaided: dict[str, int]
) -> None:
    found = places(*moved, unaided=unaided, of=RUBRIC)
    chosen = choose_places(found)
    assert len(chosen) <= QUESTIONS
    assert len({place.check.id for place in chosen}) == len(chosen)
    if any(place.criterion.gate for place in found):
        assert chosen[0].criterion.gate
