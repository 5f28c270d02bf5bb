"""What people see of a sensei's decisions, as plain values laid out later. None of them has a draft level."""

from dataclasses import dataclass
from datetime import date

from bot.domain.ledger.evidence import CheckState
from bot.domain.triage.records import AppealState, Milestone, RulerRole


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


@dataclass(frozen=True, slots=True)
class EvidenceQuote:
    """A quote that counts for or against a check, and where it is. ``address`` is a URL, or empty."""

    text: str
    place: str
    address: str
    supports: bool


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A check as its participant sees it. ``missing`` is what partial evidence lacks.

    ``exempted`` says why it does not apply; it is empty if it does.
    """

    ask: str
    state: CheckState
    quotes: tuple[EvidenceQuote, ...] = ()
    missing: tuple[str, ...] = ()
    exempted: str = ""


@dataclass(frozen=True, slots=True)
class ReleasedRuling:
    """A ruling in the message that tells its participant. ``ruler`` is a name, or empty if it isn't known.

    ``meaning`` is what the level means, or empty. ``quotes`` are the first of those that count now.
    ``before`` is the last level that a sensei gave before, or None.
    """

    shown: RuledLevel
    meaning: str
    ruler: str
    role: RulerRole
    quotes: tuple[EvidenceQuote, ...] = ()
    before: RuledLevel | None = None


@dataclass(frozen=True, slots=True)
class AppealedRuling:
    """A ruling under appeal, as the second sensei sees it. ``reason`` is the first sensei's, for senseis.

    ``capstone`` is its name and address. ``first`` is the first sensei's name, and ``appeal_reason`` what the
    participant wrote for the second.
    """

    shown: RuledLevel
    participant: str
    capstone: tuple[str, str]
    first: str
    reason: str
    appeal_reason: str
