"""Builds the ledgers of capstones from stored rows, with a constant number of queries."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.ledger.evidence import Entry, Exemption, Statement
from bot.domain.ledger.ledger import Ledger
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library, Rubric
from bot.domain.triage.criterion_evidence import CriterionEvidence, gather_evidence
from bot.domain.triage.records import ExemptSubject, GrantedExemption
from bot.ports.decisions import StoredStatement
from bot.ports.pull_requests import LedgerMovement
from bot.ports.store import Tx


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
        loaded = {}
        for capstone in capstones:
            coverage = coverages.get(capstone)
            cited = {entry.movement.check for entry in movements[capstone]}
            rubric = self._find_rubric(frozenset(coverage.stacks if coverage else ()), cited)
            ledger = Ledger.for_rubric(rubric)
            covered = set(ledger.checks) - set(coverage.not_assessed) if coverage else set()
            entries = [*_enter_movements(movements[capstone]), *_enter_statements(statements[capstone])]
            known = [entry for entry in entries if entry.check in set(ledger.checks)]
            ledger = ledger.enter(known, covered=covered)
            for granted in exemptions[capstone]:
                ledger = _exempt(ledger, rubric, granted)
            loaded[capstone] = CapstoneLedger(capstone, ledger, rubric, gather_evidence(ledger, rubric))
        return loaded

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
                change=None if stored.source == "baseline" else stored.source,
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
    for check in checks:
        if check in ledger.checks:
            ledger = ledger.exempt(Exemption(check=check, by="sensei", reason=granted.reason))
    return ledger
