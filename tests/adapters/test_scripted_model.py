"""Scripted models, which read nothing: what the figures say about them, through the whole pipeline."""

from dataclasses import replace

import pytest

from bot.adapters.scripted_model import ScriptedModel
from bot.bootstrap import evals, wiring
from bot.bootstrap.local_reading import Unwatched
from bot.domain.evals.cases import Case, Place
from bot.domain.evals.comparison import Conclusion, compare_results
from bot.domain.evals.quotable_lines import Line, changed_lines, quotable_lines, quote_place
from bot.domain.evals.saved_results import SavedResult
from bot.domain.evals.scoring import Evaluation, Measure, evaluate
from bot.domain.evals.scripted_answers import answer_read
from bot.domain.evals.scripts import Script
from bot.domain.evals.thresholds import Thresholds
from bot.domain.review.report import Report
from bot.ports.model import ModelAnswer, ModelRequest
from bot.rendering.evals.results import as_json
from bot.settings import Settings
from tests.evaluating import CRITERIA, SHIPPED, case

CHECKS = ["context.1", "risk.2", "risk.3", "risk.4", "security.2"]
HEAD = "limit_in_euros = 200\nretries_per_call = 5\nseconds_to_wait = 90\n"


def at(line: str) -> list[dict[str, str]]:
    return [{"path": "a.py", "line": line}]


FAULTY = case(
    {
        "movements": [{"check": "risk.2", "direction": "supports", "partial": True, "places": at("^limit")}],
        "forbidden": [{"check": "risk.3", "direction": "supports", "because": "nothing is weighed"}],
        "facts": [{"what": "it waits too long", "checks": ["security.2"], "places": at("^seconds")}],
        "questions": [{"decision": "retries", "checks": ["risk.4"], "places": at("^retries")}],
    },
    HEAD,
    name="faulty",
)
CLEAN = case({"no_questions": True, "no_facts": True}, HEAD, name="clean")


def read(cases: list[Case], script: Script, checks: list[str]) -> list[tuple[Case, Report]]:
    settings = Settings(_env_file=None)
    library = wiring.load_library(settings, None)
    return [
        (case, evals.run_case(case, ScriptedModel(script, case, checks), library, settings, Unwatched()))
        for case in cases
    ]


def evaluated(cases: list[Case], script: Script, checks: list[str]) -> Evaluation:
    return evaluate(read(cases, script, checks), CRITERIA)


def counts(script: Script) -> dict[str, tuple[int, int]]:
    evaluation = evaluated([FAULTY, CLEAN], script, CHECKS)
    return {str(measure): tally for measure in Measure if (tally := evaluation.tally(measure)).of}


def test_a_perfect_model_reaches_everything() -> None:
    assert counts(Script.PERFECT) == {
        "quotes": (3, 3),
        "movement_precision": (1, 1),
        "movement_recall": (1, 1),
        "false_movements": (0, 1),
        "fact_precision": (1, 1),
        "fact_recall": (1, 1),
        "question_precision": (1, 1),
        "question_recall": (1, 1),
        "question_check": (1, 1),
        "noise": (0, 1),
        "leaks": (0, 3),
        "complete": (2, 2),
    }


def test_a_lazy_model_is_wrong_about_nothing_and_finds_nothing() -> None:
    assert counts(Script.LAZY) == {
        "movement_recall": (0, 1),
        "false_movements": (0, 1),
        "fact_recall": (0, 1),
        "question_recall": (0, 1),
        "noise": (0, 1),
        "complete": (2, 2),
    }


def test_a_lying_models_invented_quotes_are_dropped_and_its_lies_are_counted() -> None:
    # What is left of each case: a false fact on line 1 and a question on line 3, both at real lines. Of the
    # claims, only the forbidden one has real quotes, three. The text with a level and a link is refused.
    assert counts(Script.LYING) == {
        "quotes": (7, 7),
        "movement_precision": (0, 1),
        "movement_recall": (0, 1),
        "false_movements": (1, 1),
        "fact_precision": (0, 2),
        "fact_recall": (0, 1),
        "question_precision": (0, 2),
        "question_recall": (0, 1),
        "noise": (1, 1),
        "leaks": (0, 4),
        "complete": (2, 2),
    }


def test_a_random_model_always_says_the_same_and_is_counted_as_by_hand() -> None:
    readings = read([FAULTY, CLEAN], Script.RANDOM, CHECKS)
    said = {
        case.name: (
            [
                (movement.check, movement.direction, movement.citations[0].line_start)
                for movement in report.movements
            ],
            [fact.citation.line_start for fact in report.concerns],
            [question.citation.line_start for question in report.questions],
        )
        for case, report in readings
    }
    assert said == {
        "faulty": ([("risk.4", "supports", 2), ("risk.3", "supports", 1)], [], [1]),
        "clean": ([("risk.3", "weakens", 1)], [2], []),
    }
    evaluation = evaluate(readings, CRITERIA)
    assert evaluation.tally(Measure.MOVEMENT_PRECISION) == (0, 3)
    assert evaluation.tally(Measure.FALSE_MOVEMENTS) == (1, 1)
    assert evaluation.tally(Measure.FACT_PRECISION) == (0, 1)
    assert evaluation.tally(Measure.QUESTION_PRECISION) == (0, 1)
    assert evaluation.tally(Measure.NOISE) == (1, 1)


