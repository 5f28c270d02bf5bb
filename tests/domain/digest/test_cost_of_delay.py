"""The page about digests states the points and rules that the code has."""

import re

import pytest

from bot.domain.digest import cost_of_delay as cost
from bot.domain.digest.row_kinds.at_risk import RULES, RiskRule
from bot.domain.digest.rows import RowKind
from tests import sensei

PAGE = " ".join((sensei.ROOT / "docs" / "triage.md").read_text("utf-8").split())


def points(beginning: str) -> int:
    """The points that the page gives to what begins like this."""
    found = re.search(rf"\| {re.escape(beginning)}[^|]* \| (?:\+ )?(\d+) \|", PAGE)
    assert found, beginning
    return int(found[1])


def test_the_page_has_the_points_of_every_kind() -> None:
    said = {
        RowKind.DISPUTE: "a dispute to decide",
        RowKind.APPEAL: "an appeal to decide",
        RowKind.HANDOVER: "a question passed on to the sensei",
        RowKind.ENQUIRY: "a participant's own question",
        RowKind.QUESTION: "a question that waits",
        RowKind.RULINGS: "rulings that are due",
        RowKind.AT_RISK: "a participant to keep an eye on",
        RowKind.DRIFT: "a decision that may no longer hold",
        RowKind.CHECK_IN: "a participant who skipped the last two check-ins",
        RowKind.GROWTH: "growth",
    }
    assert {kind: points(words) for kind, words in said.items()} == cost.KIND_POINTS


def test_the_page_has_what_is_added() -> None:
    assert points("it is about a gate criterion") == cost.GATE_POINTS
    assert points("it is about a level") == cost.MILESTONE_POINTS
    assert points("each working day of waiting") == cost.DAY_POINTS
    assert f"for at most {cost.MOST_DAYS} days" in PAGE
    assert f"at most {cost.NEAR_DAYS} working days away" in PAGE


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_has_every_rule(rule: RiskRule) -> None:
    assert rule.sentence in PAGE


def test_a_blocked_participant_costs_more_than_anything_that_waits_without_them() -> None:
    blocked = [RowKind.DISPUTE, RowKind.APPEAL, RowKind.HANDOVER, RowKind.ENQUIRY]
    least = min(cost.add_up_cost(kind, 0) for kind in blocked)
    others = [RowKind.RULINGS, RowKind.AT_RISK, RowKind.DRIFT, RowKind.CHECK_IN, RowKind.GROWTH]
    assert least > max(cost.add_up_cost(kind, 99, gate=True, milestone=True) for kind in others)
