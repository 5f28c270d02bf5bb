"""Render a report as one HTML page, with each statement next to the code.

The page loads nothing. Its content security policy forbids scripts and all requests, and allows its one style
sheet by digest. So even a text that broke out of its element could not style, load or run anything.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Citation, Report
from bot.rendering.text import safe_text

# Maximum number of places shown for a fact. The others are in a collapsed list below them.
MOST_PLACES = 3


def render(report: Report, asks: Mapping[str, str]) -> str:
    """Return the page, ending in a newline. ``asks`` has the text of each check by its id."""
    return render_page(remove_refused_texts(report), asks)


def render_page(report: Report, asks: Mapping[str, str]) -> str:
    """Return the page of a report whose words were checked. Any text in it is shown as plain text."""
    style = files("bot.rendering.review").joinpath("report.css").read_text("utf-8")
    return (
        _make_environment()
        .get_template("report.html.jinja")
        .render(
            report=report,
            asks=asks,
            facts=safe_text.group_facts(report),
            incomplete=safe_text.incomplete_sentence(report),
            movements=sorted(
                safe_text.list_untold_movements(report), key=lambda movement: movement.direction
            ),
            style=Markup(style),  # noqa: S704 (a file of this package)
            digest=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        )
    )


def _make_environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bot.rendering.review", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_make_visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {
        "FACTS_EXPLAINED": safe_text.FACTS_EXPLAINED,
        "MOST_PLACES": MOST_PLACES,
        "bearing": safe_text.describe_bearing,
        "breakable": _break_after_slashes,
        "count": safe_text.count,
        "not_assessed_sentence": safe_text.not_assessed_sentence,
        "left_out_sentence": safe_text.left_out_sentence,
        "lines": _numbered_lines,
        "no_question_sentence": safe_text.no_question_sentence,
        "place_name": safe_text.place_name,
        "short_revision": safe_text.short_revision,
        "stack_signs": safe_text.stack_signs,
        "group_skipped_files": safe_text.group_skipped_files,
        "stack_titles": safe_text.stack_titles,
    }
    return environment


def _make_visible(value: object) -> object:
    """Make invisible characters in a printed text visible. Markup has already been escaped."""
    return safe_text.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _break_after_slashes(path: str) -> Markup:
    """Return a path in which a line may break after each slash."""
    return Markup("/<wbr>").join(safe_text.visible(path).split("/"))


def _numbered_lines(citation: Citation) -> Iterator[tuple[str, str]]:
    """Yield each line of a quote with its number.

    One mark replaces a secret of several lines. The lines after it have no number, because it would be wrong.
    """
    quoted = safe_text.visible(citation.quote).split("\n")
    numbered = len(quoted) == citation.line_end - citation.line_start + 1
    for n, line in enumerate(quoted):
        yield str(citation.line_start + n) if numbered or n == 0 else "", line
