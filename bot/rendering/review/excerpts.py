"""The lines of code that a page shows for a fact or a question."""

import re
from collections import Counter
from typing import NamedTuple

from bot.domain.review.report import Citation, Concern, Question, Report
from bot.rendering.text.safe_text import visible

_MARK = re.compile(r"\[redacted:[a-z0-9-]{1,60}\]")


class ShownLine(NamedTuple):
    """A line of code with its number, or an empty text if unknown, and whether the item cites it."""

    number: str
    text: str
    cited: bool


def quoted_lines(citation: Citation) -> list[ShownLine]:
    """Return each line of a quote with its number, and with its invisible characters made visible.

    One mark replaces a secret of several lines. The lines after it have no number, because it would be wrong.
    """
    quoted = visible(citation.quote).split("\n")
    numbered = len(quoted) == citation.line_end - citation.line_start + 1
    return [
        ShownLine(str(citation.line_start + n) if numbered or n == 0 else "", line, cited=True)
        for n, line in enumerate(quoted)
    ]


def code_lines(item: Concern | Question) -> list[ShownLine]:
    """Return the lines around an item's citation, or those of its quote if the report has no others."""
    first, last = item.citation.line_start, item.citation.line_end
    # A text of one line never contains a line break; a report from a file may say otherwise.
    around = [
        ShownLine(str(line.line), visible(line.text).replace("\n", "\\n"), first <= line.line <= last)
        for line in item.excerpt
    ]
    return around or quoted_lines(item.citation)


def count_hidden(report: Report) -> int:
    """Return how many values that look like secrets are hidden in the code that a page shows.

    A value that is shown twice counts once.
    """
    hidden: Counter[tuple[str, str, str]] = Counter()

    def note(citation: Citation, lines: list[ShownLine]) -> None:
        for line in lines:
            place = citation.path, citation.side, line.number
            hidden[place] = max(hidden[place], len(_MARK.findall(line.text)))

    items: list[Concern | Question] = [*report.concerns, *report.questions]
    for item in items:
        note(item.citation, code_lines(item))
    for movement in report.movements:
        for citation in movement.citations:
            note(citation, quoted_lines(citation))
    for strength in report.strengths:
        note(strength.citation, quoted_lines(strength.citation))
    return hidden.total()