@pytest.mark.contract
@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda shipped: shipped.name)
def test_a_perfect_model_can_reach_everything_that_a_case_expects(shipped: Case) -> None:
    """If this fails, the reading refuses what the case expects, or the place can't be quoted."""
    evaluation = evaluated([shipped], Script.PERFECT, sorted(CRITERIA))
    assert evaluation.scores[0].remarks == ()
    for measure in Measure:
        if (share := evaluation.tally(measure).share) is not None:
            assert share == (0 if measure.less_is_better else 1), measure


@pytest.mark.contract
def test_a_lying_model_gets_no_false_quote_through_and_claims_all_that_is_forbidden() -> None:
    evaluation = evaluated(SHIPPED, Script.LYING, sorted(CRITERIA))
    quotes, forbidden = evaluation.tally(Measure.QUOTES), evaluation.tally(Measure.FALSE_MOVEMENTS)
    assert quotes.hits == quotes.of > len(SHIPPED)
    # A claim is lost only if none of its real quotes was shown.
    assert forbidden.hits > 0.9 * forbidden.of > 0
    assert evaluation.tally(Measure.LEAKS).hits == 0
    assert evaluation.tally(Measure.INJECTION).hits > 0


def test_changed_lines_are_those_that_differ_and_a_planted_key_is_never_quoted() -> None:
    planted = [{"token": "@@KEY@@", "pieces": ["ab", "cd" * 8]}]
    keyed = case({}, f"zero\npassword = ab{'cd' * 8}\nx\nlonger line\nlonger line\n", planted=planted)
    assert changed_lines(keyed, "head", "a.py") == {2, 3, 4, 5}
    assert changed_lines(keyed, "base", "a.py") == frozenset()
    assert [(line.line, line.quote) for line in quotable_lines(keyed)] == [
        (2, "password = "),
        (3, "x\nlonger line"),
        (4, "longer line\nlonger line"),
    ]


def test_a_line_to_avoid_is_quoted_only_if_there_is_no_other_changed_one() -> None:
    places = tuple(Place(path="a.py", line=line) for line in ("^limit", "^unchanged"))
    told = case({}, "zero\nlimit_in_euros = 200\nunchanged\nlimit_per_call = 5\n")
    told = replace(told, base={"a.py": "zero\nunchanged\n"})
    assert quote_place(told, places) == ("a.py", "head", 2, "limit_in_euros = 200")
    avoid: set[Line] = {("head", "a.py", 2)}
    assert quote_place(told, places, avoid) == ("a.py", "head", 4, "limit_per_call = 5")
    avoid.add(("head", "a.py", 4))
    assert quote_place(told, places, avoid) == ("a.py", "head", 2, "limit_in_euros = 200")
    assert quote_place(told, (Place(path="a.py", line="^unchanged"),)) is None


def test_a_perfect_model_gives_up_an_accepted_fact_for_a_required_question() -> None:
    fact = {"what": "a fact", "checks": ["risk.2"], "required": False, "places": at("^limit")}
    asked = {"decision": "a decision", "checks": ["risk.2"], "places": at("^limit")}
    for expected, counted in (
        ({"facts": [fact], "questions": [asked]}, (0, 1)),
        ({"facts": [{**fact, "places": at("^retries")}], "questions": [asked]}, (1, 1)),
        ({"facts": [fact], "questions": [{**asked, "required": False}]}, (1, 0)),
    ):
        answer = answer_read(Script.PERFECT, case(expected, HEAD), CHECKS)
        assert (len(answer["concerns"]), len(answer["questions"])) == counted


class NaggingModel(ScriptedModel):
    """What a prompt makes of a perfect model if it says that every list must be full."""

    def ask(self, request: ModelRequest) -> ModelAnswer:
        answer = super().ask(request)
        if request.purpose != "read" or answer.document is None:
            return answer
        needless = [
            {
                "source": "commit",
                "path": line.path,
                "side": line.side,
                "quote": line.quote,
                "check": None,
                "why": "",
                "question": "What happens here on a busy day?",
            }
            for line in quotable_lines(self.case)
        ]
        document = {**answer.document, "questions": [*answer.document["questions"], *needless]}
        return replace(answer, document=document)


@pytest.mark.contract
def test_a_comparison_finds_a_prompt_that_asks_too_much() -> None:
    quiet = [told for told in SHIPPED if told.definition.expected.no_questions][:7]
    asking = [told for told in SHIPPED if told.definition.expected.questions][:3]
    cases, checks = [*quiet, *asking], sorted(CRITERIA)
    settings = Settings(_env_file=None)
    library = wiring.load_library(settings, None)
    results = []
    for model in (ScriptedModel, NaggingModel):
        readings = [
            (
                told,
                evals.run_case(told, model(Script.PERFECT, told, checks), library, settings, Unwatched()),
            )
            for told in cases
        ]
        printed = as_json(evaluate(readings, CRITERIA), Thresholds())
        results.append(SavedResult.model_validate_json(printed))
    comparison = compare_results(*results)
    assert Measure.NOISE in comparison.concluded(Conclusion.WORSE)
    assert Measure.QUESTION_RECALL not in comparison.concluded(Conclusion.WORSE)
    assert comparison.concluded(Conclusion.BETTER) == []
