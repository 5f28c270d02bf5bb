"""What a report is about, for the title of a page: the repository, the branch and the day."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReportSubject:
    """The names of the repository and of the branch, empty if unknown, and the day of the review."""

    repository: str
    branch: str
    day: date

    def __str__(self) -> str:
        """Return ``shop, refunds, 28 November 2026``, as far as it is known."""
        day = f"{self.day.day} {self.day:%B %Y}"
        return ", ".join(part for part in (self.repository, self.branch, day) if part)
