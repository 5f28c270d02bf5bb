"""A report as one page: the statement beside the code, in light, in dark and on paper.

The page asks for nothing from anywhere. Its policy forbids scripts and every request, and allows its one
style sheet by digest: a text that ever left its place could still not draw, load or run anything.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.review.publication_check import admit
from bot.domain.review.report import Citation, Report
from bot.rendering.text import safe_text

# So many places of one fact are spread out; the others are folded away below them.
MOST_PLACES = 3


def render(report: Report, asks: Mapping[str, str]) -> str:
    """Return the page, ending in a newline. ``asks`` gives the text of a check by its id."""
    return page(admit(report), asks)


def page(report: Report, asks: Mapping[str, str]) -> str:
    """Return the page of a report whose words may be shown: whatever they are, they stay text."""
    style = files("bot.rendering.review").joinpath("report.css").read_text("utf-8")
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            asks=asks,
            facts=safe_text.facts(report),
            incomplete=safe_text.incomplete(report),
            movements=sorted(report.movements, key=lambda each: each.direction),
            style=Markup(style),  # noqa: S704 (ours: it holds nothing that was read)
            digest=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.rendering.review", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "MOST_PLACES": MOST_PLACES,
        "breakable": _breakable,
        "count": safe_text.count,
        "judgement": safe_text.judgement,
        "left_out": safe_text.left_out,
        "lines": _lines,
        "no_question": safe_text.no_question,
        "place": safe_text.place,
        "short": safe_text.short,
        "shown_by": safe_text.shown_by,
        "skipped_by_reason": safe_text.skipped_by_reason,
        "stacks": safe_text.stacks,
    }
    return environment


def _shown(value: object) -> object:
    """Make every text that the template prints visible; what is markup has been through here already."""
    return safe_text.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _breakable(path: str) -> Markup:
    """Let a long path go on in the next line after a slash."""
    return Markup("/<wbr>").join(safe_text.visible(path).split("/"))


def _lines(citation: Citation) -> Iterator[tuple[str, str]]:
    """Yield each line of a quote with its number.

    A secret of several lines is left out as one mark; what follows has no number rather than a false one.
    """
    quoted = safe_text.visible(citation.quote).split("\n")
    numbered = len(quoted) == citation.line_end - citation.line_start + 1
    for n, line in enumerate(quoted):
        yield str(citation.line_start + n) if numbered or n == 0 else "", line
