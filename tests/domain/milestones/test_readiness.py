"""A capstone's readiness follows from what senseis ruled, and from nothing else that others may see."""

from datetime import UTC, datetime

import pytest

from bot.domain.ledger.ledger import Ledger
from bot.domain.milestones.readiness import (
    assess_readiness,
    find_gates_in_doubt,
    list_open_questions,
)
from bot.domain.triage.criterion_evidence import CriterionEvidence, gather_evidence
from bot.domain.triage.records import CriterionRuling, Milestone, RulerRole, Verdict
from tests.domain.ledgers import EMPTY, RUBRIC, movement

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def ruling(criterion: str, level: int | None) -> CriterionRuling:
    verdict = Verdict.CANNOT_JUDGE if level is None else Verdict.OTHER
    return CriterionRuling(
        1,
        1,
        criterion,
        verdict,
        level,
        4,
        "",
        "",
        "",
        Milestone.DESIGN,
        "s",
        RulerRole.SENSEI,
        None,
        False,
        NOON,
    )


def evidence(*met: str) -> dict[str, CriterionEvidence]:
    ledger = Ledger.for_rubric(RUBRIC).apply([movement(check) for check in met], covered=EMPTY.checks)
    return gather_evidence(ledger, RUBRIC)


@pytest.mark.parametrize(
    ("levels", "below"),
    [
        ({"safety": 1, "speed": 0}, ["safety"]),  # only a gate can keep a capstone from being ready
        ({"safety": 2}, []),
        ({"safety": None}, []),
        ({}, []),
    ],
)
def test_only_a_gate_ruled_below_the_gate_keeps_a_capstone_from_being_ready(
    levels: dict[str, int | None], below: list[str]
) -> None:
    rulings = {criterion: ruling(criterion, level) for criterion, level in levels.items()}
    found = assess_readiness(1, RUBRIC, rulings, ())
    assert [standing.criterion for standing in found.below_gate] == below
    assert {standing.criterion for standing in found.ruled} == set(levels)
    assert {standing.criterion for standing in found.missing} == {"speed", "safety"} - set(levels)


def test_a_criterion_that_does_not_apply_needs_no_ruling() -> None:
    found = assess_readiness(1, RUBRIC, {"safety": ruling("safety", 2)}, ("speed",))
    assert [standing.criterion for standing in found.asked] == ["safety"]
    assert found.missing == ()


def test_a_gate_is_in_doubt_while_its_draft_is_low_and_nobody_has_ruled() -> None:
    unruled = assess_readiness(1, RUBRIC, {}, ())
    assert [it.criterion for it in find_gates_in_doubt(unruled, evidence("speed.1", "safety.1"))] == [
        "safety"
    ]
    assert find_gates_in_doubt(unruled, evidence("safety.1", "safety.2")) == ()
    ruled = assess_readiness(1, RUBRIC, {"safety": ruling("safety", 0)}, ())
    assert find_gates_in_doubt(ruled, evidence("safety.1")) == ()


def test_what_is_still_open_names_each_criterion_before_it_names_one_twice() -> None:
    unruled = assess_readiness(1, RUBRIC, {}, ())
    asks = list_open_questions(unruled, evidence("safety.1"), 3)
    assert asks == ["Is safety.2 argued?", "Is speed.1 argued?", "Is speed.2 argued?"]
    assert list_open_questions(unruled, evidence(), 0) == []


def test_rulings_do_not_change_what_is_shown_as_open() -> None:
    """Else a participant could tell levels from the list."""
    shown = evidence("safety.1", "speed.1")
    before = list_open_questions(assess_readiness(1, RUBRIC, {}, ()), shown, 9)
    rulings = {name: ruling(name, level) for name, level in (("safety", 0), ("speed", 4))}
    assert list_open_questions(assess_readiness(1, RUBRIC, rulings, ()), shown, 9) == before
