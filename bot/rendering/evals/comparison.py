"""Render the comparison of two runs for a terminal, as Markdown and as JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.evals.comparison import LEAST_CHANGED, ChangedCase, Comparison, Conclusion, Difference
from bot.domain.evals.intervals import Tally
from bot.domain.evals.saved_results import SavedResult
from bot.rendering.evals.results import TITLES
from bot.rendering.evals.tables import (
    format_share,
    format_tally,
    indent_remark,
    pipe_table,
    rich_table,
    tally_numbers,
)
from bot.rendering.review.markdown import plain
from bot.rendering.text.safe_text import count

_HEADS = ("", "A", "B", "B-A", "95 %", "cases", "B is")
_STYLES = {Conclusion.WORSE: "bold yellow", Conclusion.BETTER: "bold"}


def terminal(comparison: Comparison) -> RenderableType:
    """Return the comparison for rich to print."""
    table = rich_table(_HEADS, ())
    for difference in comparison.differences:
        table.add_row(*_row(difference), style=_STYLES.get(difference.conclusion, ""))
    parts: list[RenderableType] = [Text(_heading(comparison), "bold")]
    parts += [*map(Text, _origins(comparison)), "", table]
    for case in comparison.changed:
        parts += ["", Text(case.case, "bold"), *(indent_remark(line) for line in _case_lines(case))]
    return Group(*parts, "", *(Text(sentence) for sentence in summarise(comparison)))


def markdown(comparison: Comparison) -> str:
    """Return the document, ending in a newline."""
    lines = [f"# Sensei: {_heading(comparison)}", ""]
    lines += [*(f"- {plain(origin)}" for origin in _origins(comparison)), ""]
    lines += pipe_table(_HEADS, map(_row, comparison.differences))
    for case in comparison.changed:
        lines += ["", f"## {case.case}", "", *(f"- {plain(line)}" for line in _case_lines(case))]
    return "\n".join([*lines, "", *(plain(sentence) for sentence in summarise(comparison))]) + "\n"


def as_json(comparison: Comparison) -> str:
    """Return the document ``sensei.comparison/1``, ending in a newline."""
    document = {
        "schema": "sensei.comparison/1",
        "cases": len(comparison.cases),
        "only_before": list(comparison.only_before),
        "only_after": list(comparison.only_after),
        "measures": {
            str(difference.measure): _difference_numbers(difference) for difference in comparison.differences
        },
        "by_case": {
            case.case: {
                "measures": {str(measure): list(pair) for measure, pair in case.counts.items()},
                "gone": list(case.gone),
                "new": list(case.new),
            }
            for case in comparison.changed
        },
        "worse": [str(measure) for measure in comparison.concluded(Conclusion.WORSE)],
        "better": [str(measure) for measure in comparison.concluded(Conclusion.BETTER)],
        "summary": list(summarise(comparison)),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def summarise(comparison: Comparison) -> Iterator[str]:
    """Yield what can be concluded, in sentences."""
    worse, better = (comparison.concluded(conclusion) for conclusion in (Conclusion.WORSE, Conclusion.BETTER))
    for measures, word in ((worse, "worse"), (better, "better")):
        if measures:
            titles = "; ".join(TITLES[measure] for measure in measures)
            yield f"B is {word} in {count(len(measures), 'figure')}: {titles}."
    if not comparison.changed:
        yield "The two runs have the same figures and remarks in every case."
    elif not worse and not better:
        yield "No conclusion is possible: the differences may be due to chance."
    yield (
        f"“Better” or “worse” means that at least {LEAST_CHANGED} cases changed and that the interval "
        "doesn't include 0. The intervals come from a paired bootstrap over cases. With so many figures, "
        "one may stand out by chance."
    )


def _heading(comparison: Comparison) -> str:
    return f"comparison of two runs over {count(len(comparison.cases), 'case')}"


def _origins(comparison: Comparison) -> Iterator[str]:
    for name, result in (("A", comparison.before), ("B", comparison.after)):
        prompts = _describe_prompts(result, comparison)
        yield f"{name}: {_describe_run(result, comparison, prompts)}"
    for name, cases in (("A", comparison.only_before), ("B", comparison.only_after)):
        if cases:
            yield f"Only in {name}, so not compared: {', '.join(cases)}"


def _describe_run(result: SavedResult, comparison: Comparison, prompts: Sequence[str]) -> str:
    costs = [result.by_case[name].cost for name in comparison.cases]
    prices = [cost.usd for cost in costs if cost.usd is not None]
    tokens = sum(cost.input_tokens + cost.output_tokens for cost in costs)
    parts = [
        ", ".join(result.models) or ("signals only" if result.mode == "signals" else "a model"),
        *([f"prompts {', '.join(prompts)}"] if prompts else []),
        count(sum(cost.calls for cost in costs), "call"),
        count(tokens, "token"),
        f"${sum(prices):.2f}" if len(prices) == len(costs) else "price unknown",
    ]
    return "; ".join(parts)


def _describe_prompts(result: SavedResult, comparison: Comparison) -> list[str]:
    """Return each prompt with its versions, such as ``read 3``.

    If a prompt's text differs although its version is the same, the digest follows.
    """
    described = []
    for name, versions in result.prompts.items():
        both = {*comparison.before.prompts.get(name, ()), *comparison.after.prompts.get(name, ())}
        numbers = Counter(version.partition("@")[0] for version in both)
        parts = (version.partition("@") for version in versions)
        shown = (f"{number} ({digest[:6]})" if numbers[number] > 1 else number for number, _, digest in parts)
        described.append(f"{name} {', '.join(shown)}")
    return described


def _row(difference: Difference) -> tuple[str, ...]:
    share, interval = difference.share, difference.interval
    return (
        TITLES[difference.measure],
        format_share(difference.before.share),
        format_share(difference.after.share),
        "-" if share is None else f"{share * 100:+.0f}",
        "-" if interval is None else f"{interval[0] * 100:+.0f} to {interval[1] * 100:+.0f}",
        str(difference.changed),
        "-" if difference.conclusion is Conclusion.NOT_COUNTED else str(difference.conclusion),
    )


def _case_lines(case: ChangedCase) -> Iterator[str]:
    for measure, (before, after) in case.counts.items():
        yield f"{TITLES[measure]}: {_format_count(before)} → {_format_count(after)}"
    yield from (f"no longer: {remark}" for remark in case.gone)
    yield from (f"new: {remark}" for remark in case.new)


def _format_count(tally: Tally) -> str:
    return format_tally(tally) if tally.of else "-"


def _difference_numbers(difference: Difference) -> dict[str, object]:
    share, interval = difference.share, difference.interval
    return {
        "before": tally_numbers(difference.before),
        "after": tally_numbers(difference.after),
        "difference": None if share is None else round(share, 4),
        "interval": interval and [round(bound, 4) for bound in interval],
        "changed_cases": difference.changed,
        "conclusion": str(difference.conclusion),
    }
