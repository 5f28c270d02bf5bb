"""A ledger for a terminal: 80 columns, colour where there is any, every word there without it."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from bot.domain.ledger.baseline import FilledLedger
from bot.domain.ledger.evidence import CheckState
from bot.rendering.ledger.wording import (
    EXPLAINED,
    INCOMPLETE,
    CriterionSection,
    LedgerRow,
    aside,
    fell,
    sections,
    subject,
    tally,
    where,
)
from bot.rendering.review.terminal import MOST_PLACES, below, item, title
from bot.rendering.text.safe_text import count, coverage, one_line, some, visible

_MARKS = {
    CheckState.MET: ("+", "green"),
    CheckState.PARTLY_MET: ("~", "green"),
    CheckState.CONTESTED: ("!", "yellow"),
    CheckState.OPEN: ("o", "cyan"),
    CheckState.NOT_APPLICABLE: ("/", "dim"),
}


def render(filled: FilledLedger) -> RenderableType:
    """Return what rich prints."""
    return Group(*_parts(filled))


def _parts(filled: FilledLedger) -> Iterator[RenderableType]:
    yield Text.assemble(("Sensei", "bold"), " · evidence ledger")
    yield Text(subject(filled, str), "dim")
    yield Text(tally(filled))
    if not filled.baseline.complete:
        yield from ("", Text(INCOMPLETE, "bold yellow"))
        yield from (
            item("- ", Text(one_line(why))) for why in filled.baseline.incomplete_because[:MOST_PLACES]
        )
    laid_out = list(sections(filled))
    for section in laid_out:
        if section.rows:
            yield from _section(section, filled.baseline.head)
    yield from _silent(laid_out)
    yield from title("Read")
    yield from ("", Text(coverage(filled.baseline)))
    for line in (*aside(filled), EXPLAINED):
        yield Text(line, "dim")


def _section(section: CriterionSection, head: str) -> Iterator[RenderableType]:
    yield from title(f"{section.criterion.id} · {section.criterion.title}")
    for row in section.rows:
        yield ""
        yield from _row(row, head)
    if section.not_assessed:
        yield from ("", below(Text(f"not assessed: {', '.join(section.not_assessed)}", "dim")))


def _row(row: LedgerRow, head: str) -> Iterator[RenderableType]:
    text = Text.assemble((row.check.id, "bold"), f" {row.state}: {row.check.ask}")
    yield item(Text.assemble(" ", _MARKS[row.state], "  "), text)
    if row.reason:
        yield below(Text(visible(row.reason)))
    if row.missing:
        yield below(Text(f"missing: {some(list(row.missing), MOST_PLACES)}"))
    for label, places in (("for", row.supports), ("against", row.against)):
        if places:
            yield below(Text(f"{label}: {some(list(places), MOST_PLACES, str)}", "dim"))
    if row.drift:
        lost = [where(each, head) for each in row.drift.lost]
        yield below(Text(f"{fell(row.drift)}: {some(lost, MOST_PLACES, str)}", "yellow"))


def _silent(laid_out: list[CriterionSection]) -> Iterator[RenderableType]:
    """Name the criteria of which nothing is known, in one place."""
    if silent := [section for section in laid_out if not section.rows]:
        yield from title("No reading has spoken to these")
        yield ""
    for section in silent:
        number = count(len(section.not_assessed), "check")
        yield below(Text(f"{section.criterion.id} · {section.criterion.title} · {number}", "dim"))
