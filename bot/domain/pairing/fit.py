"""The fit of a pair, in points, and the reasons for it.

Skills, stacks and hours are bit sets, so 200,000 pairs take only a fraction of a second. For a skill, the
participant's rating times the sensei's is the size of a rectangle, ``want`` wide and ``have`` high, inside
one of three by three.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.dojo.people import MOST_INTEREST, WorkingHours
from bot.domain.pairing.problem import Constraint, PairingPerson, PairingProblem
from bot.domain.pairing.working_hours_overlap import minutes_worked

AMPLE_MINUTES = 20 * 60
"""Half a working week in common earns full points, because no one needs more time with their sensei."""
_STEPS = 4
"""The first wish counts in full. Each later one counts a quarter less, but at least a quarter."""

_AREA = MOST_INTEREST * MOST_INTEREST
# Rectangles of a skill rated 0 to 3: the rating is the width, or the height. Cell (x, y) is bit 3x + y.
_WIDE = [(1 << MOST_INTEREST * rate) - 1 for rate in range(MOST_INTEREST + 1)]
_HIGH = [
    sum(((1 << rate) - 1) << MOST_INTEREST * column for column in range(MOST_INTEREST))
    for rate in range(MOST_INTEREST + 1)
]


class PairReasonKind(StrEnum):
    """Kinds of reasons for pairing two people. ``LACKS`` is a reason against it."""

    KEPT = "kept"
    CHOSEN = "chosen"
    WISHED_BY_BOTH = "wished_by_both"
    WISHED_BY_PARTICIPANT = "wished_by_participant"
    WISHED_BY_SENSEI = "wished_by_sensei"
    COVERS = "covers"
    OVERLAP = "overlap"
    STACKS = "stacks"
    LACKS = "lacks"


FOR_LEADS = frozenset(
    {
        PairReasonKind.CHOSEN,
        PairReasonKind.WISHED_BY_PARTICIPANT,
        PairReasonKind.WISHED_BY_SENSEI,
        PairReasonKind.LACKS,
    }
)
"""The kinds of reasons that only leads see: one-sided wishes, a lead's choice, and missing skills."""


@dataclass(frozen=True, slots=True)
class PairReason:
    """A reason for or against a pair.

    ``subjects`` are a skill (covers, lacks) or stacks; ``want`` and ``have`` rate a skill, 0 to 3.
    ``minutes`` is the weekly overlap of their working hours. Fields that do not apply to the kind are empty
    or 0.
    """

    kind: PairReasonKind
    subjects: tuple[str, ...] = ()
    want: int = 0
    have: int = 0
    minutes: int = 0


_WISHES = {
    (True, True): PairReasonKind.WISHED_BY_BOTH,
    (True, False): PairReasonKind.WISHED_BY_PARTICIPANT,
    (False, True): PairReasonKind.WISHED_BY_SENSEI,
}


@dataclass(frozen=True, slots=True)
class _Side:
    """A person as bits. ``most`` is the maximum size of their skills' rectangles; ``wishes`` are in steps."""

    person: PairingPerson
    skills: int
    most: int
    stacks: int
    hours: int
    wishes: Mapping[str, int]


