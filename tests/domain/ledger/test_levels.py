import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ledger.evidence import CheckState, Exemption
from bot.domain.ledger.ledger import Ledger
from bot.domain.ledger.levels import DraftLevels, WithheldLevel, draft_levels
from bot.domain.rubrics.rubric import Criterion, Rubric
from tests.domain import rubric_builders as rubrics
from tests.domain.ledgers import EMPTY, MOVEMENTS, RUBRIC, movement, nothing_but

MET, PARTLY, CONTESTED, OPEN, NONE, UNREAD = CheckState


def ledger(rubric: Rubric, states: dict[str, CheckState]) -> Ledger:
    """A ledger in which each check has come into a state as it would in life."""
    made = Ledger.for_rubric(rubric)
    for check, state in states.items():
        if state is NONE:
            made = made.exempt(Exemption(check=check, by="sensei", reason="It does not apply."))
        elif state is not UNREAD:
            moved = [movement(check, missing="a bound" if state is PARTLY else "")] * (state is not OPEN)
            moved += [movement(check, "weakens", quotes=("against()",))] * (state is CONTESTED)
            made = made.apply(moved, covered=[check])
    assert made.states() == states
    return made


def drafts(**states: CheckState) -> DraftLevels:
    """Drafts of the small rubric, where a check is met unless it is named (``speed_1``)."""
    named = {check.replace("_", "."): state for check, state in states.items()}
    return draft_levels(ledger(RUBRIC, dict.fromkeys(EMPTY.checks, MET) | named), RUBRIC)


def by_brute_force(criterion: Criterion, states: dict[str, CheckState]) -> int | None:
    """The rubric's words, taken literally: try every level from the highest down."""
    applicable = [(check.level, states[check.id]) for check in criterion.checks]
    applicable = [(level, state) for level, state in applicable if state is not NONE]
    if not applicable:
        return None
    reached = 0
    for level in (4, 3, 2, 1):
        below = [state for at, state in applicable if at <= level]
        if (level in [at for at, _ in applicable]) and set(below) == {MET}:
            reached = level
            break
    above = [at for at, _ in applicable if at > reached]
    if above:
        up_to_next = {state for at, state in applicable if at <= min(above)}
        if CONTESTED in up_to_next or UNREAD in up_to_next:
            return None
    return reached


LEVELS = st.lists(st.integers(1, 4), min_size=1, max_size=5)


@given(st.data(), LEVELS, LEVELS, st.floats(0.1, 0.9))
def test_drafts_agree_with_brute_force(
    data: st.DataObject, speeds: list[int], safeties: list[int], weight: float
) -> None:
    rubric = rubrics.rubric(
        rubrics.criterion(
            "speed", weight=weight, checks=[rubrics.check(f"s.{n}", level) for n, level in enumerate(speeds)]
        ),
        rubrics.criterion(
            "safety",
            weight=1 - weight,
            gate=True,
            checks=[rubrics.check(f"t.{n}", level) for n, level in enumerate(safeties)],
        ),
    )
    likely = st.sampled_from([MET, MET, MET, NONE, *CheckState])
    states = {check.id: data.draw(likely) for criterion in rubric.criteria for check in criterion.checks}
    found = draft_levels(ledger(rubric, states), rubric)
    expected = [by_brute_force(criterion, states) for criterion in rubric.criteria]
    assert [draft.level for draft in found.criteria] == expected
    speed, safety = expected
    assert found.not_ready_yet == (("safety",) if safety is not None and safety < 2 else ())
    withheld = any(draft.withheld for draft in found.criteria)
    if withheld or (speed is None and safety is None):
        assert found.overall is None
    else:
        speed_alone, safety_alone = safety is None, speed is None
        share = 1 if speed_alone else 0 if safety_alone else weight
        assert found.overall is not None
        assert math.isclose(found.overall, share * (speed or 0) + (1 - share) * (safety or 0), abs_tol=1e-9)


@pytest.mark.parametrize("first", CheckState)
def test_every_combination_of_three_states_agrees_with_brute_force(first: CheckState) -> None:
    for second, fourth in product(CheckState, repeat=2):
        states = dict.fromkeys(EMPTY.checks, MET) | {"speed.1": first, "speed.2": second, "speed.4": fourth}
        found = draft_levels(ledger(RUBRIC, states), RUBRIC)
        assert found.criteria[0].level == by_brute_force(RUBRIC.criteria[0], states), states


@given(st.lists(MOVEMENTS, max_size=10), st.booleans())
def test_there_is_no_level_without_a_live_citation(moved: list[object], gone: bool) -> None:
    filled = EMPTY.apply(moved, covered=EMPTY.checks)  # type: ignore[arg-type]
    if gone:
        filled = filled.refresh(nothing_but(), "now")
    live = {e.check for e in filled.entries if e.live and e.direction == "supports" and not e.partial}
    for draft, criterion in zip(draft_levels(filled, RUBRIC).criteria, RUBRIC.criteria, strict=True):
        reached = {check.id for check in criterion.checks if check.level <= (draft.level or 0)}
        assert reached <= live
        assert not (gone and draft.level)


def test_a_contested_check_withholds_the_level_and_says_so() -> None:
    found = drafts(speed_2=CONTESTED)
    assert found.criteria[0].level is None
    assert found.criteria[0].withheld == (WithheldLevel("speed.2", CONTESTED),)
    assert found.overall is None


def test_what_is_contested_above_a_level_that_is_not_reached_withholds_nothing() -> None:
    assert drafts(speed_2=OPEN, speed_4=CONTESTED).criteria[0].level == 1


def test_a_level_of_which_nothing_applies_is_passed_over_but_never_reached() -> None:
    assert drafts(speed_2=NONE).criteria[0].level == 4
    assert drafts(speed_2=NONE, speed_4=OPEN).criteria[0].level == 1
    assert drafts(speed_1=NONE, speed_2=NONE, speed_4=OPEN).criteria[0].level == 0
    nothing = drafts(speed_1=NONE, speed_2=NONE, speed_4=NONE)
    assert (nothing.criteria[0].level, nothing.criteria[0].withheld) == (None, ())
    assert nothing.overall == 2


def test_a_gate_below_its_level_is_not_ready_yet() -> None:
    assert drafts().not_ready_yet == ()
    assert drafts(speed_1=OPEN).not_ready_yet == ()
    assert drafts(safety_2=PARTLY).not_ready_yet == ("safety",)
    assert drafts(safety_2=UNREAD).not_ready_yet == ()


def test_a_ledger_of_another_rubric_has_no_drafts() -> None:
    with pytest.raises(ValueError, match=r"small 1\.0\.0"):
        draft_levels(EMPTY, rubrics.rubric())
