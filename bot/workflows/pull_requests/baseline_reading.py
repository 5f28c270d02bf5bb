"""Reading the default branch: what its code shows, which code is gone, and the decision records there.

A reading with a model looks for every check, so it is done when a capstone is enrolled and before each
milestone. After a push, signals are enough: they find what is gone, and what the model found stays while its
quotes are still there.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.domain.ledger.surviving_quotes import SurvivingQuotes
from bot.domain.review.report import Movement, Report
from bot.ports.code_host import CodeHost, HostRepository
from bot.ports.engine import Json, Steps
from bot.ports.jobs import Job
from bot.ports.pull_requests import BASELINE, BASELINE_BY_MODEL, BaselineCoverage, LedgerMovement
from bot.ports.reading_process import ReadingResult
from bot.ports.store import Store, Tx
from bot.workflows.decisions.record_import import RecordFileImport
from bot.workflows.jobs.retry import SupersededError, insist
from bot.workflows.pull_requests.lost_code import list_anchor_citations, list_watched, note_lost_code

MOST_ATTEMPTS = 7
"""How often a tree is read again if the model didn't read all of it: an hour later, then each night.

A model may be out of reach for an hour. The trees of a large cohort may cost more than a day's budget.
"""


class TreeReader(Protocol):
    """Reads a whole tree."""

    def tree(
        self,
        repository: HostRepository,
        head: str,
        standing: SurvivingQuotes,
        shown: Sequence[str] = (),
        *,
        with_model: bool,
    ) -> ReadingResult:
        """Read every file at a commit, and search them for the quotes of ``standing``.

        Of more evidence than a movement cites, that with ``shown`` quotes comes first.
        """

    def list_checks(self, stacks: Collection[str]) -> frozenset[str]:
        """Return the checks of the rubric with the packs of some stacks."""


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
        with_model: bool = argument.get("with_model", False)
        read = insist(steps, "read", lambda: self._read(capstone, pushed=pushed, with_model=with_model))
        # Records by an earlier version don't say whether another attempt would read more.
        if with_model and not read.get("final", True):
            steps.tx("again", lambda tx: self._read_again(tx, argument))
        return {"outcome": read["outcome"]}

    def _read_again(self, tx: Tx, argument: Json) -> Json:
        """Let the model read the tree again later."""
        attempt: int = argument.get("attempt", 0)
        if attempt < MOST_ATTEMPTS:
            prefix = f"baseline:{tx.capstones.get(argument['capstone']).repository}:again."
            due = find_next_attempt(self.now(), attempt)
            again = {**argument, "attempt": attempt + 1}
            tx.jobs.replace(prefix, Job(f"{prefix}{due:%Y%m%dT%H%M%S}", "baseline", again, due))
        return {}

    def _read(self, capstone: int, *, pushed: bool, with_model: bool) -> Json:
        """Read the default branch and store the movements found. Repeating this changes nothing.

        After a push, the branch is not read if the last reading was complete and had the same head.
        """
        with self.store.read() as tx:
            capstone_row = tx.capstones.get(capstone)
            if capstone_row.ended:  # nothing of it is read any more, and nothing goes to a model's provider
                raise SupersededError
            effect = f"baseline:{capstone_row.repository}:{capstone}"
            last_reading = tx.effects.find(effect)
        repository = self.host.repository(capstone_row)
        head = self.host.branch_head(repository, repository.default_branch)
        if pushed and last_reading == (True, head):
            return {"head": head, "complete": True, "final": True}
        with self.store.read() as tx:
            stored, watched = tx.ledgers.movements(capstone), list_watched(tx, capstone)
        standing = SurvivingQuotes(
            [
                *(
                    citation
                    for entry in _list_merged(stored)
                    for citation in entry.movement.citations
                    if citation.source == "commit"
                ),
                *list_anchor_citations(watched),
            ]
        )
        shown = [citation.quote for entry in stored for citation in entry.movement.citations]
        result = self.reader.tree(repository, head, standing, shown, with_model=with_model)
        report = result.report
        with self.store.begin() as tx:
            if report.final:
                _delete_gone(tx, capstone, _list_merged(stored), standing)
                note_lost_code(tx, watched, standing, self.now())
            self._record_found(tx, capstone, report, stored)
            self._record_coverage(tx, capstone, head, report)
        if self.records is not None and result.records is not None:
            self.records.save(capstone, repository, head, result.records)
        with self.store.begin() as tx:
            tx.effects.begin(effect, self.now())
            tx.effects.finish(effect, head if report.final else "", self.now())
        return {"head": head, "complete": report.complete, "final": report.final}

    def _record_found(self, tx: Tx, capstone: int, report: Report, stored: Sequence[LedgerMovement]) -> None:
        """Store what a reading found, in place of what the last one of the same kind did."""
        readers = {BASELINE: "signal", BASELINE_BY_MODEL: "model"}
        if report.mode == "signals":
            del readers[BASELINE_BY_MODEL]
        for source, reader in readers.items():
            found = [movement for movement in report.movements if movement.source == reader]
            if not report.final:
                # Evidence that was not found may be in a file that was not read.
                known = {(entry.check, entry.direction) for entry in found}
                earlier = (entry.movement for entry in stored if entry.source == source)
                found += [entry for entry in earlier if (entry.check, entry.direction) not in known]
            tx.ledgers.record(capstone, source, found, pending=False)

    def _record_coverage(self, tx: Tx, capstone: int, head: str, report: Report) -> None:
        """Store for which checks the tree was read. What a model looked for once counts from then on.

        Sensei reads each change in its pull request, so it needn't look again after the merge.
        """
        silent = report.coverage.not_assessed
        last = tx.ledgers.coverages([capstone]).get(capstone)
        by_model = frozenset(last.by_model if last else ())
        if report.mode == "model" and report.complete:
            by_model = self.reader.list_checks(report.stacks) - set(silent)
        not_assessed = tuple(check for check in silent if check not in by_model)
        coverage = BaselineCoverage(head, report.stacks, not_assessed, tuple(sorted(by_model)))
        tx.ledgers.record_coverage(capstone, coverage, self.now())


def find_next_attempt(now: datetime, attempt: int) -> datetime:
    """Return when a tree is read again: in an hour; later, when the day's budget (UTC) has just begun."""
    if not attempt:
        return now + timedelta(hours=1)
    return now.astimezone(UTC).replace(hour=0, minute=5, second=0, microsecond=0) + timedelta(days=1)


def _list_merged(stored: Iterable[LedgerMovement]) -> list[LedgerMovement]:
    """Return what counts and was found by another reading than that with signals, which is repeated."""
    return [entry for entry in stored if not entry.pending and entry.source != BASELINE]


def _delete_gone(tx: Tx, capstone: int, merged: Sequence[LedgerMovement], standing: SurvivingQuotes) -> None:
    """Delete the citations whose quotes are no longer in the tree, and movements that have none left."""
    for source in {entry.source for entry in merged}:
        left = [
            movement
            for entry in merged
            if entry.source == source
            for movement in _keep_surviving(entry, standing)
        ]
        tx.ledgers.record(capstone, source, left, pending=False)


def _keep_surviving(entry: LedgerMovement, standing: SurvivingQuotes) -> list[Movement]:
    """Return a movement with its citations that still exist, as a list; an empty list if there are none."""
    citations = tuple(
        citation
        for citation in entry.movement.citations
        if citation.source != "commit" or standing.survives(citation)
    )
    return [entry.movement.model_copy(update={"citations": citations})] if citations else []
