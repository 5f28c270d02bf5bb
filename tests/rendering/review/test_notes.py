"""A note is neither a fact nor a question. Each format shows it where it says what was read."""

import pytest

from bot.domain.review.report import Note
from bot.rendering.pull_requests.summary import summary
from bot.rendering.review import html, markdown
from tests.rendering import reports
from tests.rendering.review.test_terminal import shown

TEXT = "This value looks like the example key from AWS's documentation, so it isn't reported as a secret."
NOTES = tuple(
    Note(text=TEXT, citation=reports.citation("[redacted:aws-access-key-id]", redacted=True, line=line))
    for line in (4, 9)
)
NOTED = reports.report(notes=NOTES)


@pytest.mark.parametrize("format_", ["terminal", "markdown", "html", "github"])
def test_every_format_shows_a_note_once_with_its_places(format_: str) -> None:
    text = {
        "terminal": lambda: " ".join(shown(NOTED).split()),
        "markdown": lambda: markdown.render(NOTED, {}),
        "html": lambda: html.render(NOTED, {}).replace("&#39;", "'").replace("<wbr>", ""),
        "github": lambda: summary(NOTED, {}, [], "<!-- sensei:review=1 -->"),
    }[format_]()
    assert text.count(TEXT) == 1
    assert "app/client.py:4" in text
    assert "app/client.py:9" in text
    assert "1 fact" not in text


def test_a_report_without_findings_still_shows_its_notes() -> None:
    assert shown(NOTED).startswith("Sensei · first pass · signals only, no model\n")
    assert "What was read" not in shown(NOTED), "the short form of a report without findings"
