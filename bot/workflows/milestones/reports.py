"""Gathers a participant's report on a milestone from rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.decisions.records import DecisionState
from bot.domain.decisions.shown import is_author
from bot.domain.defences.records import DefenceState
from bot.domain.design_documents.records import DocumentSource
from bot.domain.ledger.evidence import CheckState, Cited, Entry, Statement
from bot.domain.milestones.readiness import assess_readiness
from bot.domain.milestones.report import (
    MilestoneReport,
    ReportedCheck,
    ReportedCriterion,
    ReportedDecision,
    ReportedDefence,
)
from bot.domain.pull_requests.records import Capstone
from bot.domain.rubrics.rubric import Rubric
from bot.domain.secrets.detection import Redactor
from bot.domain.text.numbers import parse_number
from bot.domain.triage.criterion_evidence import CheckEvidence, CriterionEvidence
from bot.domain.triage.records import (
    WAITING_APPEALS,
    CriterionRuling,
    Milestone,
    RulerRole,
)
from bot.errors import UserError
from bot.ports.store import Tx
from bot.rendering.milestones.wording import TITLES, describe_level
from bot.workflows.articulation.question_contexts import find_name
from bot.workflows.milestones.growth import gather_growth
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.due import milestone_dates
from bot.workflows.triage.responsibilities import find_responsibility

_SHOWN = (CheckState.MET, CheckState.PARTLY_MET, CheckState.CONTESTED)


def find_reported_milestone(tx: Tx, capstone: int, wanted: Milestone | None = None) -> Milestone:
    """Return the milestone to report on: ``wanted``, or else that of the newest ruling for a milestone.

    Raises:
        UserError: no criterion was ruled on for it.
    """
    ruled = [ruling.milestone for ruling in tx.rulings.of(capstone) if ruling.milestone is not None]
    if wanted is not None and wanted not in ruled:
        raise UserError(
            f"There are no rulings for the {TITLES[wanted].lower()} yet, so there's no report.",
            "Try again once a sensei has ruled.",
        )
    if not ruled:
        raise UserError(
            "There are no rulings for any milestone yet, so there's no report.",
            "Try again once a sensei has ruled. `/dojo dates` shows when the milestones are.",
        )
    return wanted or ruled[-1]


@dataclass(frozen=True)
class _Gathering:
    """What a report is about, and what was read for it."""

    tx: Tx
    capstone: Capstone
    rubric: Rubric
    private: frozenset[str]
    redactor: Redactor

    def make_criterion(self, ruling: CriterionRuling, shown: CriterionEvidence) -> ReportedCriterion:
        """Return a criterion with its ruling and its evidence. A ruling's draft and reason stay behind."""
        scale = {level.level: level for level in self.rubric.scale}
        level = scale.get(ruling.level) if ruling.level is not None else None
        appeal = self.tx.appeals.by_ruling([ruling.id]).get(ruling.id)
        checks = tuple(self._list_checks(shown.checks))
        return ReportedCriterion(
            shown.criterion.title,
            shown.criterion.gate,
            ruling.level,
            level.name if level else "",
            (level.means or "") if level else "",
            self.redactor.redact(ruling.sentence),
            ruling.at.date(),
            ruling.role,
            find_name(self.tx, ruling.sensei) if ruling.sensei and ruling.role is RulerRole.SENSEI else "",
            appeal is not None and appeal.state in WAITING_APPEALS,
            ruling.basis != shown.digest,
            checks,
            sum(check.state in {CheckState.OPEN, CheckState.NOT_ASSESSED} for check in shown.checks),
        )

    def _list_checks(self, checks: Iterable[CheckEvidence]) -> Iterable[ReportedCheck]:
        for shown in checks:
            if shown.state not in _SHOWN:
                continue
            against = shown.weakens if shown.state is CheckState.CONTESTED else ()
            yield ReportedCheck(
                shown.check.ask,
                shown.state,
                tuple(self._cite(shown.supports)),
                tuple(self._cite(against)),
            )

    def _cite(self, entries: Iterable[Entry]) -> Iterable[Cited]:
        """Yield each quote once. What was said in private stays out; secrets are hidden."""
        told = set()
        for entry in entries:
            cited = entry.citation
            if isinstance(cited, Statement) and self._is_private(cited):
                continue
            if entry.evidence not in told:
                told.add(entry.evidence)
                yield cited.model_copy(update={"quote": self.redactor.redact(cited.quote)})

    def _is_private(self, said: Statement) -> bool:
        """Return whether only the participant and their sensei may read a statement."""
        if said.source == "document":
            document = self.tx.design_documents.find(parse_number(said.reference) or 0)
            return document is None or document.source is DocumentSource.PASTED
        return said.source == "decision" and said.reference in self.private

    def list_decisions(self, person: str) -> Iterable[ReportedDecision]:
        """Yield the participant's public decisions that count, by number."""
        for decision in self.tx.decisions.of(self.capstone.id, [DecisionState.CONFIRMED]):
            if not decision.private and is_author(decision, person):
                texts = {slot: self.redactor.redact(text) for slot, text in decision.texts.items()}
                day = (decision.confirmed_at or decision.updated_at).date()
                yield ReportedDecision(decision.number, self.redactor.redact(decision.title), day, texts)

    def list_defence(self, titles: Mapping[str, str]) -> Iterable[ReportedDefence]:
        """Yield the questions of the live defence, once it was held."""
        defence = self.tx.defences.newest([self.capstone.id]).get(self.capstone.id)
        if defence is None or defence.state is not DefenceState.HELD:
            return
        for question in defence.questions:
            asked, ruling = question.asked, question.ruling
            if ruling is not None:
                yield ReportedDefence(
                    titles.get(asked.criterion, asked.criterion),
                    self.redactor.redact(asked.text),
                    f"{asked.path}:{asked.line_start}",
                    ruling.outcome,
                    self.redactor.redact(ruling.note),
                )


