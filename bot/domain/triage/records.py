"""Records of what senseis decide: rulings on criteria, exemptions and appeals.

They are plain values, as the store returns them. ``sensei`` and ``person`` are opaque ids of people, or None
once the person was erased.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Milestone(StrEnum):
    """The dates at which levels count. They have the names that a cohort's calendar gives them."""

    DESIGN = "design"
    MIDWAY = "midway"
    FINAL = "final"


class Verdict(StrEnum):
    """A sensei's answer to a draft level: they agree, give another level, or cannot judge."""

    AGREED = "agreed"
    OTHER = "other"
    CANNOT_JUDGE = "cannot_judge"


class RulerRole(StrEnum):
    """In which role someone ruled. ``SECOND`` is the sensei whom a lead named for an appeal."""

    SENSEI = "sensei"
    DEPUTY = "deputy"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class CriterionRuling:
    """A ruling on one criterion of a capstone. Rulings are never changed: a later one counts instead.

    ``level`` is None if the sensei could not judge. ``draft`` is the draft level at that time, or None if
    there was none; like ``reason``, only senseis may see it. ``sentence`` is for the participant. ``basis``
    is the digest of the evidence that the sensei was shown. ``appeal`` is the appeal that the ruling decides.
    ``entered_by_operator``: the operator entered it for the sensei at the command line. ``participant`` is
    the person whose capstone it was: if it gets another participant, the ruling isn't about them.
    """

    id: int
    capstone: int
    criterion: str
    verdict: Verdict
    level: int | None
    draft: int | None
    reason: str
    sentence: str
    basis: str
    milestone: Milestone | None
    sensei: str | None
    role: RulerRole
    appeal: int | None
    entered_by_operator: bool
    at: datetime
    participant: str | None = None


@dataclass(frozen=True, slots=True)
class NewRuling:
    """What a sensei decided, before it is stored. See ``CriterionRuling``."""

    capstone: int
    criterion: str
    verdict: Verdict
    level: int | None
    draft: int | None
    reason: str
    sentence: str
    basis: str
    sensei: str
    role: RulerRole
    milestone: Milestone | None = None
    appeal: int | None = None
    entered_by_operator: bool = False
    participant: str | None = None


@dataclass(frozen=True, slots=True)
class RulingLock:
    """While a sensei reads a criterion's evidence to rule on it, nobody else can. It ends at ``until``.

    ``basis`` is the digest of the evidence that they have been shown.
    """

    capstone: int
    criterion: str
    sensei: str
    basis: str
    until: datetime


class ExemptSubject(StrEnum):
    """What an exemption is about: one check, or all checks of a criterion."""

    CHECK = "check"
    CRITERION = "criterion"


@dataclass(frozen=True, slots=True)
class GrantedExemption:
    """A sensei's decision that a check or a criterion does not apply to a capstone, and why."""

    id: int
    capstone: int
    kind: ExemptSubject
    subject: str
    reason: str
    sensei: str | None
    at: datetime


class AppealState(StrEnum):
    """The state of an appeal: it waits for a lead to name a second sensei, for that sensei, or is over."""

    ASKED = "asked"
    ASSIGNED = "assigned"
    RULED = "ruled"
    WITHDRAWN = "withdrawn"


WAITING_APPEALS = (AppealState.ASKED, AppealState.ASSIGNED)


@dataclass(frozen=True, slots=True)
class Appeal:
    """A participant's request that a second sensei look at a ruling. Each ruling can be appealed once."""

    id: int
    ruling: int
    capstone: int
    criterion: str
    person: str | None
    reason: str
    second: str | None
    state: AppealState
    at: datetime


@dataclass(frozen=True, slots=True)
class CriterionSnapshot:
    """How many checks of a criterion were in each state at the beginning of a week (its Monday).

    ``level`` is the level that a sensei had ruled by then, or None.
    """

    capstone: int
    criterion: str
    week: date
    met: int
    partly_met: int
    contested: int
    open: int
    not_applicable: int
    not_assessed: int
    level: int | None = None

    @property
    def applicable(self) -> int:
        """Return the number of checks that apply."""
        return self.met + self.partly_met + self.contested + self.open + self.not_assessed
