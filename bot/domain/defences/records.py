"""A defence, its questions, and what the sensei ruled on each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DefenceState(StrEnum):
    """The state of a defence. ``HELD``: its sensei has ruled on every question."""

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
class DefenceRuling:
    """What a sensei ruled on a question. ``note`` is their sentence to the participant.

    ``by`` is their opaque id, or None once they were erased.
    """

    outcome: DefenceOutcome
    note: str
    by: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class NewDefenceQuestion:
    """A question to store, about lines at the defence's commit. ``quote`` is those lines, byte for byte.

    ``follow_ups`` and ``touches``, what a strong answer would touch on, are for the sensei alone.
    """

    criterion: str
    check: str | None
    text: str
    follow_ups: tuple[str, ...]
    touches: tuple[str, ...]
    path: str
    line_start: int
    line_end: int
    quote: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class DefenceQuestion:
    """A stored question. ``position`` counts from 1. ``rulings`` has all rulings, the newest last."""

    id: int
    position: int
    asked: NewDefenceQuestion
    rulings: tuple[DefenceRuling, ...] = ()

    @property
    def ruling(self) -> DefenceRuling | None:
        """Return the ruling that counts: the newest, or None if there is none yet."""
        return self.rulings[-1] if self.rulings else None


@dataclass(frozen=True, slots=True)
class Defence:
    """A defence of a capstone by its participant. ``head`` is the commit that the questions are about.

    ``prepared_at`` is when its questions were asked for last. One that is ``PREPARING`` keeps the questions
    that it has until there are others. ``session_at`` is when the two meet, or None if that was called off.
    ``held_at`` is when the last question got its first ruling.
    """

    id: int
    capstone: int
    participant: str
    head: str
    state: DefenceState
    prepared_by: str | None
    prepared_at: datetime
    session_at: datetime | None
    held_at: datetime | None
    questions: tuple[DefenceQuestion, ...] = ()

    @property
    def has_rulings(self) -> bool:
        """Return whether any question has been ruled on."""
        return any(question.rulings for question in self.questions)

    @property
    def is_ruled(self) -> bool:
        """Return whether every question has been ruled on."""
        return bool(self.questions) and all(question.rulings for question in self.questions)


@dataclass(frozen=True, slots=True)
class DefendedQuestion:
    """A question of a defence that was held, as far as growth counts it: no words."""

    capstone: int
    criterion: str
    outcome: DefenceOutcome
    at: datetime
