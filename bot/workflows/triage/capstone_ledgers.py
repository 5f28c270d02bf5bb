"""Builds the ledgers of capstones from stored rows, with a constant number of queries."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.design_documents.records import DocumentStatement
from bot.domain.ledger.evidence import Entry, Exemption, Statement
from bot.domain.ledger.ledger import Ledger
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library, Rubric
from bot.domain.triage.criterion_evidence import CriterionEvidence, gather_evidence
from bot.domain.triage.records import ExemptSubject, GrantedExemption
from bot.ports.decisions import StoredStatement
from bot.ports.pull_requests import BASELINE, BASELINE_BY_MODEL, BaselineCoverage, LedgerMovement
from bot.ports.store import Tx

NO_REASON = "no reason is stored"
"""Stands for the reason of an exemption whose author's words were erased."""
SHOWN_LATER = "anything outside the design document"
"""What is missing from the support of a document that says all that a check asks."""


@dataclass(frozen=True, slots=True)
class CapstoneLedger:
    """A capstone's ledger and its rubric, with the packs that apply. ``evidence`` is by criterion."""

    capstone: int
    ledger: Ledger
    rubric: Rubric
    evidence: Mapping[str, CriterionEvidence]


@dataclass(frozen=True)
class LedgerLoader:
    """Loads ledgers for a rubric. The rubrics with packs are kept, since many capstones share one."""

    library: Library
    _rubrics: dict[frozenset[str], Rubric] = field(default_factory=dict, init=False, repr=False)

    def load(self, tx: Tx, capstones: Collection[int]) -> Mapping[int, CapstoneLedger]:
        """Return the ledgers of some capstones, in five queries."""
        movements = tx.ledgers.movements_of(capstones)
        statements = tx.statements.of_all(capstones)
        coverages = tx.ledgers.coverages(capstones)
        exemptions: dict[int, list[GrantedExemption]] = {capstone: [] for capstone in capstones}
        for exemption in tx.exemptions.of(capstones):
            exemptions[exemption.capstone].append(exemption)
        documents: dict[int, list[DocumentStatement]] = {capstone: [] for capstone in capstones}
        for said in tx.design_documents.list_statements(capstones):
            documents[said.capstone].append(said)
        loaded = {}
        for capstone in capstones:
            stored = _StoredEvidence(
                movements[capstone],
                statements[capstone],
                documents[capstone],
                coverages.get(capstone),
                exemptions[capstone],
            )
            loaded[capstone] = self._build(capstone, stored)
        return loaded

    def _build(self, capstone: int, stored: "_StoredEvidence") -> CapstoneLedger:
        stacks = frozenset(stored.coverage.stacks if stored.coverage else ())
        rubric = self._find_rubric(stacks, stored.cited)
        ledger = Ledger.for_rubric(rubric)
        known = set(ledger.checks)
        covered: set[str] = set()
        if stored.coverage:
            # Signals look for single pieces of evidence: that they find none says nothing about a check.
            covered = known & set(stored.coverage.by_model)
        entries = [
            *_enter_movements(stored.movements),
            *_enter_statements(stored.statements),
            *_enter_documents(stored.documents),
        ]
        ledger = ledger.enter([entry for entry in entries if entry.check in known], covered=covered)
        for granted in stored.exemptions:
            ledger = _exempt(ledger, rubric, granted)
        return CapstoneLedger(capstone, ledger, rubric, gather_evidence(ledger, rubric))

    def _find_rubric(self, stacks: frozenset[str], cited: Collection[str]) -> Rubric:
        """Return the rubric with the packs of a baseline, and those whose checks readings cited."""
        named = {
            pack.id
            for pack in self.library.packs
            for additions in pack.criteria.values()
            if any(check.id in cited for check in additions.checks)
        }
        wanted = stacks | named
        if wanted not in self._rubrics:
            packs = [pack for pack in self.library.packs if pack.id in wanted]
            self._rubrics[wanted] = with_packs(self.library.rubric, packs)
        return self._rubrics[wanted]


@dataclass(frozen=True, slots=True)
class _StoredEvidence:
    """The stored rows about one capstone."""

    movements: Sequence[LedgerMovement]
    statements: Sequence[StoredStatement]
    documents: Sequence[DocumentStatement]
    coverage: BaselineCoverage | None
    exemptions: Sequence[GrantedExemption]

    @property
    def cited(self) -> set[str]:
        """The checks for or against which there is evidence that counts."""
        return {
            *(entry.movement.check for entry in self.movements if not entry.pending),
            *(statement.check for statement in self.statements if not statement.pending),
        }


def _enter_movements(movements: Sequence[LedgerMovement]) -> Iterator[Entry]:
    for stored in movements:
        movement = stored.movement
        for citation in movement.citations:
            yield Entry(
                check=movement.check,
                direction=movement.direction,
                partial=movement.partial,
                missing=movement.missing,
                reader=movement.source,
                citation=citation,
                change=None if stored.source in {BASELINE, BASELINE_BY_MODEL} else stored.source,
                pending=stored.pending,
            )


def _enter_statements(statements: Sequence[StoredStatement]) -> Iterator[Entry]:
    for said in statements:
        if not said.quote:
            continue
        yield Entry(
            check=said.check,
            direction="supports",
            partial=said.partial,
            missing=said.missing,
            reader="model",
            citation=Statement(source=said.source, reference=str(said.reference), quote=said.quote),
            pending=said.pending,
        )


def _enter_documents(statements: Sequence[DocumentStatement]) -> Iterator[Entry]:
    """Enter what a design document says. It supports a check in part, until something else shows it."""
    for said in statements:
        yield Entry(
            check=said.finding.check,
            direction="supports",
            partial=True,
            missing=said.finding.missing or SHOWN_LATER,
            reader="model",
            citation=Statement(source="document", reference=str(said.document), quote=said.finding.quote),
        )


def _exempt(ledger: Ledger, rubric: Rubric, granted: GrantedExemption) -> Ledger:
    """Exempt a check, or all checks of a criterion. What the rubric no longer has is ignored."""
    if granted.kind is ExemptSubject.CHECK:
        checks = [granted.subject]
    else:
        checks = [
            check.id
            for criterion in rubric.criteria
            if criterion.id == granted.subject
            for check in criterion.checks
        ]
    reason = granted.reason or NO_REASON
    for check in checks:
        if check in ledger.checks:
            ledger = ledger.exempt(Exemption(check=check, by="sensei", reason=reason))
    return ledger
