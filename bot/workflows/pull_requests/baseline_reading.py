"""Reading the default branch: what its code shows, which code is gone, and the decision records there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.review.report import Movement
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.pull_requests import BaselineCoverage, LedgerMovement
from bot.ports.reading_process import ReadingResult
from bot.ports.store import Store
from bot.workflows.decisions.record_import import RecordFileImport
from bot.workflows.jobs.retry import insist
from bot.workflows.pull_requests.lost_code import list_anchor_citations, list_watched, note_lost_code


class TreeReader(Protocol):
    """Reads a whole tree."""

    def tree(self, repository: HostRepository, head: str, standing: SurvivingQuotes) -> ReadingResult:
        """Read every file at a commit, and search them for the quotes of ``standing``."""


@dataclass(frozen=True)
class BaselineReading:
    """The workflow ``baseline``. Without ``records``, decision records in files are not read back."""

    host: CodeHost
    store: Store
    reader: TreeReader
    now: Callable[[], datetime]
    records: RecordFileImport | None = None

    def run(self, steps: Steps, argument: Json) -> Json:
        """Fill a capstone's ledger from its default branch, and delete entries whose evidence is gone."""
        capstone: int = argument["capstone"]
        pushed: bool = argument.get("pushed", False)
        read = insist(steps, "read", lambda: self._read(capstone, pushed=pushed))
        return {"outcome": read["outcome"]}

    def _read(self, capstone: int, *, pushed: bool) -> Json:
        """Read the default branch and store the movements found. Repeating this changes nothing.

        After a push, the branch is not read if the last reading was complete and had the same head.
        """
        with self.store.read() as tx:
            capstone_row, stored = tx.capstones.get(capstone), tx.ledgers.movements(capstone)
        repository = self.host.repository(capstone_row)
        head = self.host.branch_head(repository, repository.default_branch)
        effect = f"baseline:{capstone_row.repository}:{capstone}"
        with self.store.read() as tx:
            if pushed and tx.effects.find(effect) == (True, head):
                return {"head": head, "complete": True}
        merged = [entry for entry in stored if not entry.pending and entry.source != "baseline"]
        with self.store.read() as tx:
            watched = list_watched(tx, capstone)
        cited = (citation for entry in merged for citation in entry.movement.citations)
        standing = SurvivingQuotes(
            [
                *(citation for citation in cited if citation.source == "commit"),
                *list_anchor_citations(watched),
            ]
        )
        result = self.reader.tree(repository, head, standing)
        report = result.report
        found = list(report.movements)
        if not report.final:
            # Evidence that was not found may be in a file that was not read.
            known = {(entry.check, entry.direction) for entry in found}
            earlier = (entry.movement for entry in stored if entry.source == "baseline")
            found += [entry for entry in earlier if (entry.check, entry.direction) not in known]
        with self.store.begin() as tx:
            if report.final:
                for source in {entry.source for entry in merged}:
                    left = [
                        movement
                        for entry in merged
                        if entry.source == source
                        for movement in _keep_surviving(entry, standing)
                    ]
                    tx.ledgers.record(capstone, source, left, pending=False)
                note_lost_code(tx, watched, standing, self.now())
            tx.ledgers.record(capstone, "baseline", found, pending=False)
            coverage = BaselineCoverage(head, report.stacks, report.coverage.not_assessed)
            tx.ledgers.record_coverage(capstone, coverage, self.now())
        if self.records is not None and result.records is not None:
            self.records.save(capstone, repository, head, result.records)
        with self.store.begin() as tx:
            tx.effects.begin(effect, self.now())
            tx.effects.finish(effect, head if report.final else "", self.now())
        return {"head": head, "complete": report.complete}


def _keep_surviving(entry: LedgerMovement, standing: SurvivingQuotes) -> list[Movement]:
    """Return a movement with its citations that still exist, as a list; an empty list if there are none."""
    citations = tuple(
        citation
        for citation in entry.movement.citations
        if citation.source != "commit" or standing.survives(citation)
    )
    return [entry.movement.model_copy(update={"citations": citations})] if citations else []
