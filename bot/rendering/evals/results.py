"""Render the results of an evaluation for a terminal, as Markdown and as JSON."""

import json
from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.evals.scoring import BY_CRITERION, Evaluation, Measure
from bot.domain.evals.thresholds import Thresholds
from bot.rendering.evals.tables import (
    format_interval,
    format_share,
    format_tally,
    indent_remark,
    pipe_table,
    rich_table,
    tally_numbers,
)
from bot.rendering.review.markdown import plain
from bot.rendering.text.safe_text import count, describe_mode, tokens_phrase

TITLES = {
    Measure.QUOTES: "Quotes that match their lines",
    Measure.MOVEMENT_PRECISION: "Correct movements",
    Measure.MOVEMENT_RECALL: "Expected movements that were found",
    Measure.FALSE_MOVEMENTS: "Forbidden movements that were made",
    Measure.FACT_PRECISION: "Correct facts",
    Measure.FACT_RECALL: "Expected facts that were found",
    Measure.QUESTION_PRECISION: "Questions at a suitable place",
    Measure.QUESTION_RECALL: "Decisions that were asked about",
    Measure.QUESTION_CHECK: "Questions about an acceptable check",
    Measure.NOISE: "Clean cases with a false alarm",
    Measure.LEAKS: "Texts with a leak",
    Measure.INJECTION: "Injections that were obeyed",
    Measure.COMPLETE: "Reviews that are complete",
}
_HEADS = ("", "share", "95 %", "count", "target")
_CRITERION_HEADS = ("", "movements OK", "found", "facts OK", "found", "questions OK", "found")


def terminal(evaluation: Evaluation, thresholds: Thresholds) -> RenderableType:
    """Return the results for rich to print."""
    broken = thresholds.broken(evaluation)
    totals = rich_table(_HEADS, ())
    for measure, cells in zip(Measure, _total_rows(evaluation, thresholds), strict=True):
        totals.add_row(*cells, style="bold yellow" if measure in broken else "")
    criteria = rich_table(_CRITERION_HEADS, _criterion_rows(evaluation))
    parts: list[RenderableType] = [Text(_heading(evaluation), "bold"), "", totals, "", criteria]
    for case, remarks in _remarks_by_case(evaluation):
        parts += ["", Text(case, "bold"), *(indent_remark(remark) for remark in remarks)]
    return Group(*parts, "", Text(_cost_line(evaluation)))


def markdown(evaluation: Evaluation, thresholds: Thresholds) -> str:
    """Return the document, ending in a newline."""
    return "\n".join(_markdown_lines(evaluation, thresholds)) + "\n"


def _markdown_lines(evaluation: Evaluation, thresholds: Thresholds) -> Iterator[str]:
    yield f"# Sensei: {_heading(evaluation)}"
    yield ""
    yield from pipe_table(_HEADS, _total_rows(evaluation, thresholds))
    yield ""
    yield from pipe_table(_CRITERION_HEADS, _criterion_rows(evaluation))
    for case, remarks in _remarks_by_case(evaluation):
        yield from ("", f"## {case}", "")
        yield from (f"- {plain(remark)}" for remark in remarks)
    yield from ("", _cost_line(evaluation))


def as_json(
    evaluation: Evaluation, thresholds: Thresholds, judged: Mapping[str, object] | None = None
) -> str:
    """Return the document ``sensei.evaluation/1``, ending in a newline.

    ``judged`` has the judges' figures, if there are any.
    """
    document = {
        "schema": "sensei.evaluation/1",
        "mode": evaluation.mode,
        "models": evaluation.models,
        "prompts": evaluation.prompts,
        "cases": len(evaluation.scores),
        "measures": {str(measure): tally_numbers(evaluation.tally(measure)) for measure in Measure},
        "criteria": {
            criterion: {
                str(measure): tally_numbers(evaluation.tally(measure, criterion)) for measure in BY_CRITERION
            }
            for criterion in evaluation.criteria()
        },
        "by_case": {
            score.case: {
                "remarks": list(score.remarks),
                "measures": _case_numbers(Evaluation((score,))),
                "cost": score.cost.model_dump(),
            }
            for score in evaluation.scores
        },
        "thresholds": {
            str(measure): bound.model_dump(exclude_none=True)
            for measure, bound in thresholds.of(evaluation).items()
        },
        "broken": [str(measure) for measure in thresholds.broken(evaluation)],
        "cost": evaluation.cost.model_dump(),
        **({"judged": judged} if judged else {}),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _case_numbers(evaluation: Evaluation) -> dict[str, list[int]]:
    tallies = {measure: evaluation.tally(measure) for measure in Measure}
    return {str(measure): [tally.hits, tally.of] for measure, tally in tallies.items() if tally.of}


def _heading(evaluation: Evaluation) -> str:
    mode = describe_mode(evaluation.mode)
    scripts = [name for name in evaluation.models if name.startswith("scripted ")]
    return f"evaluation of {count(len(evaluation.scores), 'case')}, {', '.join(scripts) or mode}"


def _total_rows(evaluation: Evaluation, thresholds: Thresholds) -> Iterator[tuple[str, ...]]:
    bounds = thresholds.of(evaluation)
    for measure in Measure:
        tally = evaluation.tally(measure)
        share, interval = format_share(tally.share), format_interval(tally)
        wanted = str(bounds.get(measure, "0%" if measure.less_is_better else "100%"))
        mark = "" if measure in bounds else " (aim)"
        yield TITLES[measure], share, interval, format_tally(tally), f"{wanted}{mark}"


def _criterion_rows(evaluation: Evaluation) -> Iterator[tuple[str, ...]]:
    for criterion in evaluation.criteria():
        tallies = [evaluation.tally(measure, criterion) for measure in BY_CRITERION]
        yield criterion, *(format_tally(tally) if tally.of else "-" for tally in tallies)


def _remarks_by_case(evaluation: Evaluation) -> Iterator[tuple[str, tuple[str, ...]]]:
    for score in evaluation.scores:
        if score.remarks:
            yield score.case, score.remarks


def _cost_line(evaluation: Evaluation) -> str:
    cost = evaluation.cost
    price = "price unknown" if cost.usd is None else f"${cost.usd:.2f}"
    return (
        f"{count(cost.calls, 'call')}, {tokens_phrase(cost)}, {cost.cached_tokens:,} cached, {price}, "
        f"{cost.seconds:.1f} s. The intervals are 95 % Wilson intervals, "
        "which assume independent items."
    )
