"""A ledger as GitHub's Markdown, in which nothing that was read can mention, link, or draw anything."""

from collections.abc import Iterator

from bot.domain.ledger.baseline import FilledLedger
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
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.safe_text import count, coverage, some

_MOST_PLACES = 20


def render(filled: FilledLedger) -> str:
    """Return the document, ending in a newline."""
    return "\n".join(_parts(filled)) + "\n"


def _parts(filled: FilledLedger) -> Iterator[str]:
    yield from ("# Sensei: evidence ledger", "", f"{subject(filled, code)}.", "", f"{tally(filled)}.")
    if not filled.baseline.complete:
        yield from ("", f"**{INCOMPLETE}**", "")
        yield from (f"- {plain(reason)}" for reason in filled.baseline.incomplete_because)
    laid_out = list(sections(filled))
    for section in laid_out:
        if section.rows:
            yield from _section(section, filled.baseline.head)
    if silent := [section for section in laid_out if not section.rows]:
        yield from ("", "## No reading has spoken to these", "")
        yield from (
            f"- {plain(each.criterion.title)}: {count(len(each.not_assessed), 'check')}" for each in silent
        )
    yield from ("", "## Read", "", f"{coverage(filled.baseline)}.")
    for line in (*aside(filled), EXPLAINED):
        yield from ("", line)


def _section(section: CriterionSection, head: str) -> Iterator[str]:
    yield from ("", f"## {plain(section.criterion.title)}", "")
    yield from (" ".join(_row(row, head)) for row in section.rows)
    if section.not_assessed:
        yield f"- not assessed: {', '.join(map(code, section.not_assessed))}"


def _row(row: LedgerRow, head: str) -> Iterator[str]:
    yield f"- {code(row.check.id)} **{row.state}**: {plain(row.check.ask)}"
    if row.reason:
        yield f"{plain(row.reason)}."
    if row.missing:
        yield f"Missing: {some(list(row.missing), _MOST_PLACES, plain)}."
    for label, places in (("For", row.supports), ("Against", row.against)):
        if places:
            yield f"{label}: {some(list(places), _MOST_PLACES, code)}."
    if row.drift:
        lost = [where(each, head) for each in row.drift.lost]
        yield f"It {fell(row.drift)}: {some(lost, _MOST_PLACES, code)}."
