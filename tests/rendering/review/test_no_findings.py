"""A report without findings says so in the same words in every format."""

from collections.abc import Callable

import pytest

from bot.domain.review.report import Coverage, ModelRef, Report
from bot.rendering.pull_requests.summary import summary
from bot.rendering.review import html, markdown
from tests.rendering import reports
from tests.rendering.review.test_terminal import shown

NOTHING = "No pattern matched. This is not an approval."
FORMATS: dict[str, Callable[[Report], str]] = {
    "terminal": lambda report: " ".join(shown(report).split()),
    "markdown": lambda report: markdown.render(report, {}),
    "html": lambda report: html.render(report, {}),
    "github": lambda report: summary(report, {}, [], "<!-- sensei:review=1 -->"),
}
BY_MODEL = reports.report(mode="model", model=ModelRef(provider="p", id="deep-thought", prompts={}))


@pytest.mark.parametrize("format_", FORMATS)
def test_without_a_model_and_a_match_each_format_says_the_same_once(format_: str) -> None:
    assert FORMATS[format_](reports.report()).count(NOTHING) == 1


@pytest.mark.parametrize("format_", ["terminal", "markdown", "html"])
def test_so_does_a_whole_tree(format_: str) -> None:
    assert FORMATS[format_](reports.report(kind="baseline", base=None)).count(NOTHING) == 1


@pytest.mark.parametrize("format_", FORMATS)
def test_a_match_a_model_or_an_unread_file_makes_it_untrue(format_: str) -> None:
    unread = Coverage(files_total=1, files_read=0, skipped=(), not_assessed=())
    for report in (
        reports.report(movements=(reports.movement(),)),
        reports.report(questions=(reports.question(),)),
        reports.report(concerns=(reports.concern(),)),
        reports.report(coverage=unread),
        BY_MODEL,
    ):
        assert "No pattern matched" not in FORMATS[format_](report)
    assert FORMATS[format_](BY_MODEL).count("This is not an approval.") == 1
