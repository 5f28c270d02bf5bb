"""Filling a ledger from a reading of a whole tree and from the saved reports of earlier changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.ledger.ledger import Ledger
from bot.domain.review.report import Citation, Movement, Report
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library, Rubric


@dataclass(frozen=True, slots=True)
class FilledLedger:
    """A ledger and what it was filled from.

    ``unmatched`` counts movements of saved reports whose checks the rubric does not have here, ``unchecked``
    their citations that could not be looked up because the ``baseline`` is incomplete.
    """

    ledger: Ledger
    rubric: Rubric
    baseline: Report
    reports: int
    unmatched: int
    unchecked: int


def cited_quotes(reports: Iterable[Report]) -> Iterator[Citation]:
    """Yield what reports cite of the commits that they read, whatever for."""
    for report in reports:
        for each in _citations(report):
            if each.source == "commit" and each.side == "head":
                yield each


def _citations(report: Report) -> Iterator[Citation]:
    yield from (each for movement in report.movements for each in movement.citations)
    yield from (concern.citation for concern in report.concerns)
    yield from (question.citation for question in report.questions)
    yield from (strength.citation for strength in report.strengths)


def fill_ledger(
    baseline: Report, reports: Sequence[Report], library: Library, stands: Callable[[Citation], bool]
) -> FilledLedger:
    """Enter a baseline and earlier reports, then keep only what stands at the baseline's head.

    ``stands`` answers for every citation of ``cited(reports)``. A report whose quotes have all gone may be
    of a change that was never merged: its citations of a pull request's words stay pending.
    """
    stacks = {*baseline.stacks, *(stack for report in reports for stack in report.stacks)}
    rubric = with_packs(library.rubric, (pack for pack in library.packs if pack.id in stacks))
    ledger, unmatched, unchecked = Ledger.of(rubric), 0, 0
    for report in (*reports, baseline):
        known = [movement for movement in report.movements if movement.check in ledger.checks]
        unmatched += len(report.movements) - len(known)
        if report is not baseline and not baseline.complete:
            known, left_out = _checked(known, stands)
            unchecked += left_out
        arrived = report is baseline or any(map(stands, cited_quotes([report])))
        ledger = _entered(ledger, report, known, arrived=arrived)
    own = frozenset(cited_quotes([baseline]))
    ledger = ledger.refresh(lambda each: each in own or stands(each), at=baseline.head)
    return FilledLedger(ledger, rubric, baseline, len(reports), unmatched, unchecked)


def _entered(ledger: Ledger, report: Report, movements: Sequence[Movement], *, arrived: bool) -> Ledger:
    """Enter a report; citations of words only where something else shows that its change has arrived."""
    silent = set(report.coverage.not_assessed)
    covered = [c for c in ledger.checks if c not in silent] if report.kind == "baseline" else []
    change = report.head if report.kind == "change" else None
    in_tree = _only(movements, lambda each: each.source == "commit")
    words = _only(movements, lambda each: each.source != "commit")
    ledger = ledger.apply(in_tree, covered=covered, change=change)
    return ledger.apply(words, change=change, pending=not arrived)


def _checked(movements: Sequence[Movement], stands: Callable[[Citation], bool]) -> tuple[list[Movement], int]:
    """Leave out what was not found in a tree that was not read whole: it may well be there."""
    before = sum(len(movement.citations) for movement in movements)
    kept = _only(movements, lambda each: each.source != "commit" or each.side == "base" or stands(each))
    return kept, before - sum(len(movement.citations) for movement in kept)


def _only(movements: Iterable[Movement], keep: Callable[[Citation], bool]) -> list[Movement]:
    """Return the movements with those citations only, and without those that have none left."""
    return [
        movement.model_copy(update={"citations": kept})
        for movement in movements
        if (kept := tuple(each for each in movement.citations if keep(each)))
    ]
