"""Render what judges say of a run, below its figures."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.evals.judging import Judgement, Verdict
from bot.rendering.evals.agreement import AGREEMENT_HEADS, agreement_numbers, agreement_row
from bot.rendering.evals.tables import (
    format_interval,
    format_share,
    format_tally,
    pipe_table,
    rich_table,
    tally_numbers,
)

TITLES = {
    Verdict.AS_WORDED: "Questions to ask as worded",
    Verdict.PRESUPPOSES: "Questions that presuppose something",
    Verdict.STILTED: "Questions that sound stilted",
    Verdict.WOULD_ASK: "Questions worth asking",
    Verdict.IS_TRUE: "Facts that are true",
    Verdict.WORTH_SAYING: "Facts worth saying",
}
_HEADS = ("", "judge", "yes", "95 %", "count")


def terminal(judgement: Judgement) -> RenderableType:
    """Return the judges' figures for rich to print."""
    parts: list[RenderableType] = [
        Text(_heading(judgement), "bold"),
        "",
        rich_table(_HEADS, _rows(judgement)),
    ]
    if agreements := list(_agreement_rows(judgement)):
        parts += ["", rich_table(AGREEMENT_HEADS, agreements)]
    return Group("", *parts)


def markdown(judgement: Judgement) -> str:
    """Return a section of a document, ending in a newline."""
    lines = ["", f"## {_heading(judgement)}", "", *pipe_table(_HEADS, _rows(judgement))]
    if agreements := list(_agreement_rows(judgement)):
        lines += ["", *pipe_table(AGREEMENT_HEADS, agreements)]
    return "\n".join(lines) + "\n"


def numbers(judgement: Judgement) -> dict[str, object]:
    """Return the judges' figures for JSON."""
    return {
        "items": judgement.items,
        "unjudged": judgement.unjudged,
        "verdicts": {
            str(verdict): {
                "judges": [tally_numbers(share) for share in figure.shares],
                "agreement": figure.agreement and agreement_numbers(figure.agreement),
            }
            for verdict, figure in judgement.figures.items()
        },
    }


def _heading(judgement: Judgement) -> str:
    judged = judgement.items - judgement.unjudged
    return f"{judged} of {judgement.items} questions and facts judged"


def _rows(judgement: Judgement) -> Iterator[tuple[str, ...]]:
    for verdict, figure in judgement.figures.items():
        for number, tally in enumerate(figure.shares, 1):
            shown = format_share(tally.share), format_interval(tally), format_tally(tally)
            yield TITLES[verdict], str(number), *shown


def _agreement_rows(judgement: Judgement) -> Iterator[tuple[str, ...]]:
    for verdict, figure in judgement.figures.items():
        if figure.agreement:
            yield agreement_row(TITLES[verdict], figure.agreement)
