"""Render a ledger as one HTML page, with a report's style sheet and policy: it loads and runs nothing."""

from bot.domain.ledger.baseline import FilledLedger
from bot.domain.review.report import Citation
from bot.rendering.ledger.wording import (
    INCOMPLETE,
    STATES_EXPLAINED,
    describe_drift,
    format_citation,
    format_subject,
    format_tally,
    lay_out_sections,
    list_unused,
)
from bot.rendering.review import html
from bot.rendering.review.subject import ReportSubject
from bot.rendering.text.safe_text import count, coverage_sentence


def render(filled: FilledLedger, subject: ReportSubject | None = None) -> str:
    """Return the page, ending in a newline."""
    return html.render_template(
        "bot.rendering.ledger",
        "ledger.html.jinja",
        {
            "count": count,
            "coverage_sentence": coverage_sentence,
            "describe_drift": describe_drift,
            "format_citation": format_citation,
            "is_quote": lambda cited: isinstance(cited, Citation),
        },
        filled=filled,
        head=filled.baseline.head,
        subject=str(subject or ""),
        heading=format_subject(filled, str),
        tally=format_tally(filled),
        sections=list(lay_out_sections(filled)),
        incomplete=INCOMPLETE,
        unused=list_unused(filled),
        states=STATES_EXPLAINED,
    )
