"""Render a report as one HTML page, with each statement next to the code.

The page loads nothing. Its content security policy forbids scripts and all requests, and allows its one style
sheet by digest. So even a text that broke out of its element could not style, load or run anything.
"""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.domain.review.publication_check import remove_refused_texts
from bot.domain.review.report import Report
from bot.rendering.review import excerpts
from bot.rendering.review.subject import ReportSubject
from bot.rendering.text import safe_text

# Maximum number of places shown for a fact. The others are in a collapsed list below them.
MOST_PLACES = 3


def render(report: Report, asks: Mapping[str, str], subject: ReportSubject | None = None) -> str:
    """Return the page, ending in a newline. ``asks`` has the text of each check by its id."""
    return render_page(remove_refused_texts(report), asks, subject)


def render_page(report: Report, asks: Mapping[str, str], subject: ReportSubject | None = None) -> str:
    """Return the page of a report whose words were checked. Any text in it is shown as plain text."""
    return render_template(
        "bot.rendering.review",
        "report.html.jinja",
        {},
        report=report,
        asks=asks,
        subject=str(subject or ""),
        facts=safe_text.group_facts(report),
        incomplete=safe_text.incomplete_sentence(report),
        movements=sorted(safe_text.list_untold_movements(report), key=lambda movement: movement.direction),
    )


def render_template(
    package: str, name: str, functions: Mapping[str, object], *, styles: str = "", **values: object
) -> str:
    """Render a page with the style sheet and the functions that all pages share, and with its own.

    ``styles`` is the name of a further style sheet of the package.
    """
    style = files("bot.rendering.review").joinpath("report.css").read_text("utf-8")
    if styles:
        style += files(package).joinpath(styles).read_text("utf-8")
    environment = _make_environment(package)
    environment.globals |= functions
    return environment.get_template(name).render(
        **values,
        style=Markup(style),  # noqa: S704 (a file of this package)
        digest=b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _make_environment(package: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(package, "."),
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
        "code_lines": excerpts.code_lines,
        "count_hidden": excerpts.count_hidden,
        "describe_movement": safe_text.describe_movement,
        "group_notes": safe_text.group_notes,
        "hidden_sentence": safe_text.hidden_sentence,
        "movements_title": safe_text.movements_title,
        "nothing_read_sentence": safe_text.nothing_read_sentence,
        "quoted_lines": excerpts.quoted_lines,
        "no_finding_sentence": safe_text.no_finding_sentence,
        "no_question_sentence": safe_text.no_question_sentence,
        "not_asked_sentence": safe_text.not_asked_sentence,
        "packs_phrase": safe_text.packs_phrase,
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
