"""The texts that all renderings of a ledger share. They contain no levels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.ledger.baseline import FilledLedger
from bot.domain.ledger.evidence import CheckState, Drift, Entry, Statement
from bot.domain.ledger.ledger import count_states
from bot.domain.review.report import Citation
from bot.domain.rubrics.rubric import Check, Criterion
from bot.rendering.text.safe_text import count, one_line, place_name, short_revision, stack_titles

STATES_EXPLAINED = (
    "Met: evidence supports the whole check, and no evidence is against it. Partly met: evidence supports "
    "part of the check. Contested: there is evidence for and against the check. Open: Sensei read the "
    "whole tree, and found nothing that supports the check. Not assessed: Sensei found nothing, but "
    "signals can't show that something is missing. Only a person or a model can. A state describes the "
    "repository, not a person."
)
INCOMPLETE = (
    "Incomplete: files that Sensei didn't read may contain more evidence. So Sensei asks no questions."
)
Show = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One check that was assessed or does not apply. Places and missing parts are formatted as text.

    The places are sorted. ``cited_for`` and ``cited_against`` have the evidence at the same positions.
    """

    check: Check
    state: CheckState
    supports: tuple[str, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    reason: str
    drift: Drift | None
    cited_for: tuple[Citation | Statement, ...]
    cited_against: tuple[Citation | Statement, ...]


@dataclass(frozen=True, slots=True)
class CriterionSection:
    """One criterion: its rows, and the ids of the checks that were not assessed."""

    criterion: Criterion
    rows: tuple[LedgerRow, ...]
    not_assessed: tuple[str, ...]


def lay_out_sections(filled: FilledLedger) -> Iterator[CriterionSection]:
    """Yield the sections of a ledger in the rubric's order."""
    ledger = filled.ledger
    states, drifted = ledger.states(), ledger.drifted()
    reasons = {exemption.check: f"by {exemption.by}: {exemption.reason}" for exemption in ledger.exemptions}
    for criterion in filled.rubric.criteria:
        rows = tuple(
            _make_row(filled, check, states[check.id], reasons.get(check.id, ""), drifted.get(check.id))
            for check in criterion.checks
            if states[check.id] is not CheckState.NOT_ASSESSED
        )
        not_assessed = tuple(
            check.id for check in criterion.checks if states[check.id] is CheckState.NOT_ASSESSED
        )
        yield CriterionSection(criterion, rows, not_assessed)


def _make_row(
    filled: FilledLedger, check: Check, state: CheckState, reason: str, drift: Drift | None
) -> LedgerRow:
    live = [entry for entry in filled.ledger.entries if entry.check == check.id and entry.live]
    supports = [entry for entry in live if entry.direction == "supports"]
    against = [entry for entry in live if entry.direction == "weakens"]
    # What partial evidence lacks doesn't matter if other evidence supports the whole check.
    partial = [] if any(not entry.partial for entry in supports) else supports
    missing = tuple(dict.fromkeys(entry.missing for entry in partial if entry.missing))
    places_for, places_against = _list_places(filled, supports), _list_places(filled, against)
    return LedgerRow(
        check,
        state,
        tuple(places_for),
        tuple(places_against),
        missing,
        reason,
        drift,
        tuple(places_for.values()),
        tuple(places_against.values()),
    )


def _list_places(filled: FilledLedger, entries: list[Entry]) -> dict[str, Citation | Statement]:
    """Return evidence by its place: at the head if the baseline also found it, else at the commit read."""
    head = filled.baseline.head
    current = {entry.evidence for entry in entries if _find_commit(entry) == head}
    shown = [entry for entry in entries if _find_commit(entry) == head or entry.evidence not in current]
    cited = sorted((entry.citation for entry in shown), key=_order)
    return {format_citation(citation, head): citation for citation in cited}


def _order(cited: Citation | Statement) -> tuple[bool, str, int]:
    """Sort by path and line; statements come last."""
    if isinstance(cited, Statement):
        return True, cited.reference, 0
    return False, cited.path, cited.line_start


def _find_commit(entry: Entry) -> str | None:
    return entry.citation.commit if isinstance(entry.citation, Citation) else None


def format_citation(cited: Citation | Statement, head: str) -> str:
    """Return ``app/client.py:7``, with the commit unless it is the head, or a statement's reference."""
    if isinstance(cited, Statement):
        return f"{cited.source} {one_line(cited.reference)}"
    place = place_name(cited)
    return place if cited.commit == head else f"{place} as of {short_revision(cited.commit)}"


def format_subject(filled: FilledLedger, show: Show) -> str:
    """Return a line that names the tree that was read, and the rubric."""
    baseline = filled.baseline
    reports = f", {count(filled.reports, 'saved report')}" if filled.reports else ""
    rubric = f"rubric {filled.rubric.id} {filled.rubric.version}"
    head = show(short_revision(baseline.head))
    return f"whole tree at {head}{reports} · {rubric} · stacks: {stack_titles(baseline)}"


def format_tally(filled: FilledLedger) -> str:
    """Return the number of checks in each state, including zeros."""
    found = count_states(filled.ledger.states())
    return " · ".join(f"{number:,} {state}" for state, number in found.items())


def describe_drift(note: Drift) -> str:
    """Describe how a check's state got worse. The caller adds the places of the lost evidence."""
    lost = "is no longer there" if note.because == "gone" else "was withdrawn"
    return f"was {note.before} and is now {note.after}. At {short_revision(note.at)}, this evidence {lost}"


def list_unused(filled: FilledLedger) -> list[str]:
    """Return sentences on the parts of the saved reports that could not be used."""
    sentences = []
    if any(note.because == "gone" for note in filled.ledger.drifted().values()):
        sentences.append(
            "If evidence is no longer there, the lines that it quotes were removed or reworded, or were "
            "never merged."
        )
    if filled.unmatched:
        about = "it is about a check" if filled.unmatched == 1 else "they are about checks"
        sentences.append(
            f"Sensei couldn't use {count(filled.unmatched, 'result')} from saved reports, because {about} "
            "that this rubric doesn't have."
        )
    if filled.unchecked:
        which = "it isn't" if filled.unchecked == 1 else "they aren't"
        sentences.append(
            f"Sensei couldn't use {count(filled.unchecked, 'quote')} from saved reports, because {which} in "
            "the files that were read."
        )
    return sentences
