"""What App Homes show of a sensei's decisions, as plain values laid out later."""

from dataclasses import dataclass
from datetime import date

from bot.domain.triage.records import AppealState, Milestone


@dataclass(frozen=True, slots=True)
class TriageCounts:
    """How much waits for a sensei: questions to keep, disputes, rulings and appeals."""

    questions: int = 0
    disputes: int = 0
    rulings: int = 0
    appeals: int = 0

    @property
    def total(self) -> int:
        """Return how much waits altogether."""
        return self.questions + self.disputes + self.rulings + self.appeals


NOTHING_WAITS = TriageCounts()


@dataclass(frozen=True, slots=True)
class RuledLevel:
    """A sensei's ruling on a criterion, as its participant sees it.

    ``level`` is None if the sensei could not judge; ``name`` is the level's name. ``evidence`` are quotes of
    the evidence that counts now. ``sentence`` is in the sensei's own words. ``appeal`` is its state, or
    None if there is no appeal; ``is_final``: a second sensei has ruled, so there is no further appeal.
    """

    ruling: int
    criterion: str
    title: str
    level: int | None
    name: str
    sentence: str
    day: date
    milestone: Milestone | None = None
    appeal: AppealState | None = None
    is_final: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownAppeal:
    """An appeal that waits, as a lead sees it: no words, only who, what and since when."""

    appeal: int
    participant: str
    criterion: str
    day: date
    second: str | None = None
