"""How a cohort's work stands, read for those whom it concerns. No level is in any of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that waits: for its participant's answer, or, ``disputed``, for a sensei's ruling.

    ``person`` is the participant's opaque id; ``comment`` is where it stands, None: in a review's body.
    ``check`` is what it is about; ``text`` are its words, for the participant and their sensei alone.
    """

    person: str
    repository: str
    number: int
    comment: int | None
    check: str | None
    text: str
    asked_at: datetime
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """How often a participant's checks moved: towards being met, and away from it."""

    person: str
    supports: int
    weakens: int


class Standings(Protocol):
    """Reads how work stands; part of a transaction."""

    def questions(self, cohort: int) -> Sequence[OpenQuestion]:
        """List what waits in a cohort's active capstones, the longest first; of private ones nothing."""

    def moved(self, cohort: int, since: datetime) -> Sequence[Moved]:
        """Count what readings that ended after a moment have moved, of whom anything did."""

    def capstones(self, cohort: int) -> Sequence[tuple[str, str]]:
        """List who has an active capstone, and its ``owner/name``."""
