"""A sample report about a fictional participant, for ``sensei demo``."""

from datetime import date

from bot.domain.articulation.slots import Slot
from bot.domain.ledger.evidence import CheckState, Statement
from bot.domain.milestones.growth import CriterionGrowth, Growth
from bot.domain.milestones.report import (
    MilestoneReport,
    ReportedCheck,
    ReportedCriterion,
    ReportedDecision,
)
from bot.domain.review.report import Citation
from bot.domain.triage.records import Milestone, RulerRole

_SENSEI = "Hana Sato"
_RULED, _MADE = date(2027, 1, 27), date(2027, 2, 1)


def make_sample_report() -> MilestoneReport:
    """Return a report on a design milestone, with two rulings, a decision and some growth."""
    return MilestoneReport(
        participant="Ida Lund",
        sensei=_SENSEI,
        cohort="a sample with fictional people",
        capstone="ida/desk",
        milestone=Milestone.DESIGN,
        day=date(2027, 1, 29),
        made_on=_MADE,
        criteria=(_make_reliability(), _make_security()),
        missing=("Performance and cost",),
        exempted=("Context engineering",),
        not_ready=("Security",),
        gate="level 2 (reasoned)",
        decisions=(_make_decision(),),
        private_decisions=1,
        growth=Growth((CriterionGrowth("reliability", "Reliability", assisted=1, unaided=2),), 1),
    )


def _make_reliability() -> ReportedCriterion:
    bounded = ReportedCheck(
        "Does the agent loop end after a stated number of steps?",
        CheckState.MET,
        (
            _quote("desk/agent/loop.py", 41, "for step in range(MAX_STEPS):\n    reply = ask(step)"),
            Statement(
                source="decision",
                reference="3",
                quote="We stop after eight steps, because the clerk is waiting.",
            ),
        ),
        (),
    )
    timeouts = ReportedCheck(
        "Is there a timeout on each call to a model?",
        CheckState.CONTESTED,
        (_quote("desk/client.py", 12, "Client(timeout=30)"),),
        (_quote("desk/mail.py", 7, "Client()"),),
    )
    return ReportedCriterion(
        title="Reliability",
        gate=True,
        level=2,
        name="reasoned",
        means="names what lost and the price of what won, by a constraint, caller or number of this system",
        sentence="You know what a retry costs you. Next, show what happens when both regions are slow.",
        day=_RULED,
        role=RulerRole.SENSEI,
        sensei=_SENSEI,
        under_appeal=False,
        moved=False,
        checks=(bounded, timeouts),
        without_evidence=3,
    )


def _make_security() -> ReportedCriterion:
    return ReportedCriterion(
        title="Security",
        gate=True,
        level=1,
        name="asserted",
        means="",
        sentence="The mail tool can write to anyone. Say who it may write to, and why.",
        day=_RULED,
        role=RulerRole.SENSEI,
        sensei=_SENSEI,
        under_appeal=False,
        moved=False,
        checks=(),
        without_evidence=6,
    )


def _make_decision() -> ReportedDecision:
    texts = {
        Slot.DECIDED: "The agent stops after eight steps and hands over to a clerk.",
        Slot.AGAINST: "No limit. We rejected this because one question in fifty never ended.",
        Slot.ACCEPTING: "A few questions go to a clerk although a ninth step would have answered them.",
    }
    return ReportedDecision(3, "The agent stops after eight steps", date(2027, 1, 20), texts)


def _quote(path: str, line: int, quote: str) -> Citation:
    return Citation(
        source="commit",
        path=path,
        commit="5" * 40,
        side="head",
        line_start=line,
        line_end=line + quote.count("\n"),
        quote=quote,
        redacted=False,
    )
