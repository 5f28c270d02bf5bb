"""Terminal output about what people ask."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import date

from bot.domain.enquiries.trends import Trends
from bot.rendering.enquiries.trends import write_trends
from bot.rendering.text.safe_text import one_line

_WIDTH = 80


def format_gaps(cohort: str, trends: Trends, gaps: Sequence[tuple[int, date, str]]) -> Iterator[str]:
    """Yield a cohort's figures, and what its handbook lacks, newest first."""
    yield from textwrap.wrap(write_trends(trends), _WIDTH)
    yield ""
    if not gaps:
        yield f"Nobody has reported a gap in the handbook of {one_line(cohort)}."
        return
    yield f"Gaps in the handbook of {one_line(cohort)}:"
    for number, day, words in gaps:
        lines = textwrap.wrap(one_line(words), _WIDTH - 6)
        yield f"{number:>4}. {day.isoformat()}"
        yield from (f"      {line}" for line in lines)
