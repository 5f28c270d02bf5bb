"""Render the agreement of two authors for a terminal, as Markdown and as JSON."""

import json
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.evals.kappa import Agreement
from bot.domain.evals.second_authors import AuthorAgreement, ItemAgreement
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

AGREEMENT_HEADS = ("", "agreed", "95 %", "count", "kappa", "95 %")
_NOTE = (
    "Scores use only what the first author expects. Intervals for shares are Wilson intervals; intervals for "
    "kappa come from a bootstrap over cases."
)


def terminal(agreement: AuthorAgreement) -> RenderableType:
    """Return the agreement for rich to print."""
    parts: list[RenderableType] = [
        Text(_heading(agreement), "bold"),
        "",
        rich_table(AGREEMENT_HEADS, rows(agreement)),
    ]
    for case, remarks in agreement.remarks:
        parts += ["", Text(case, "bold"), *(indent_remark(remark) for remark in remarks)]
    return Group(*parts, "", Text(_NOTE))


def markdown(agreement: AuthorAgreement) -> str:
    """Return the document, ending in a newline."""
    lines = [f"# Sensei: {_heading(agreement)}", "", *pipe_table(AGREEMENT_HEADS, rows(agreement))]
    for case, remarks in agreement.remarks:
        lines += ["", f"## {case}", "", *(f"- {plain(remark)}" for remark in remarks)]
    return "\n".join([*lines, "", _NOTE]) + "\n"


def as_json(agreement: AuthorAgreement) -> str:
    """Return the document ``sensei.agreement/1``, ending in a newline."""
    document = {
        "schema": "sensei.agreement/1",
        "cases": agreement.cases,
        "without_second_author": agreement.without_second,
        "clean": agreement_numbers(agreement.clean),
        "facts": _item_numbers(agreement.facts),
        "questions": _item_numbers(agreement.questions),
        "movements": _item_numbers(agreement.movements),
        "differences": {case: list(remarks) for case, remarks in agreement.remarks},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _heading(agreement: AuthorAgreement) -> str:
    total = agreement.cases + agreement.without_second
    return f"agreement between two authors on {agreement.cases} of {count(total, 'case')}"


def rows(agreement: AuthorAgreement) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table below ``AGREEMENT_HEADS``."""
    yield agreement_row("Clean case", agreement.clean)
    yield agreement_row("Case with a fact", agreement.facts.labelled)
    yield agreement_row("Case with a question", agreement.questions.labelled)
    yield agreement_row("Direction of each check", agreement.movements.labelled)
    yield _shared_row("Required facts", agreement.facts)
    yield _shared_row("Required questions", agreement.questions)
    yield _shared_row("Required movements", agreement.movements)


def agreement_row(title: str, agreement: Agreement) -> tuple[str, ...]:
    """Return the cells of an agreement below ``AGREEMENT_HEADS``."""
    tally = agreement.agreed
    kappa = "-" if agreement.kappa is None else f"{agreement.kappa:.2f}"
    low, high = agreement.interval or (0.0, 0.0)
    return (
        title,
        format_share(tally.share),
        format_interval(tally),
        format_tally(tally),
        kappa,
        f"{low:.2f} to {high:.2f}" if agreement.interval else "-",
    )


def _shared_row(title: str, items: ItemAgreement) -> tuple[str, ...]:
    tally = items.shared
    return title, format_share(tally.share), format_interval(tally), format_tally(tally), "-", "-"


def agreement_numbers(agreement: Agreement) -> dict[str, object]:
    """Return an agreement for JSON."""
    return {
        "agreed": tally_numbers(agreement.agreed),
        "kappa": None if agreement.kappa is None else round(agreement.kappa, 4),
        "kappa_interval": agreement.interval and [round(bound, 4) for bound in agreement.interval],
    }


def _item_numbers(items: ItemAgreement) -> dict[str, object]:
    return {"shared": tally_numbers(items.shared), "labelled": agreement_numbers(items.labelled)}
