"""How far the rulings for a milestone have come, and which gate criteria keep a capstone from being ready.

Only ruled levels count here. ``find_gates_in_doubt`` is the exception: it looks at draft levels, so only a
sensei who may rule on the capstone now may see its result.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ledger.evidence import CheckState
from bot.domain.rubrics.rubric import Criterion, Rubric
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.domain.triage.records import CriterionRuling

UNFINISHED = (CheckState.PARTLY_MET, CheckState.CONTESTED, CheckState.OPEN, CheckState.NOT_ASSESSED)
"""The states of checks for which a participant can still add evidence."""


@dataclass(frozen=True, slots=True)
class CriterionStanding:
    """Whether a criterion has its ruling for a milestone.

    ``level`` is the ruled level, or None if there is no ruling or the sensei could not judge. ``applies`` is
    False if a sensei found that the criterion doesn't apply to this capstone.
    """

    criterion: str
    title: str
    gate: bool
    ruled_at: datetime | None = None
    level: int | None = None
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Readiness:
    """The standings of a capstone's criteria at a milestone, in the rubric's order. No drafts, no words."""

    capstone: int
    criteria: tuple[CriterionStanding, ...]
    gate_level: int

    @property
    def asked(self) -> tuple[CriterionStanding, ...]:
        """Return the criteria that need a ruling."""
        return tuple(standing for standing in self.criteria if standing.applies)

    @property
    def ruled(self) -> tuple[CriterionStanding, ...]:
        """Return the criteria that have their ruling."""
        return tuple(standing for standing in self.asked if standing.ruled_at is not None)

    @property
    def missing(self) -> tuple[CriterionStanding, ...]:
        """Return the criteria whose ruling is missing."""
        return tuple(standing for standing in self.asked if standing.ruled_at is None)

    @property
    def below_gate(self) -> tuple[CriterionStanding, ...]:
        """Return the gate criteria that a sensei ruled below the gate: the capstone is not ready yet."""
        return tuple(
            standing
            for standing in self.ruled
            if standing.gate and standing.level is not None and standing.level < self.gate_level
        )


def assess_readiness(
    capstone: int, rubric: Rubric, rulings: Mapping[str, CriterionRuling], exempted: Collection[str]
) -> Readiness:
    """Return how far the rulings for a milestone have come.

    ``rulings`` are those that count for it, by criterion; ``exempted`` are criteria that don't apply.
    """
    standings = tuple(
        _make_standing(criterion, rulings.get(criterion.id), applies=criterion.id not in exempted)
        for criterion in rubric.criteria
    )
    return Readiness(capstone, standings, rubric.gate_level)


def find_gates_in_doubt(
    readiness: Readiness, evidence: Mapping[str, CriterionEvidence]
) -> tuple[CriterionStanding, ...]:
    """Return the gate criteria without a ruling whose draft is below the gate. Only for senseis."""
    drafts = {criterion: shown.draft.level for criterion, shown in evidence.items()}
    return tuple(
        standing
        for standing in readiness.missing
        if standing.gate and _is_below(drafts.get(standing.criterion), readiness.gate_level)
    )


def list_open_questions(
    readiness: Readiness, evidence: Mapping[str, CriterionEvidence], most: int
) -> Sequence[str]:
    """Return what a participant can still show, in the words of the checks: at most ``most``.

    Gate criteria come first, and in each criterion the checks that have some evidence. Neither the order nor
    the number depends on a draft level.
    """
    criteria = sorted(readiness.asked, key=lambda standing: not standing.gate)
    rows = [_list_unfinished(evidence[standing.criterion]) for standing in criteria]
    # One of each criterion before a second one: a long criterion mustn't hide the others.
    longest = max((len(row) for row in rows), default=0)
    return [row[place] for place in range(longest) for row in rows if place < len(row)][:most]


def _list_unfinished(shown: CriterionEvidence) -> list[str]:
    unfinished = [check for check in shown.checks if check.state in UNFINISHED]
    ordered = sorted(unfinished, key=lambda check: UNFINISHED.index(check.state))
    return [check.check.ask for check in ordered]


def _make_standing(
    criterion: Criterion, ruling: CriterionRuling | None, *, applies: bool
) -> CriterionStanding:
    level, at = (ruling.level, ruling.at) if ruling else (None, None)
    return CriterionStanding(criterion.id, criterion.title, criterion.gate, at, level, applies)


def _is_below(level: int | None, gate: int) -> bool:
    return level is not None and level < gate
