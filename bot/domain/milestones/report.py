"""The report on a milestone that a participant keeps: ruled levels, evidence, their decisions, their growth.

It has no draft level, nothing that a sensei wrote for other senseis, and no name but the participant's and
their sensei's. Texts have no secrets in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.articulation.slots import Slot
from bot.domain.defences.records import DefenceOutcome
from bot.domain.ledger.evidence import CheckState, Cited
from bot.domain.milestones.growth import Growth
from bot.domain.triage.records import Milestone, RulerRole


@dataclass(frozen=True, slots=True)
class ReportedCheck:
    """A check with evidence that counts now: what is asked, its state, and the quotes for and against it."""

    ask: str
    state: CheckState
    supports: tuple[Cited, ...]
    weakens: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class ReportedCriterion:
    """A criterion with its ruling.

    ``level`` is None if the sensei could not judge; ``name`` and ``means`` are the level's. ``sentence`` is
    in the sensei's words. ``sensei`` is their name, or empty unless the participant's own sensei ruled.
    ``under_appeal``: a second sensei is looking at the ruling. ``moved``: the evidence has changed since.
    ``without_evidence`` counts the checks that no evidence supports.
    """

    title: str
    gate: bool
    level: int | None
    name: str
    means: str
    sentence: str
    day: date
    role: RulerRole
    sensei: str
    under_appeal: bool
    moved: bool
    checks: tuple[ReportedCheck, ...]
    without_evidence: int


@dataclass(frozen=True, slots=True)
class ReportedDecision:
    """A public decision in the participant's own words."""

    number: int
    title: str
    day: date
    texts: Mapping[Slot, str]


@dataclass(frozen=True, slots=True)
class ReportedDefence:
    """A question of the live defence, how it went, and the sensei's sentence. ``place`` is in the code."""

    criterion: str
    question: str
    place: str
    outcome: DefenceOutcome
    sentence: str


@dataclass(frozen=True, slots=True)
class MilestoneReport:
    """Everything in a report. ``day`` is the milestone's date, or None if it has none any more.

    ``sensei`` is the name of the participant's sensei now, or empty. ``missing`` and ``exempted`` are the
    titles of criteria without a ruling, and of those that don't apply. ``not_ready`` are gate criteria below
    ``gate``, a level with its name. ``private_decisions`` counts those that the report leaves out.
    ``defence`` has the questions of the live defence, once it was held; only a final milestone has one.
    """

    participant: str
    sensei: str
    cohort: str
    capstone: str
    milestone: Milestone
    day: date | None
    made_on: date
    criteria: tuple[ReportedCriterion, ...]
    missing: tuple[str, ...]
    exempted: tuple[str, ...]
    not_ready: tuple[str, ...]
    gate: str
    decisions: tuple[ReportedDecision, ...]
    private_decisions: int
    growth: Growth
    defence: tuple[ReportedDefence, ...] = ()
