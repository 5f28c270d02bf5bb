"""A defence, its questions, and what the sensei ruled on each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DefenceState(StrEnum):
    """The state of a defence. ``HELD``: its sensei has ruled on every question that was asked."""

    PREPARING = "preparing"
    READY = "ready"
    HELD = "held"
    CANCELLED = "cancelled"


class DefenceOutcome(StrEnum):
    """How a participant defended a decision. ``NOT_ASKED``: there was no time for the question."""

    ALONE = "alone"
    AFTER_FOLLOW_UP = "after_follow_up"
    NOT_YET = "not_yet"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class DefenceQuestion:
    """One question of a defence, about lines at the defence's commit.

    ``follow_ups`` are for the sensei. ``note`` is the sensei's sentence to the participant.
    """

    id: int
    position: int
    criterion: str
    check: str | None
    text: str
    follow_ups: tuple[str, ...]
    path: str
    line_start: int
    line_end: int
    quote: str
    fingerprint: str
    outcome: DefenceOutcome | None = None
    note: str = ""
    ruled_by: str | None = None
    ruled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Defence:
    """A defence of a capstone by its participant. ``head`` is the commit that the questions are about."""

    id: int
    capstone: int
    participant: str
    head: str
    state: DefenceState
    prepared_by: str | None
    created_at: datetime
    held_at: datetime | None
    questions: tuple[DefenceQuestion, ...] = ()
