"""Render a ledger as GitHub's Markdown. Text from the repository can't mention anyone, link or format."""

from collections.abc import Iterator

from bot.domain.ledger.baseline import FilledLedger
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
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.safe_text import count, coverage_sentence, list_first

_MOST_PLACES = 20


def render(filled: FilledLedger) -> str:
    """Render the document, ending in a newline."""
    return "\n".join(_render_parts(filled)) + "\n"


def _render_parts(filled: FilledLedger) -> Iterator[str]:
    yield from (
        "# Sensei: evidence ledger",
        "",
        f"{format_subject(filled, code)}.",
        "",
        f"{format_tally(filled)}.",
    )
    if not filled.baseline.complete:
        yield from ("", f"**{INCOMPLETE}**", "")
        yield from (f"- {plain(reason)}" for reason in filled.baseline.incomplete_because)
    laid_out = list(lay_out_sections(filled))
    for section in laid_out:
        if section.rows:
            yield from _render_section(section, filled.baseline.head)
    if silent := [section for section in laid_out if not section.rows]:
        yield from ("", "## Not assessed yet", "")
        yield from (
            f"- {plain(section.criterion.title)}: {count(len(section.not_assessed), 'check')}"
            for section in silent
        )
    yield from ("", "## What was read", "", f"{coverage_sentence(filled.baseline)}.")
    for line in (*list_unused(filled), STATES_EXPLAINED):
        yield from ("", line)


def _render_section(section: CriterionSection, head: str) -> Iterator[str]:
    yield from ("", f"## {plain(section.criterion.title)}", "")
    yield from (" ".join(_render_row(row, head)) for row in section.rows)
    if section.not_assessed:
        yield f"- not assessed: {', '.join(map(code, section.not_assessed))}"


def _render_row(row: LedgerRow, head: str) -> Iterator[str]:
    yield f"- {code(row.check.id)} **{row.state}**: {plain(row.check.ask)}"
    if row.reason:
        yield f"{plain(row.reason)}."
    if row.missing:
        yield f"Missing: {list_first(list(row.missing), _MOST_PLACES, plain)}."
    for label, places in (("For", row.supports), ("Against", row.against)):
        if places:
            yield f"{label}: {list_first(list(places), _MOST_PLACES, code)}."
    if row.drift:
        lost = [format_citation(cited, head) for cited in row.drift.lost]
        yield f"It {describe_drift(row.drift)}: {list_first(lost, _MOST_PLACES, code)}."
