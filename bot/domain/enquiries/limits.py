"""How much people may ask, and when Sensei says that it's too much."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WAITING_FOR = timedelta(minutes=15)
"""After how long an unanswered question no longer keeps its author from asking: something went wrong."""


class Limit(StrEnum):
    """Why a message was not kept, and gets no answer."""

    LENGTH = "length"
    WAITING = "waiting"
    HOUR = "hour"
    DAY = "day"
    COHORT = "cohort"
    EDITS = "edits"


@dataclass(frozen=True, slots=True)
class EnquiryLimits:
    """The most messages of a person and of a cohort, threads that wait at once, characters and edits.

    An edit counts as a message, because Sensei answers it anew.
    """

    characters: int = 4000
    waiting: int = 6
    hour: int = 20
    day: int = 60
    cohort_day: int = 600
    edits: int = 10


LIMITS = EnquiryLimits()


@dataclass(frozen=True, slots=True)
class AskedLately:
    """How many messages a person and their cohort have sent, and how many other threads wait."""

    waiting: int
    hour: int
    day: int
    cohort_day: int


def find_limit(text: str, asked: AskedLately, limits: EnquiryLimits = LIMITS) -> Limit | None:
    """Return the limit that a new message would exceed, or None: the easiest to meet first."""
    reached = (
        (Limit.LENGTH, len(text) > limits.characters),
        (Limit.WAITING, asked.waiting >= limits.waiting),
        (Limit.HOUR, asked.hour >= limits.hour),
        (Limit.DAY, asked.day >= limits.day),
        (Limit.COHORT, asked.cohort_day >= limits.cohort_day),
    )
    return next((limit for limit, is_reached in reached if is_reached), None)
