"""Who may need help, and which rule says so."""

from typing import Any

import pytest

from bot.domain.digest.calendar import SenseiCalendar
from bot.domain.digest.row_kinds.at_risk import RULES, find_flags, make_risk_row
from bot.domain.digest.rows import RowTarget
from tests.domain.digest.weeks import CALENDAR, NEAR, ago, matter, matters


def flags(calendar: SenseiCalendar = CALENDAR, **changes: Any) -> list[str]:
    """What is flagged about a participant."""
    return [flag.what for flag in find_flags(matters(1, "Ada", **changes), calendar)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"is_paused": True}, ["paused"]),
        ({"has_access": False}, ["I can't read the capstone"]),
        ({"open_questions": (matter(9),)}, []),
        ({"open_questions": (matter(12), matter(1))}, ["a question open for 8 working days"]),
        ({"read_on": ago(13)}, []),
        ({"read_on": ago(14)}, ["nothing to read for 10 working days"]),
        ({"gates_unruled": ("Security",)}, []),
    ],
)
def test_a_rule_applies_from_its_day_on(changes: dict[str, Any], expected: list[str]) -> None:
    assert flags(**changes) == expected


def test_a_gate_without_a_ruling_counts_only_while_a_milestone_is_near() -> None:
    row = make_risk_row(matters(1, "Ada", gates_unruled=("Security", "Validation")), NEAR)
    assert row
    assert row.what == "2 gate criteria without a ruling at level 2 or higher"
    assert row.why == ("Still missing for the midway milestone: Security and Validation.",)
    assert row.target == RowTarget(1)


def test_a_paused_participant_is_not_flagged_for_being_silent() -> None:
    silent: dict[str, Any] = {"read_on": ago(30), "open_questions": (matter(30),)}
    assert flags(is_paused=True, **silent) == ["paused"]
    assert flags(has_access=False, read_on=ago(30)) == ["I can't read the capstone"]


def test_several_flags_are_one_row_that_names_them_all() -> None:
    row = make_risk_row(matters(1, "Ada", read_on=ago(30), open_questions=(matter(30),)), CALENDAR)
    assert row
    assert row.what == "a question open for 21 working days"
    assert row.why[-1] == "Also: nothing to read for 21 working days."
    assert row.count == 1


def test_each_rule_states_itself_in_a_sentence() -> None:
    assert len({rule.sentence for rule in RULES}) == len(RULES) == 5
    assert all(rule.sentence.endswith(".") for rule in RULES)
