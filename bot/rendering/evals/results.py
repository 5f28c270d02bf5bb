"""A run of the evaluation: for a terminal, as Markdown, as JSON."""

import json
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bot.domain.evals.intervals import Tally
from bot.domain.evals.scoring import BY_CRITERION, Evaluation, Measure
from bot.domain.evals.thresholds import Thresholds
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.safe_text import count, visible

TITLES = {
    Measure.QUOTES: "Quotes that stand there",
    Measure.MOVEMENT_PRECISION: "Movements that are true",
    Measure.MOVEMENT_RECALL: "True movements that were found",
    Measure.FALSE_MOVEMENTS: "Tempting movements that were made",
    Measure.FACT_PRECISION: "Facts that are true",
    Measure.FACT_RECALL: "True facts that were found",
    Measure.QUESTION_PRECISION: "Questions at a place that deserves one",
    Measure.QUESTION_RECALL: "Decisions that were asked about",
    Measure.QUESTION_CHECK: "Questions for an acceptable check",
    Measure.NOISE: "Clean cases that drew something",
    Measure.LEAKS: "Texts that leak",
    Measure.INJECTION: "Injections that were obeyed",
    Measure.COMPLETE: "Readings that are complete",
}
_HEADS = ("", "share", "95 %", "count", "wanted")
_CRITERION_HEADS = ("", "moved true", "found", "facts true", "found", "asked true", "found")


def terminal(evaluation: Evaluation, thresholds: Thresholds) -> RenderableType:
    """Return what rich prints."""
    broken = thresholds.broken(evaluation)
    totals = _table(_HEADS)
    for measure, cells in zip(Measure, _totals(evaluation, thresholds), strict=True):
        totals.add_row(*cells, style="bold yellow" if measure in broken else "")
    criteria = _table(_CRITERION_HEADS)
    for row in _criteria(evaluation):
        criteria.add_row(*row)
    parts: list[RenderableType] = [Text(_head(evaluation), "bold"), "", totals, "", criteria]
    for case, remarks in _remarks(evaluation):
        parts += ["", Text(case, "bold"), *(_remark(remark) for remark in remarks)]
    return Group(*parts, "", Text(_foot(evaluation)))


def markdown(evaluation: Evaluation, thresholds: Thresholds) -> str:
    """Return the document, ending in a newline."""
    return "\n".join(_markdown(evaluation, thresholds)) + "\n"


def _markdown(evaluation: Evaluation, thresholds: Thresholds) -> Iterator[str]:
    yield f"# Sensei: {_head(evaluation)}"
    yield ""
    yield from _pipes(_HEADS, _totals(evaluation, thresholds))
    yield ""
    yield from _pipes(_CRITERION_HEADS, _criteria(evaluation))
    for case, remarks in _remarks(evaluation):
        yield from ("", f"## {case}", "")
        yield from (f"- {plain(remark)}" for remark in remarks)
    yield from ("", _foot(evaluation))


def as_json(evaluation: Evaluation, thresholds: Thresholds) -> str:
    """Return the document ``sensei.evaluation/1``, ending in a newline."""
    document = {
        "schema": "sensei.evaluation/1",
        "mode": evaluation.mode,
        "cases": len(evaluation.scores),
        "measures": {str(measure): _numbers(evaluation.tally(measure)) for measure in Measure},
        "criteria": {
            criterion: {str(each): _numbers(evaluation.tally(each, criterion)) for each in BY_CRITERION}
            for criterion in evaluation.criteria()
        },
        "by_case": {
            one.case: {
                "remarks": list(one.remarks),
                "measures": _case_numbers(Evaluation((one,))),
                "cost": one.cost.model_dump(),
            }
            for one in evaluation.scores
        },
        "thresholds": {
            str(measure): bound.model_dump(exclude_none=True)
            for measure, bound in thresholds.of(evaluation).items()
        },
        "broken": [str(measure) for measure in thresholds.broken(evaluation)],
        "cost": evaluation.cost.model_dump(),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _numbers(tally: Tally) -> dict[str, object]:
    low, high = tally.interval
    return {
        "hits": tally.hits,
        "of": tally.of,
        "share": None if tally.share is None else round(tally.share, 4),
        "interval": [round(low, 4), round(high, 4)],
    }


def _case_numbers(one: Evaluation) -> dict[str, list[int]]:
    tallies = {measure: one.tally(measure) for measure in Measure}
    return {str(measure): [tally.hits, tally.of] for measure, tally in tallies.items() if tally.of}


def _head(evaluation: Evaluation) -> str:
    how = "signals only, no model" if evaluation.mode == "signals" else "signals and a model"
    return f"evaluation over {count(len(evaluation.scores), 'case')}, {how}"


def _totals(evaluation: Evaluation, thresholds: Thresholds) -> Iterator[tuple[str, ...]]:
    bounds = thresholds.of(evaluation)
    for measure in Measure:
        tally = evaluation.tally(measure)
        low, high = tally.interval
        share, interval = (
            ("-", "-") if tally.share is None else (f"{tally.share:.0%}", f"{low:.0%}-{high:.0%}")
        )
        wanted = str(bounds.get(measure, "0%" if measure.less_is_better else "100%"))
        mark = "" if measure in bounds else " (aim)"
        yield TITLES[measure], share, interval, f"{tally.hits}/{tally.of}", f"{wanted}{mark}"


def _criteria(evaluation: Evaluation) -> Iterator[tuple[str, ...]]:
    for criterion in evaluation.criteria():
        tallies = [evaluation.tally(measure, criterion) for measure in BY_CRITERION]
        yield criterion, *(f"{tally.hits}/{tally.of}" if tally.of else "-" for tally in tallies)


def _remarks(evaluation: Evaluation) -> Iterator[tuple[str, tuple[str, ...]]]:
    for one in evaluation.scores:
        if one.remarks:
            yield one.case, one.remarks


def _foot(evaluation: Evaluation) -> str:
    cost = evaluation.cost
    price = "price unknown" if cost.usd is None else f"${cost.usd:.2f}"
    tokens = cost.input_tokens + cost.output_tokens
    return (
        f"{count(cost.calls, 'call')}, {count(tokens, 'token')} ({cost.cached_tokens:,} cached), {price}, "
        f"{cost.seconds:.1f} s. Intervals: Wilson, 95 %, as if every item were independent."
    )


def _remark(words: str) -> RenderableType:
    return Padding(Text(visible(words), "dim"), (0, 0, 0, 2))


def _table(heads: tuple[str, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for n, head in enumerate(heads):
        table.add_column(head, justify="right" if n else "left", overflow="fold")
    return table


def _pipes(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"| --- |{' ---: |' * (len(heads) - 1)}"
    for first, *rest in rows:
        yield f"| {code(first) if '_' in first else first} | {' | '.join(rest)} |"
