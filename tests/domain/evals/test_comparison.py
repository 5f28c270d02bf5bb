import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.evals.bootstrap import bootstrap_interval
from bot.domain.evals.cases import Case
from bot.domain.evals.comparison import Comparison, Conclusion, Difference, compare_results
from bot.domain.evals.intervals import Tally
from bot.domain.evals.saved_results import SavedResult
from bot.domain.evals.scoring import Measure, evaluate
from bot.domain.evals.thresholds import Thresholds
from bot.domain.review.report import Question, Report
from bot.rendering.evals import comparison as rendering
from bot.rendering.evals.results import as_json
from tests.evaluating import CRITERIA, SHIPPED, at, perfect, question, report


def saved(**by_case: dict[str, tuple[int, int]]) -> SavedResult:
    return SavedResult.model_validate(
        {
            "schema": "sensei.evaluation/1",
            "mode": "model",
            "by_case": {
                name: {"remarks": [], "measures": measures, "cost": {}} for name, measures in by_case.items()
            },
        }
    )


def difference(measure: Measure, before: SavedResult, after: SavedResult) -> Difference:
    (found,) = (each for each in compare_results(before, after).differences if each.measure is measure)
    return found


def result_of(reports: Sequence[tuple[Case, Report]]) -> SavedResult:
    """A result as `sensei eval --format json` prints it and `--compare` loads it."""
    return SavedResult.model_validate_json(as_json(evaluate(reports, CRITERIA), Thresholds()))


def nag(case: Case, reading: Report, times: int) -> Report:
    """The report that a prompt makes that asks too much: questions at lines where nothing is to be asked."""
    needless: list[Question] = [
        question(at(1, case.head["README.md"].split("\n")[0], path="README.md"))
    ] * times
    return reading.model_copy(update={"questions": (*reading.questions, *needless)})


def test_differences_are_as_computed_by_hand() -> None:
    before = saved(a={"quotes": (3, 4)}, b={"quotes": (1, 2)}, c={"quotes": (2, 2)})
    after = saved(a={"quotes": (4, 4)}, b={"quotes": (1, 2)}, c={"quotes": (1, 4)})
    found = difference(Measure.QUOTES, before, after)
    assert (found.before, found.after, found.changed) == (Tally(6, 8), Tally(6, 10), 2)
    assert found.share == pytest.approx(0.6 - 0.75)
    assert found.conclusion is Conclusion.UNCLEAR


def test_the_interval_of_two_cases_is_that_of_the_three_sets_that_can_be_drawn() -> None:
    # a and a: +100 points, a and b: 0, b and b: -100. Each extreme has a quarter of the draws.
    before = saved(a={"quotes": (0, 1)}, b={"quotes": (1, 1)})
    after = saved(a={"quotes": (1, 1)}, b={"quotes": (0, 1)})
    assert difference(Measure.QUOTES, before, after).interval == (-1, 1)


def test_the_bootstrap_of_a_mean_is_near_the_textbook_interval() -> None:
    numbers = [float(number) for number in range(101)]
    interval = bootstrap_interval(numbers, lambda drawn: sum(drawn) / len(drawn))
    # By the normal distribution: mean 50, standard deviation 29.15, so 50 ± 1.96 * 29.15 / sqrt(101).
    assert interval == pytest.approx((44.3, 55.7), abs=0.6)
    assert bootstrap_interval(numbers[:1], max) is None
    assert bootstrap_interval(numbers, lambda _: None) is None


@pytest.mark.parametrize(
    ("measure", "changed", "conclusion"),
    [
        (Measure.QUOTES, 6, Conclusion.WORSE),
        (Measure.NOISE, 6, Conclusion.BETTER),  # less is better
        (Measure.QUOTES, 5, Conclusion.UNCLEAR),  # not even a sign test would notice five
        (Measure.QUOTES, 0, Conclusion.SAME),
    ],
)
def test_a_conclusion_needs_six_changed_cases_and_knows_which_way_is_better(
    measure: Measure, changed: int, conclusion: Conclusion
) -> None:
    cases = [f"case{number}" for number in range(10)]
    before = saved(**{name: {str(measure): (1, 1)} for name in cases})
    after = saved(**{name: {str(measure): (int(n >= changed), 1)} for n, name in enumerate(cases)})
    assert difference(measure, before, after).conclusion is conclusion
    assert difference(Measure.LEAKS, before, after).conclusion is Conclusion.NOT_COUNTED


def test_many_changes_in_both_directions_are_no_conclusion() -> None:
    names = [f"case{number}" for number in range(12)]
    before = saved(**{name: {"quotes": (n % 2, 1)} for n, name in enumerate(names)})
    after = saved(**{name: {"quotes": ((n + 1) % 2, 1)} for n, name in enumerate(names)})
    found = difference(Measure.QUOTES, before, after)
    assert (found.changed, found.conclusion) == (12, Conclusion.UNCLEAR)


