"""Render a participant's report on a milestone as one HTML page, with the style of the other reports.

The page loads and runs nothing, and prints on A4 and Letter. All texts in it are shown as plain text.
"""

from bot.domain.ledger.evidence import Cited, Statement
from bot.domain.milestones.report import MilestoneReport, ReportedCriterion
from bot.domain.review.report import Citation
from bot.domain.triage.records import RulerRole
from bot.rendering.decisions.markdown import PART_LABELS
from bot.rendering.milestones.growth import DEFENDED, EXPLAINED_NEUTRALLY, describe_counts
from bot.rendering.milestones.wording import TITLES, format_day
from bot.rendering.review import html
from bot.rendering.text.defence_outcomes import OUTCOMES
from bot.rendering.text.safe_text import count, one_line, place_name, short_revision

_SAID = {
    "decision": "From a recorded decision",
    "thread": "From an answer to a question",
    "document": "From the design document",
}
_RULERS = {
    RulerRole.SENSEI: "their sensei",
    RulerRole.DEPUTY: "a deputy of their sensei",
    RulerRole.SECOND: "a second sensei, after a request for a second opinion",
}


def render(report: MilestoneReport) -> str:
    """Return the page, ending in a newline."""
    return html.render_template(
        "bot.rendering.milestones",
        "report.html.jinja",
        {
            "count": count,
            "describe_counts": describe_counts,
            "describe_ruling": describe_ruling,
            "format_cited": format_cited,
            "format_day": format_day,
            "is_code": lambda cited: isinstance(cited, Citation),
            "labels": PART_LABELS,
            "outcomes": OUTCOMES,
        },
        styles="report.css",
        report=report,
        title=TITLES[report.milestone],
        growth_explained=(
            f"{EXPLAINED_NEUTRALLY} {DEFENDED}" if report.growth.has_defended else EXPLAINED_NEUTRALLY
        ),
    )


def name_file(report: MilestoneReport) -> str:
    """Return the file's name. It contains no person's name, because files get around."""
    return f"{report.milestone}-milestone-{report.made_on}.html"


def describe_ruling(criterion: ReportedCriterion) -> str:
    """Say when, and who ruled, such as ``Ruled on 28 Nov 2026 by Sol``."""
    who = one_line(criterion.sensei) if criterion.sensei else _RULERS[criterion.role]
    return f"Ruled on {format_day(criterion.day)} by {who}"


def format_cited(cited: Cited) -> str:
    """Return where a quote is: a path, its line and the commit, or what the participant said."""
    if isinstance(cited, Statement):
        return _SAID[cited.source]
    if cited.source == "text":
        return f"{place_name(cited)} of a pull request"
    return f"{place_name(cited)} at {short_revision(cited.commit)}"
