"""Terminal output about handbooks."""

from collections.abc import Iterator, Sequence
from textwrap import shorten

from bot.domain.enquiries.records import Handbook
from bot.domain.sources.documents import FoundPassage
from bot.rendering.text.safe_text import count, one_line

_MOST_OF_A_PASSAGE = 240


def format_handbook(cohort: str, handbook: Handbook) -> Iterator[str]:
    """Yield where a cohort's handbook is, and what came of reading it."""
    yield f"{one_line(cohort)}: {one_line(handbook.place)}"
    if handbook.link:
        yield f"  Links lead to {one_line(handbook.link)}"
    if handbook.read_at is None:
        yield (
            "  Not read yet. `sensei serve` will read it within the hour. To read it now, use "
            "`sensei handbook read COHORT`."
        )
        return
    # A problem may be that nothing could be read, or that some pages were left out.
    read = "tried" if handbook.problem else "read"
    yield f"  {count(handbook.pages, 'page')}. Last {read} at {handbook.read_at:%Y-%m-%d %H:%M} UTC."
    if handbook.problem:
        yield f"  Problem: {one_line(handbook.problem)}"


def format_reading(handbook: Handbook, written: int | None, removed: int) -> Iterator[str]:
    """Yield what came of a reading. ``written`` is None if it failed."""
    if written is None:
        yield f"Sensei couldn't read {one_line(handbook.place)}: {one_line(handbook.problem)}"
        yield (
            f"Participants still find the {count(handbook.pages, 'page')} that it read before."
            if handbook.pages
            else "Participants find none of its pages."
        )
        return
    changes = f"{written} new or changed, {removed} gone"
    yield f"{count(handbook.pages, 'page')} can be found now: {changes} since the last reading."
    if handbook.problem:
        yield one_line(handbook.problem)


def format_found(cohort: str, passages: Sequence[FoundPassage]) -> Iterator[str]:
    """Yield what a question finds, best first, each with the beginning of its text."""
    if not passages:
        yield f"Nothing in the handbook of {one_line(cohort)} or in the rubric fits these words."
    for number, found in enumerate(passages, 1):
        place = " > ".join(filter(None, (found.title, *found.passage.headings)))
        yield f"{number}. {one_line(place)}"
        if found.passage.link:
            yield f"   {one_line(found.passage.link)}"
        text = shorten(one_line(" ".join(found.passage.text.split())), _MOST_OF_A_PASSAGE, placeholder=" …")
        yield f"   {text}"
