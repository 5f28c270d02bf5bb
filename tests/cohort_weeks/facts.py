"""What a test knows of a cohort because it did it. From that it works out what a digest must say."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.fakes.github.model import Repository, Thread, User
from tests.fakes.slack import Person


@dataclass(eq=False)
class Asked:
    """A question that was asked in a pull request. ``since`` is when its state last changed."""

    thread: Thread
    gate: bool
    since: datetime
    state: str = "asked"


@dataclass(frozen=True)
class Ruled:
    """What a sensei decided: when, on which evidence, and at which milestone."""

    at: datetime
    level: int
    evidence: frozenset[str]
    milestone: str


@dataclass(eq=False)
class Guided:
    """A participant with their capstone. ``evidence`` are the texts that show a criterion, by criterion."""

    name: str
    number: int
    person: Person
    user: User
    repository: Repository
    capstone: int
    sensei: "Guide | None"
    enrolled: datetime
    read: datetime | None = None
    evidence: dict[str, frozenset[str]] = field(default_factory=dict)
    ruled: dict[str, Ruled] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def shows(self, criterion: str, text: str) -> None:
        """Note that new evidence stands on the default branch."""
        self.evidence[criterion] = self.evidence.get(criterion, frozenset()) | {text}


@dataclass(eq=False)
class Guide:
    """A sensei, with their hours and holidays. ``deputy`` stands in for all of their participants."""

    name: str
    number: int
    person: Person
    zone: str
    away: tuple[date, date] | None = None
    deputy: "Guide | None" = None
    left: bool = False

    def today(self, at: datetime) -> date:
        """Return their date."""
        return at.astimezone(ZoneInfo(self.zone)).date()

    def is_away(self, day: date) -> bool:
        """Return whether they have a holiday on a day."""
        return self.away is not None and self.away[0] <= day <= self.away[1]

    def works_on(self, day: date) -> bool:
        """Return whether they work on a day: from Monday to Friday, unless they are away."""
        return day.weekday() < 5 and not self.is_away(day)

    def count_days(self, after: date, last: date) -> int:
        """Return the days on which they work after one day, up to and including another."""
        days = (after + timedelta(days=1 + offset) for offset in range(max((last - after).days, 0)))
        return sum(map(self.works_on, days))


@dataclass(eq=False)
class Facts:
    """The whole cohort. ``milestone`` is the name and the date of its only milestone."""

    start: date
    milestone: tuple[str, date]
    lead: Person
    lead_zone: str
    guides: list[Guide] = field(default_factory=list)
    guided: list[Guided] = field(default_factory=list)

    def find_open_milestone(self, today: date) -> str:
        """Return the milestone that is open on a day, or nothing."""
        name, day = self.milestone
        return name if day - timedelta(days=7) <= today <= day + timedelta(days=14) else ""
