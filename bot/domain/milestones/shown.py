"""What people see of a milestone in the chat, as plain values laid out later."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.dojo.app_home import ShownPerson
from bot.domain.milestones.growth import Growth
from bot.domain.milestones.readiness import CriterionStanding, Readiness
from bot.domain.milestones.schedule import MilestoneDate


@dataclass(frozen=True, slots=True)
class OwnMilestone:
    """A participant's own capstone (``owner/name``) at a milestone.

    ``open_questions`` are the checks for which they can still add evidence, in the rubric's words.
    ``defence_at`` is when their defence is, or None.
    """

    capstone: str
    readiness: Readiness
    open_questions: tuple[str, ...]
    growth: Growth
    defence_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParticipantMilestone:
    """A participant at a milestone, as their sensei sees them.

    ``in_doubt`` are gate criteria without a ruling whose draft is below the gate. Only a sensei who may rule
    on this participant now may see it. ``standing_in``: the reader is the deputy. ``has_defence``: one has
    been prepared; ``defence_at`` is when it is, or None.
    """

    person: ShownPerson
    readiness: Readiness
    in_doubt: tuple[CriterionStanding, ...]
    growth: Growth
    standing_in: bool = False
    has_defence: bool = False
    defence_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SenseiMilestone:
    """A sensei's participants at a milestone, as a lead sees them: counts and ruled levels, no words.

    ``person`` is None for participants without a sensei.
    """

    person: ShownPerson | None
    participants: tuple[tuple[ShownPerson, Readiness], ...]

    @property
    def ruled(self) -> int:
        """Return how many rulings the participants have."""
        return sum(len(readiness.ruled) for _, readiness in self.participants)

    @property
    def asked(self) -> int:
        """Return how many rulings the participants need."""
        return sum(len(readiness.asked) for _, readiness in self.participants)


@dataclass(frozen=True, slots=True)
class MilestoneView:
    """A milestone as one person sees it: ``own`` as a participant, ``theirs`` as a sensei, ``all`` as a lead.

    Each is None if the person doesn't have this role. ``current`` is None if no milestone has a date.
    ``levels`` are the names of the levels, from 0.
    """

    cohort: str
    today: date
    current: MilestoneDate | None
    levels: tuple[str, ...] = ()
    own: tuple[OwnMilestone, ...] | None = None
    theirs: tuple[ParticipantMilestone, ...] | None = None
    all: tuple[SenseiMilestone, ...] | None = None
