"""Render a ledger for a terminal of 80 columns. No meaning depends on colour."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.ledger.baseline import FilledLedger
from bot.domain.ledger.evidence import CheckState
from bot.rendering.ledger.wording import (
    INCOMPLETE,
    STATES_EXPLAINED,
    CriterionSection,
    LedgerRow,
    describe_drift,
    format_citation,
    format_subject,
    format_tally,
    lay_out_sections,
    list_unused,
)
from bot.rendering.review.terminal import MOST_PLACES
from bot.rendering.text.safe_text import count, coverage_sentence, list_first, one_line, visible
from bot.rendering.text.terminal_parts import Places, Reason, below, item, title

_MARKS = {
    CheckState.MET: ("+", "green"),
    CheckState.PARTLY_MET: ("~", "green"),
    CheckState.CONTESTED: ("!", "yellow"),
    CheckState.OPEN: ("o", "cyan"),
    CheckState.NOT_APPLICABLE: ("/", "dim"),
}


def render(filled: FilledLedger) -> RenderableType:
    """Render a ledger for rich."""
    return Group(*_render_parts(filled))


def _render_parts(filled: FilledLedger) -> Iterator[RenderableType]:
    yield Text.assemble(("Sensei", "bold"), " · evidence ledger")
    yield Text(format_subject(filled, str), "dim")
    yield Text(format_tally(filled))
    if not filled.baseline.complete:
        yield from ("", Text(INCOMPLETE, "bold yellow"))
        yield from (
            Reason("-   ", one_line(reason)) for reason in filled.baseline.incomplete_because[:MOST_PLACES]
        )
    laid_out = list(lay_out_sections(filled))
    for section in laid_out:
        if section.rows:
            yield from _render_section(section, filled.baseline.head)
    yield from _render_silent(laid_out)
    yield from title("What was read")
    yield from ("", Text(coverage_sentence(filled.baseline)))
    for line in (*list_unused(filled), STATES_EXPLAINED):
        yield Text(line, "dim")


def _render_section(section: CriterionSection, head: str) -> Iterator[RenderableType]:
    yield from title(f"{section.criterion.id} · {section.criterion.title}")
    for row in section.rows:
        yield ""
        yield from _render_row(row, head)
    if section.not_assessed:
        yield from ("", below(Text(f"not assessed: {', '.join(section.not_assessed)}", "dim")))


def _render_row(row: LedgerRow, head: str) -> Iterator[RenderableType]:
    text = Text.assemble((row.check.id, "bold"), f" {row.state}: {row.check.ask}")
    yield item(Text.assemble(" ", _MARKS[row.state], "  "), text)
    if row.reason:
        yield below(Text(visible(row.reason)))
    if row.missing:
        yield below(Text(f"missing: {list_first(list(row.missing), MOST_PLACES)}"))
    for label, places in (("for", row.supports), ("against", row.against)):
        if places:
            yield Places(places, MOST_PLACES, f"{label}:")
    if row.drift:
        lost = [format_citation(cited, head) for cited in row.drift.lost]
        yield below(Text(f"{describe_drift(row.drift)}:", "yellow"))
        yield Places(lost, MOST_PLACES, style="yellow")


def _render_silent(laid_out: list[CriterionSection]) -> Iterator[RenderableType]:
    """List the criteria without any assessed check together."""
    if silent := [section for section in laid_out if not section.rows]:
        yield from title("Not assessed yet")
        yield ""
    for section in silent:
        number = count(len(section.not_assessed), "check")
        yield below(Text(f"{section.criterion.id} · {section.criterion.title} · {number}", "dim"))
