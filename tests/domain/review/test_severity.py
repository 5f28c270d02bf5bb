"""The worst findings come first, so no limit hides them behind lesser ones."""

from typing import Any

from bot.domain.review.citations import SourceText
from bot.domain.review.model_answers import READ_CAPS, ProposedConcern, ReadAnswer
from bot.domain.review.question_selection import (
    choose_questions,
    complete_questions,
    limit_facts,
    merge_repeated_facts,
    scan_text,
)
from bot.domain.review.report import Concern
from bot.domain.review.severity import SeverityOrder
from bot.domain.review.signals import SignalScanner, arm_signals
from bot.domain.rubrics.flow_wording import SignalTexts
from bot.workflows.review.combined_answers import combine_parts
from tests.domain.rubric_builders import check, criterion, rubric, signal
from tests.rendering import reports


def rule(call: str) -> dict[str, Any]:
    return {
        "python": {
            "rule": {"pattern": f"{call}($$$ARGS)"},
            "match": [f"{call}()", f"{call}(1)"],
            "no_match": ["other()", call],
        }
    }


def anti_pattern(name: str, of: str, severity: str | None, **changes: Any) -> dict[str, Any]:
    found = signal(id=f"{name}.found", languages=rule(name), **changes)
    return {"id": name, "text": f"{name} is called", "check": of, "severity": severity, "signals": [found]}


ASKS = {"yields": "question", "text": None}
RUBRIC = rubric(
    criterion(
        "speed",
        weight=0.4,
        anti_patterns=[anti_pattern("slow", "speed.1", None), anti_pattern("runs", "speed.1", "critical")],
    ),
    criterion("safety", gate=True, weight=0.3, anti_patterns=[anti_pattern("opens", "safety.1", None)]),
    criterion(
        "reach",
        weight=0.1,
        checks=[check("reach.1", signals=[signal(id="reach.one", languages=rule("far"), severity="high")])],
    ),
    criterion("words", weight=0.2, anti_patterns=[anti_pattern("joins", "words.1", "high", **ASKS)]),
)
ORDER = SeverityOrder(RUBRIC)


def fact(name: str, of: str | None = None, source: str = "signal") -> Concern:
    given = name if source == "signal" else None
    return reports.concern(name).model_copy(update={"signal": given, "check": of, "source": source})


def test_facts_are_ordered_by_severity_then_gates_then_as_they_were() -> None:
    facts = [
        fact("slow.found", "speed.1"),
        fact("opens.found", "safety.1"),
        fact("reach.one", "reach.1"),
        fact("runs.found", "speed.1"),
        fact("slow.found", "speed.1"),
        fact("secret.github-token"),
    ]
    assert [stated.signal for stated in ORDER.sort_facts(facts)] == [
        "secret.github-token",
        "runs.found",
        "reach.one",
        "opens.found",
        "slow.found",
        "slow.found",
    ]


def test_a_limit_keeps_the_worst_fact() -> None:
    facts = [*[fact("slow.found", "speed.1")] * 5, fact("runs.found", "speed.1")]
    assert limit_facts(ORDER.sort_facts(facts), 2)[0].signal == "runs.found"


def test_a_fact_that_a_signal_repeats_is_stated_at_three_places_and_counted() -> None:
    facts = [*[fact("slow.found", "speed.1")] * 5, *[fact("secret.token")] * 3, fact("runs.found", "speed.1")]
    merged = merge_repeated_facts(facts)
    assert [stated.signal for stated in merged] == [
        *["slow.found"] * 3,
        *["secret.token"] * 3,
        "runs.found",
    ]
    assert merged[2].text == f"{facts[0].text} The same holds for 2 more places in this file."
    assert merged[2].text in SignalTexts([facts[0].text])
    by_model = [fact("It fails.", "speed.1", "model")] * 3
    assert merge_repeated_facts(by_model) == by_model


def test_a_models_fact_about_a_severe_check_precedes_a_lesser_fact_of_a_signal() -> None:
    facts = [fact("slow.found", "speed.1"), fact("The text is run.", "reach.1", "model")]
    assert [stated.source for stated in ORDER.sort_facts(facts)] == ["model", "signal"]


def test_a_severe_question_takes_a_slot_before_a_gate() -> None:
    asking = rubric(
        criterion(
            "safety", gate=True, weight=0.9, anti_patterns=[anti_pattern("opens", "safety.1", None, **ASKS)]
        ),
        criterion("words", weight=0.1, anti_patterns=[anti_pattern("joins", "words.1", "high", **ASKS)]),
    )
    text = SourceText.of("a.py", "a" * 40, "head", "opens(1)\njoins(2)\n", [])
    hits = scan_text(SignalScanner(arm_signals(asking.criteria)), text, lambda _line: True).touched
    chosen = choose_questions(hits, [], SeverityOrder(asking))
    assert [question.check for question in chosen] == ["words.1", "safety.1"]
    assert [question.check for question in choose_questions(hits, [], SeverityOrder(asking), 1)] == [
        "words.1"
    ]


def test_a_severe_question_of_a_signal_replaces_the_last_of_a_model() -> None:
    def ask(name: str) -> Any:
        return reports.question(line=len(name)).model_copy(update={"check": f"{name}.1"})

    asked = [reports.question(line=line).model_copy(update={"check": None}) for line in (20, 30, 40)]
    assert complete_questions(asked, [ask("words")], RUBRIC) == [*asked[:2], ask("words")]
    plain = rubric(criterion("words", weight=1))
    assert complete_questions(asked, [ask("words")], plain) == asked


def test_the_worst_concern_of_a_late_part_is_kept() -> None:
    def answer(of: str) -> ReadAnswer:
        concern = ProposedConcern(check=of, fact=of, quote="x", path="a.py", side="head", source="commit")
        return ReadAnswer(touched=(), movements=(), concerns=(concern,), questions=(), strengths=())

    parts = [*[answer("words.9")] * READ_CAPS.concerns, answer("speed.1")]
    assert combine_parts(parts, READ_CAPS, ORDER).concerns[0].check == "speed.1"


def test_gates_and_critical_findings_outlast_a_model_that_passed_over_them() -> None:
    asked = ["safety.1", "speed.1", "reach.1", "words.1", None]
    assert [check for check in asked if ORDER.outlasts_model(check)] == ["safety.1", "speed.1"]