def test_more_of_the_same_is_no_change() -> None:
    before = saved(a={"quotes": (3, 3)}, b={"quotes": (0, 0)})
    after = saved(a={"quotes": (8, 8)}, b={"quotes": (2, 2)})
    found = difference(Measure.QUOTES, before, after)
    assert (found.changed, found.interval, found.conclusion) == (1, (0, 0), Conclusion.SAME)
    assert [case.case for case in compare_results(before, after).changed] == ["b"]


def test_only_cases_that_both_runs_have_are_compared() -> None:
    before = saved(a={"quotes": (1, 1)}, old={"quotes": (0, 9)})
    after = saved(a={"quotes": (1, 1)}, new={"quotes": (0, 9)})
    comparison = compare_results(before, after)
    assert (comparison.cases, comparison.only_before, comparison.only_after) == (["a"], ["old"], ["new"])
    assert difference(Measure.QUOTES, before, after).after == Tally(1, 1)


def test_a_prompt_that_asks_too_much_is_found() -> None:
    straight = [(case, perfect(case)) for case in SHIPPED]
    nagging = [(case, nag(case, reading, 2)) for case, reading in straight]
    comparison = compare_results(result_of(straight), result_of(nagging))
    assert comparison.concluded(Conclusion.WORSE) == [Measure.QUESTION_PRECISION, Measure.NOISE]
    assert comparison.concluded(Conclusion.BETTER) == []
    assert len(comparison.changed) == len(SHIPPED)
    assert "B is worse in 2 figures" in next(rendering.summarise(comparison))
    back = compare_results(result_of(nagging), result_of(straight))
    assert back.concluded(Conclusion.BETTER) == [Measure.QUESTION_PRECISION, Measure.NOISE]


def test_a_change_in_three_cases_is_shown_and_nothing_is_concluded() -> None:
    straight = [(case, perfect(case)) for case in SHIPPED]
    nagging = [(case, nag(case, reading, int(n < 3))) for n, (case, reading) in enumerate(straight)]
    comparison = compare_results(result_of(straight), result_of(nagging))
    assert comparison.concluded(Conclusion.WORSE) == []
    assert [case.case for case in comparison.changed] == [case.name for case in SHIPPED[:3]]
    assert comparison.changed[0].new == ["unexpected question: What did it cost? at README.md:1"]
    assert next(rendering.summarise(comparison)).startswith("No conclusion is possible")


def test_a_run_is_the_same_as_itself_and_says_so() -> None:
    result = result_of([(case, perfect(case)) for case in SHIPPED])
    comparison = compare_results(result, result)
    assert comparison.changed == []
    assert {each.conclusion for each in comparison.differences} == {Conclusion.SAME}
    assert next(rendering.summarise(comparison)).startswith("The two runs have the same figures")


def test_prompts_with_the_same_version_and_different_texts_are_told_apart() -> None:
    run = saved(a={"quotes": (1, 1)})
    before = run.model_copy(update={"prompts": {"read": ("2@" + "a" * 64,), "reduce": ("1@" + "c" * 64,)}})
    changed = before.model_copy(update={"prompts": {"read": ("2@" + "b" * 64,)}})
    page = rendering.markdown(compare_results(before, changed))
    assert "A: a model; prompts read 2 (aaaaaa), reduce 1;" in page
    assert "B: a model; prompts read 2 (bbbbbb);" in page
    newer = before.model_copy(update={"prompts": {"read": ("3@" + "b" * 64,)}})
    assert "B: a model; prompts read 3;" in rendering.markdown(compare_results(before, newer))


pairs = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    min_size=2,
    max_size=12,
)


@settings(max_examples=20)
@given(pairs)
def test_exchanging_the_runs_exchanges_better_and_worse(counts: dict[str, tuple[int, int]]) -> None:
    before = saved(**{name: {"quotes": (first, 3)} for name, (first, _) in counts.items()})
    after = saved(**{name: {"quotes": (second, 3)} for name, (_, second) in counts.items()})
    there, back = difference(Measure.QUOTES, before, after), difference(Measure.QUOTES, after, before)
    assert back.share == -(there.share or 0)
    opposite = {Conclusion.BETTER: Conclusion.WORSE, Conclusion.WORSE: Conclusion.BETTER}
    assert back.conclusion is opposite.get(there.conclusion, there.conclusion)
    if there.interval and there.share is not None and len(counts) > 2:
        assert there.interval[0] <= there.interval[1]


def test_a_comparison_as_json_has_its_documented_fields() -> None:
    empty = result_of([(case, report()) for case in SHIPPED])
    comparison: Comparison = compare_results(result_of([(case, perfect(case)) for case in SHIPPED]), empty)
    document = json.loads(rendering.as_json(comparison))
    assert document["schema"] == "sensei.comparison/1"
    assert document["measures"]["question_recall"]["difference"] == -1
    assert document["measures"]["question_recall"]["conclusion"] == "worse"
    assert "question_recall" in document["worse"]
