"""One-to-ones, and what both said of them afterwards."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

_DIGITS_OF_A_FINGERPRINT = 16


class OneToOneState(StrEnum):
    """Whether a one-to-one is going to happen. Whether it did is never asked."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Worth(StrEnum):
    """Whether somebody found the hour worth it."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class OneToOne:
    """A meeting of a participant and a sensei, who are opaque ids of people.

    ``event`` identifies it in the calendar that it comes from; it is empty if somebody entered the time.
    ``attendee`` met the participant: the sensei or a deputy. It is None before the one-to-one, and if nobody
    could attend.
    """

    id: int
    cohort: int
    participant: str
    sensei: str
    at: datetime
    state: OneToOneState
    event: str = ""
    attendee: str | None = None


@dataclass(frozen=True, slots=True)
class OneToOneNote:
    """What one of the two said afterwards. ``decided`` are their own words; both of them see these.

    ``worth`` is for the two of them only. ``draft`` is the id of the decision that was drafted from these
    words, or None.
    """

    one_to_one: int
    person: str
    worth: Worth | None
    decided: str
    at: datetime
    draft: int | None = None


@dataclass(frozen=True, slots=True)
class CalendarLink:
    """The address of a calendar (``.ics``) that a participant or their sensei gave for their one-to-ones.

    ``enrolment`` is the participant's. ``looks_for`` is a digest of the name that the other of the two had
    then: only events that name them are read. ``title`` is what the titles of their one-to-ones contain, if
    these don't name the other. ``problem`` says why it could not be read the last time
    (``CalendarProblem``), or is empty.
    """

    enrolment: int
    address: str = field(repr=False)
    added_by: str
    looks_for: str
    title: str
    read_at: datetime | None
    problem: str = ""

    @property
    def fingerprint(self) -> str:
        """Return a digest of what was entered, by which it's known whether it's still the same."""
        entered = "\n".join((self.address, self.added_by, self.looks_for, self.title))
        return hashlib.sha256(entered.encode()).hexdigest()[:_DIGITS_OF_A_FINGERPRINT]
