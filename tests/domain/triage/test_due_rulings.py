"""Which rulings are due: few in a week, all at a milestone, and none that was made."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger.evidence import CheckState
from bot.domain.ledger.levels import DraftLevel
from bot.domain.rubrics.rubric import Criterion
from bot.domain.triage.criterion_evidence import CheckEvidence, CriterionEvidence
from bot.domain.triage.due_rulings import MOST_A_WEEK, DueReason, RulingCalendar, pick_due_rulings
from bot.domain.triage.records import CriterionRuling, Milestone
from tests.domain.ledgers import EMPTY, movement
from tests.domain.rubric_builders import criterion
from tests.domain.triage.ruled import MONDAY, ruling

NAMES = ("outcome", "security", "speed", "cost", "validation", "risk", "scale", "style")
GATES = ("security", "validation")
ENTRIES = EMPTY.apply([movement()]).entries
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WEEK = RulingCalendar(MONDAY)
DESIGN = RulingCalendar(MONDAY, Milestone.DESIGN, MONDAY - 3 * DAY)


def shown(name: str, version: int = 1, state: CheckState = CheckState.MET) -> CriterionEvidence:
    """A criterion with evidence; version 0 has none."""
    made = Criterion.model_validate(criterion(name, gate=name in GATES))
    check = CheckEvidence(made.checks[0], state, ENTRIES if version else (), ())
    return CriterionEvidence(made, (check,), DraftLevel(name, 1), f"{version} of {name}")


EVIDENCE = {name: shown(name) for name in NAMES}


def due(
    evidence: Mapping[str, CriterionEvidence],
    rulings: Mapping[str, CriterionRuling],
    calendar: RulingCalendar = WEEK,
    appealed: tuple[str, ...] = (),
) -> list[str]:
    return [one.criterion for one in pick_due_rulings(1, evidence, rulings, calendar, appealed)]


def test_gates_come_first_then_what_was_never_ruled_on_then_the_oldest_ruling() -> None:
    rulings = {
        "outcome": ruling("outcome", "old", MONDAY - 20 * DAY),
        "speed": ruling("speed", "old", MONDAY - 30 * DAY),
        "validation": ruling("validation", "old", MONDAY - 9 * DAY),
    }
    few = {name: EVIDENCE[name] for name in ("outcome", "speed", "cost", "validation")}
    assert due(few, rulings) == ["validation", "cost", "speed"]
    first, *_ = pick_due_rulings(1, few, rulings, WEEK)
    assert (first.gate, first.reason, first.ruled_at) == (True, DueReason.MOVED, MONDAY - 9 * DAY)


def test_what_moves_again_after_this_weeks_ruling_waits_for_the_next_week() -> None:
    rulings = {"security": ruling("security", "old", MONDAY + HOUR)}
    assert due({"security": EVIDENCE["security"]}, rulings) == []
    assert due({"security": EVIDENCE["security"]}, rulings, RulingCalendar(MONDAY + 7 * DAY)) == ["security"]


def test_without_evidence_nothing_is_due_but_at_a_milestone_everything_is() -> None:
    nothing = {name: shown(name, version=0) for name in NAMES}
    assert due(nothing, {}) == []
    assert sorted(due(nothing, {}, DESIGN)) == sorted(NAMES)


def test_a_criterion_none_of_whose_checks_apply_is_never_due() -> None:
    exempted = {"risk": shown("risk", state=CheckState.NOT_APPLICABLE)}
    assert due(exempted, {}) == due(exempted, {}, DESIGN) == []


def test_what_a_second_sensei_decides_is_not_due_for_the_first() -> None:
    assert "security" not in due(EVIDENCE, {}, WEEK, ("security",)) + due(EVIDENCE, {}, DESIGN, ("security",))


def test_a_ruling_for_another_milestone_or_from_before_it_opened_does_not_count_for_this_one() -> None:
    for_it = ruling("speed", "x", MONDAY, milestone=Milestone.DESIGN)
    for other in (None, Milestone.FINAL):
        assert due({"speed": EVIDENCE["speed"]}, {"speed": replace(for_it, milestone=other)}, DESIGN)
    earlier = replace(for_it, at=MONDAY - 40 * DAY)
    assert due({"speed": EVIDENCE["speed"]}, {"speed": earlier}, DESIGN)
    assert not due({"speed": EVIDENCE["speed"]}, {"speed": for_it}, DESIGN)


EVENTS = st.lists(
    st.tuples(st.integers(0, 30 * 24), st.sampled_from(("moves", "rules")), st.sampled_from(NAMES)),
    max_size=60,
)


@given(EVENTS)
def test_a_sensei_who_rules_on_all_that_is_due_rules_at_most_three_times_a_week(
    events: list[tuple[int, str, str]],
) -> None:
    versions = dict.fromkeys(NAMES, 0)
    rulings: dict[str, CriterionRuling] = {}
    made: list[int] = []
    for hour, event, name in sorted(events):
        week = RulingCalendar(MONDAY + hour // 168 * 7 * DAY)
        evidence = {name: shown(name, version) for name, version in versions.items()}
        asked = due(evidence, rulings, week)
        assert len(asked) <= MOST_A_WEEK
        if event == "moves":
            versions[name] += 1
        elif asked:
            rulings[asked[0]] = ruling(asked[0], evidence[asked[0]].digest, MONDAY + hour * HOUR)
            made.append(hour // 168)
    assert all(made.count(week) <= MOST_A_WEEK for week in made)
    # Within three weeks of three rulings, nothing is left.
    for later in (6, 7, 8):
        week = RulingCalendar(MONDAY + later * 7 * DAY)
        evidence = {name: shown(name, version) for name, version in versions.items()}
        for asked_now in due(evidence, rulings, week):
            rulings[asked_now] = ruling(asked_now, evidence[asked_now].digest, week.week_began)
    assert due(evidence, rulings, RulingCalendar(MONDAY + 70 * DAY)) == []


@given(st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)))
def test_at_a_milestone_all_that_has_no_ruling_for_it_is_due_whatever_was_ruled_this_week(
    ruled: set[str], before: set[str]
) -> None:
    rulings = {name: ruling(name, "x", MONDAY + HOUR) for name in before}
    rulings |= {name: ruling(name, "x", MONDAY + HOUR, milestone=Milestone.DESIGN) for name in ruled}
    assert set(due(EVIDENCE, rulings, DESIGN)) == set(NAMES) - ruled
