"""Fill a ledger from a reading of a whole tree and the saved reports of earlier changes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.ledger.ledger import Ledger
from bot.domain.review.report import Citation, Movement, Report
from bot.domain.rubrics.overlays import with_packs
from bot.domain.rubrics.rubric import Library, Rubric


@dataclass(frozen=True, slots=True)
class FilledLedger:
    """A ledger and its sources.

    ``unmatched`` counts the movements of saved reports whose checks this rubric does not have. ``unchecked``
    counts their citations that could not be looked up because the ``baseline`` is incomplete.
    """

    ledger: Ledger
    rubric: Rubric
    baseline: Report
    reports: int
    unmatched: int
    unchecked: int


def cited_quotes(reports: Iterable[Report]) -> Iterator[Citation]:
    """Yield every citation in some reports that quotes the head side of a commit."""
    for report in reports:
        for citation in _list_citations(report):
            if citation.source == "commit" and citation.side == "head":
                yield citation


def _list_citations(report: Report) -> Iterator[Citation]:
    yield from (citation for movement in report.movements for citation in movement.citations)
    yield from (concern.citation for concern in report.concerns)
    yield from (question.citation for question in report.questions)
    yield from (strength.citation for strength in report.strengths)


def fill_ledger(
    baseline: Report, reports: Sequence[Report], library: Library, survives: Callable[[Citation], bool]
) -> FilledLedger:
    """Enter a baseline and earlier reports, then keep only evidence that still exists at the baseline's head.

    ``survives`` must answer for every citation of ``cited_quotes(reports)``. If all quotes of a report are
    gone, its change may never have been merged. So its citations of a pull request's words remain pending.
    """
    stacks = {*baseline.stacks, *(stack for report in reports for stack in report.stacks)}
    rubric = with_packs(library.rubric, (pack for pack in library.packs if pack.id in stacks))
    ledger, unmatched, unchecked = Ledger.for_rubric(rubric), 0, 0
    for report in (*reports, baseline):
        known = [movement for movement in report.movements if movement.check in ledger.checks]
        unmatched += len(report.movements) - len(known)
        if report is not baseline and not baseline.complete:
            known, lost = _drop_unchecked(known, survives)
            unchecked += lost
        arrived = report is baseline or any(map(survives, cited_quotes([report])))
        ledger = _enter_report(ledger, report, known, arrived=arrived)
    own = frozenset(cited_quotes([baseline]))
    ledger = ledger.refresh(lambda citation: citation in own or survives(citation), at=baseline.head)
    return FilledLedger(ledger, rubric, baseline, len(reports), unmatched, unchecked)


def _enter_report(ledger: Ledger, report: Report, movements: Sequence[Movement], *, arrived: bool) -> Ledger:
    """Enter a report. Citations of words are pending unless other evidence shows a merge."""
    silent = set(report.coverage.not_assessed)
    covered = [check for check in ledger.checks if check not in silent] if report.kind == "baseline" else []
    change = report.head if report.kind == "change" else None
    in_tree = _keep_citations(movements, lambda citation: citation.source == "commit")
    words = _keep_citations(movements, lambda citation: citation.source != "commit")
    ledger = ledger.apply(in_tree, covered=covered, change=change)
    return ledger.apply(words, change=change, pending=not arrived)


def _drop_unchecked(
    movements: Sequence[Movement], survives: Callable[[Citation], bool]
) -> tuple[list[Movement], int]:
    """If the tree was read only in part, drop and count the citations that were not found."""
    before = sum(len(movement.citations) for movement in movements)
    kept = _keep_citations(
        movements,
        lambda citation: citation.source != "commit" or citation.side == "base" or survives(citation),
    )
    return kept, before - sum(len(movement.citations) for movement in kept)


def _keep_citations(movements: Iterable[Movement], keep: Callable[[Citation], bool]) -> list[Movement]:
    """Return the movements with only the kept citations. Omit movements that have none left."""
    return [
        movement.model_copy(update={"citations": kept})
        for movement in movements
        if (kept := tuple(citation for citation in movement.citations if keep(citation)))
    ]
