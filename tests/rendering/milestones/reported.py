"""A report on a milestone with something of everything."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.articulation.slots import Slot
from bot.domain.defences.records import DefenceOutcome
from bot.domain.ledger.evidence import CheckState, Statement
from bot.domain.milestones.growth import CriterionGrowth, Growth
from bot.domain.milestones.report import (
    MilestoneReport,
    ReportedCheck,
    ReportedCriterion,
    ReportedDecision,
    ReportedDefence,
)
from bot.domain.triage.records import Milestone, RulerRole
from tests.rendering.reports import citation

DAY = date(2026, 11, 27)
CHECKS = (
    ReportedCheck(
        "Does the agent loop end after a stated number of steps?",
        CheckState.MET,
        (
            citation("for step in range(MAX_STEPS):\n    reply = ask(step)", path="desk/agent/loop.py"),
            Statement(
                source="decision", reference="7", quote="We stop after eight steps, because the clerk waits."
            ),
        ),
        (),
    ),
    ReportedCheck(
        "Is there a timeout on each call to a model?",
        CheckState.CONTESTED,
        (citation("Client(timeout=30)", path="desk/client.py"),),
        (citation("Client()", path="desk/mail.py"),),
    ),
)
RELIABILITY = ReportedCriterion(
    title="Reliability",
    gate=True,
    level=2,
    name="reasoned",
    means="names what lost and the price of what won",
    sentence="You know what a retry costs you. Show what happens when both regions are slow.",
    day=DAY,
    role=RulerRole.SENSEI,
    sensei="Sol Sensei",
    under_appeal=False,
    moved=True,
    checks=CHECKS,
    without_evidence=3,
)
SECURITY = replace(
    RELIABILITY,
    title="Security",
    level=1,
    name="asserted",
    means="",
    sentence="",
    role=RulerRole.SECOND,
    sensei="",
    under_appeal=False,
    moved=False,
    checks=(),
)
COST = replace(
    SECURITY,
    title="Performance and cost",
    gate=False,
    level=None,
    name="",
    role=RulerRole.DEPUTY,
    under_appeal=True,
)


def report(**changes: Any) -> MilestoneReport:
    """A report, with changes."""
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    plain: dict[str, Any] = {
        "participant": "Ada Lovelace",
        "sensei": "Sol Sensei",
        "cohort": "spring",
        "capstone": "ada/desk",
        "milestone": Milestone.DESIGN,
        "day": date(2026, 12, 1),
        "made_on": date(2026, 11, 28),
        "criteria": (RELIABILITY, SECURITY, COST),
        "missing": ("Data and retrieval",),
        "exempted": ("Human factors",),
        "not_ready": ("Security",),
        "gate": "level 2 (reasoned)",
        "decisions": (
            ReportedDecision(
                3,
                "Answers are kept in Postgres",
                DAY,
                {Slot.DECIDED: "We keep the answers in Postgres.", Slot.AGAINST: "Redis, which lost them."},
            ),
        ),
        "private_decisions": 1,
        "growth": Growth((CriterionGrowth("reliability", "Reliability", 1, 2, 1, at, at),), 1),
    }
    return MilestoneReport(**{**plain, **changes})


def written(text: str) -> MilestoneReport:
    """A report with a text everywhere somebody could have written it."""
    quote = text if text.strip() else "x"
    cited = (
        citation(quote, path=text),
        Statement(source="thread", reference="1", quote=quote),
    )
    check = ReportedCheck(text, CheckState.CONTESTED, cited * 4, cited)
    criterion = replace(
        RELIABILITY, title=text, name=text, means=text, sentence=text, sensei=text, checks=(check,)
    )
    growth = CriterionGrowth("x", text, 1, 1, 1)
    return report(
        participant=text,
        sensei=text,
        cohort=text,
        capstone=text,
        criteria=(criterion, replace(criterion, sensei="", level=None)),
        missing=(text,),
        exempted=(text,),
        not_ready=(text,),
        gate=text,
        defence=(ReportedDefence(text, text, text, DefenceOutcome.NOT_YET, text),),
        decisions=(ReportedDecision(1, text, DAY, dict.fromkeys(Slot, text)),),
        growth=Growth((growth,), 1),
    )
