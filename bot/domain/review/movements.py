"""Joining what signals and a model say about the same check."""

from collections.abc import Iterable

from bot.domain.review.question_selection import MOST_CITATIONS
from bot.domain.review.report import Movement


def join_movements(movements: Iterable[Movement]) -> list[Movement]:
    """Return one movement for each check and direction, with the citations of all its readers.

    A whole movement takes precedence over a partial one, and an earlier one over a later one.
    """
    entries: dict[tuple[str, str], Movement] = {}
    for movement in movements:
        key = (movement.check, movement.direction)
        earlier = entries.get(key)
        if earlier is None or (earlier.partial and not movement.partial):
            better, other = movement, earlier
        else:
            better, other = earlier, movement
        others = other.citations if other else ()
        more = [citation for citation in others if citation not in better.citations]
        citations = (*better.citations, *more)[:MOST_CITATIONS]
        entries[key] = better.model_copy(update={"citations": citations})
    return list(entries.values())