def gather_report(
    tx: Tx, loader: LedgerLoader, capstone: Capstone, milestone: Milestone, at: datetime
) -> MilestoneReport:
    """Return the report on a capstone at a milestone. See ``find_reported_milestone`` for the milestone."""
    loaded = loader.load(tx, [capstone.id])[capstone.id]
    responsible = find_responsibility(tx, capstone.id, at)
    confirmed = tx.decisions.of(capstone.id, [DecisionState.CONFIRMED])
    private = frozenset(str(decision.id) for decision in confirmed if decision.private)
    gathering = _Gathering(tx, capstone, loaded.rubric, private, Redactor())
    rulings = tx.rulings.for_milestone([capstone.id], milestone)[capstone.id]
    exempted = {criterion for criterion, shown in loaded.evidence.items() if not shown.applies}
    readiness = assess_readiness(capstone.id, loaded.rubric, rulings, exempted)
    levels = tuple(level.name for level in loaded.rubric.scale)
    titles: Mapping[str, str] = {criterion.id: criterion.title for criterion in loaded.rubric.criteria}
    return MilestoneReport(
        find_name(tx, responsible.participant),
        find_name(tx, responsible.sensei) if responsible.sensei else "",
        tx.cohorts.get(capstone.cohort).name,
        capstone.full_name,
        milestone,
        milestone_dates(tx, capstone.cohort).get(milestone),
        at.date(),
        tuple(
            gathering.make_criterion(rulings[criterion], shown)
            for criterion, shown in loaded.evidence.items()
            if criterion in rulings and criterion not in exempted
        ),
        tuple(standing.title for standing in readiness.missing),
        tuple(titles[criterion] for criterion in titles if criterion in exempted),
        tuple(standing.title for standing in readiness.below_gate),
        describe_level(loaded.rubric.gate_level, levels),
        tuple(gathering.list_decisions(responsible.participant)),
        len(private),
        gather_growth(tx, loader.library, [capstone.id])[capstone.id],
        tuple(gathering.list_defence(titles)) if milestone is Milestone.FINAL else (),
    )
