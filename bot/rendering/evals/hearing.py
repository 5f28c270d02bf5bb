"""Render what was heard in answers, and how far it agrees with a reader: terminal, Markdown and JSON."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.evals.answers import HeardCase, HearingScore, total
from bot.domain.evals.intervals import Tally
from bot.rendering.evals.agreement import agreement_numbers, agreement_row
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
from bot.rendering.text.safe_text import count

HeardCases = Mapping[str, HeardCase]
"""What a model heard, by the id of the case; empty for the comparison of two readers."""

SLOT_HEADS = ("part", "found", "95 %", "count", "right", "95 %", "count", "kappa")
KIND_HEADS = ("kind of answer", "agreed", "95 %", "count")
STANCE_HEADS = ("", "agreed", "95 %", "count", "kappa", "95 %")
_NOTE = (
    "“Found” is the share of the parts that the first reader marked and that were found. “Right” is the "
    "share of the parts found that the first reader had marked too. Parts that might or might not count are "
    "left out."
)


def terminal(score: HearingScore, heading: str, heard: HeardCases) -> RenderableType:
    """Return the figures for rich to print."""
    parts: list[RenderableType] = [
        Text(f"{heading}: {count(score.cases, 'answer')}", "bold"),
        "",
        rich_table(SLOT_HEADS, slot_rows(score)),
        "",
        rich_table(KIND_HEADS, kind_rows(score)),
        "",
        rich_table(STANCE_HEADS, [agreement_row("Stance", score.stance)]),
    ]
    parts += ["", *map(Text, call_lines(heard))] if heard else []
    if score.remarks:
        parts += ["", *(indent_remark(f"{case}: {remark}") for case, remark in score.remarks)]
    return Group(*parts, "", Text(_NOTE))


def markdown(score: HearingScore, heading: str, heard: HeardCases) -> str:
    """Return the document, ending in a newline."""
    lines = [f"# Sensei: {heading}, {count(score.cases, 'answer')}", ""]
    lines += [*pipe_table(SLOT_HEADS, slot_rows(score)), "", *pipe_table(KIND_HEADS, kind_rows(score)), ""]
    lines += pipe_table(STANCE_HEADS, [agreement_row("Stance", score.stance)])
    lines += ["", *(f"- {line}" for line in call_lines(heard))] if heard else []
    if score.remarks:
        lines += ["", *(f"- {plain(f'{case}: {remark}')}" for case, remark in score.remarks)]
    return "\n".join([*lines, "", _NOTE]) + "\n"


def as_json(score: HearingScore, heading: str, heard: HeardCases) -> str:
    """Return the document ``sensei.hearing/1``, ending in a newline."""
    document = {
        "schema": "sensei.hearing/1",
        "what": heading,
        "answers": score.cases,
        "slots": {
            slot.value: {
                "found": tally_numbers(part.found),
                "right": tally_numbers(part.right),
                "agreement": agreement_numbers(part.agreement),
            }
            for slot, part in score.slots.items()
        },
        "kinds": {kind.value: tally_numbers(tally) for kind, tally in score.by_kind.items()},
        "stance": agreement_numbers(score.stance),
        "quotes": tally_numbers(count_located(heard)),
        "follow_ups": {
            case: {"part": asked.slot.value, "text": asked.text, "own": asked.own, "refused": asked.refused}
            for case, one in heard.items()
            if (asked := one.follow_up)
        },
        "differences": [list(remark) for remark in score.remarks],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def count_located(heard: HeardCases) -> Tally:
    """Return how many of the model's quotes are in the messages that it named."""
    located = sum(one.located for one in heard.values())
    return Tally(located, located + sum(one.dropped for one in heard.values()))


def call_lines(heard: HeardCases) -> Iterator[str]:
    """Yield what there is to say about quotes and follow-ups."""
    yield f"Quotes found in the messages: {format_tally(count_located(heard))}"
    asked = [one.follow_up for one in heard.values() if one.follow_up]
    own = sum(one.own for one in asked)
    yield f"Follow-ups in the model's own words: {own} of {len(asked)}; the others use the rubric's words"
    for reason, times in Counter(one.refused for one in asked if one.refused).most_common():
        yield f"  refused: {reason} ({times})"


def slot_rows(score: HearingScore) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table below ``SLOT_HEADS``, with all parts together at the end."""
    for slot, part in score.slots.items():
        kappa = part.agreement.kappa
        yield slot.value, *_cells(part.found), *_cells(part.right), "-" if kappa is None else f"{kappa:.2f}"
    found, right = total(score)
    yield "all", *_cells(found), *_cells(right), "-"


def kind_rows(score: HearingScore) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table below ``KIND_HEADS``."""
    for kind, tally in score.by_kind.items():
        yield kind.replace("_", " "), *_cells(tally)


def _cells(tally: Tally) -> tuple[str, str, str]:
    return format_share(tally.share), format_interval(tally), format_tally(tally)