class Fit:
    """Points, constraints and reasons for the pairs in a problem."""

    def __init__(self, problem: PairingProblem) -> None:
        self._problem = problem
        self._minutes_worked: dict[WorkingHours, int] = {}
        people = (*problem.participants, *problem.senseis)
        skills = _number_names(skill for person in people for skill in person.profile.skills)
        stacks = _number_names(stack for person in people for stack in person.profile.stacks)
        self._participants = {
            person.id: self._make_side(person, skills, stacks, wide=True) for person in problem.participants
        }
        self._senseis = {
            person.id: self._make_side(person, skills, stacks, wide=False) for person in problem.senseis
        }
        self._minimum = problem.minimum_hours * 60
        self._closed = _find_closed(problem)

    def points(self, participant: str, sensei: str) -> int:
        """Return a pair's points from 0 to ``weights.most``, even if the pair is forbidden."""
        weights = self._problem.weights
        mine, theirs = self._participants[participant], self._senseis[sensei]
        points = (
            weights.overlap * min((mine.hours & theirs.hours).bit_count(), AMPLE_MINUTES) // AMPLE_MINUTES
        )
        if mine.most:
            points += weights.skills * (mine.skills & theirs.skills).bit_count() // mine.most
        if mine.stacks:
            points += weights.stacks * (mine.stacks & theirs.stacks).bit_count() // mine.stacks.bit_count()
        wish = mine.wishes.get(sensei, 0) + theirs.wishes.get(participant, 0)
        if wish:
            points += weights.preferences * wish // (2 * _STEPS)
        if self._problem.current.get(participant) == sensei:
            points += weights.continuity
        return points

    def minutes(self, participant: str, sensei: str) -> int:
        """Return the number of minutes in the week when both work."""
        return (self._participants[participant].hours & self._senseis[sensei].hours).bit_count()

    def bars(self, participant: str, sensei: str) -> frozenset[Constraint]:
        """Return the constraints that forbid a pair, regardless of other pairs. Empty if it is allowed."""
        mine, theirs = self._participants.get(participant), self._senseis.get(sensei)
        if mine is None or theirs is None:
            return frozenset({Constraint.GONE})
        found = {
            Constraint.SELF: participant == sensei,
            Constraint.PAUSED: mine.person.paused or theirs.person.paused,
            Constraint.OVERLAP: (mine.hours & theirs.hours).bit_count() < self._minimum,
            Constraint.VETOED: (participant, sensei) in self._problem.vetoed,
            Constraint.CONFIDENTIAL: frozenset({participant, sensei}) in self._problem.confidential,
        }
        return frozenset(constraint for constraint, applies in found.items() if applies)

    def row(self, participant: str, senseis: Sequence[str]) -> list[int | None]:
        """Return a participant's points with each sensei. None means that the pair is forbidden."""
        points, closed = self.points, self._closed[participant]
        mine = self._participants[participant]
        if mine.person.paused:
            return [None] * len(senseis)
        hours, minimum = mine.hours, self._minimum
        return [
            None
            if sensei in closed or (hours & self._senseis[sensei].hours).bit_count() < minimum
            else points(participant, sensei)
            for sensei in senseis
        ]

    def reasons(self, participant: str, sensei: str) -> tuple[PairReason, ...]:
        """Return the reasons why two people fit, strongest kind first. Missing skills come last."""
        return tuple(self._find_reasons(participant, sensei))

    def _find_reasons(self, participant: str, sensei: str) -> Iterator[PairReason]:
        mine, theirs = self._participants[participant], self._senseis[sensei]
        if self._problem.current.get(participant) == sensei:
            yield PairReason(PairReasonKind.KEPT)
        elif self._problem.locked.get(participant) == sensei:
            yield PairReason(PairReasonKind.CHOSEN)
        wish = bool(mine.wishes.get(sensei)), bool(theirs.wishes.get(participant))
        if wish in _WISHES:
            yield PairReason(_WISHES[wish])
        brought = theirs.person.profile.skills
        wanted = sorted(mine.person.profile.skills.items(), key=lambda skill: (-skill[1], skill[0]))
        covered = [(skill, want, brought[skill]) for skill, want in wanted if brought.get(skill)]
        for skill, want, have in sorted(covered, key=lambda skill: -skill[1] * skill[2]):
            yield PairReason(PairReasonKind.COVERS, (skill,), want, have)
        if minutes := self.minutes(participant, sensei):
            yield PairReason(PairReasonKind.OVERLAP, minutes=minutes)
        if stacks := sorted({*mine.person.profile.stacks} & {*theirs.person.profile.stacks}):
            yield PairReason(PairReasonKind.STACKS, tuple(stacks))
        for skill, want in wanted:
            if want == MOST_INTEREST and not brought.get(skill):
                yield PairReason(PairReasonKind.LACKS, (skill,), want)

    def _make_side(
        self, person: PairingPerson, skills: Mapping[str, int], stacks: Mapping[str, int], *, wide: bool
    ) -> _Side:
        profile = person.profile
        if profile.hours not in self._minutes_worked:
            self._minutes_worked[profile.hours] = minutes_worked(profile.hours, self._problem.week)
        rated = [(skills[skill], min(max(rate, 0), MOST_INTEREST)) for skill, rate in profile.skills.items()]
        return _Side(
            person,
            sum((_WIDE if wide else _HIGH)[rate] << (_AREA * number) for number, rate in rated),
            sum(rate for _, rate in rated) * MOST_INTEREST,
            sum(1 << stacks[stack] for stack in {*profile.stacks}),
            self._minutes_worked[profile.hours],
            {other: max(_STEPS - rank, 1) for rank, other in reversed([*enumerate(profile.prefers)])},
        )


def _find_closed(problem: PairingProblem) -> dict[str, set[str]]:
    """Return the senseis forbidden for each participant, ignoring working hours."""
    paused = {sensei.id for sensei in problem.senseis if sensei.paused}
    closed = {participant.id: {participant.id} | paused for participant in problem.participants}
    for participant, sensei in problem.vetoed:
        closed.get(participant, set()).add(sensei)
    for pair in problem.confidential:
        for person in pair:
            closed.get(person, set()).update(pair - {person})
    return closed


def _number_names(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(sorted({*names}))}
