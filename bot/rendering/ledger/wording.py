"""What every page about a ledger says, in whatever form. No level is in it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.ledger.baseline import FilledLedger
from bot.domain.ledger.evidence import CheckState, Drift, Entry, Statement
from bot.domain.ledger.ledger import counts
from bot.domain.review.report import Citation
from bot.domain.rubrics.rubric import Check, Criterion
from bot.rendering.text.safe_text import count, place, short, stacks, visible

EXPLAINED = (
    "Met: something supports the whole check, and nothing is against it. Partly met: something supports "
    "a part. Contested: there is evidence for and against it. Open: a reading of the whole looked, and "
    "nothing supports it. Not assessed: nothing was found, and signals cannot show that something is "
    "missing; that takes a person or a model. A state is about the repository, not about anyone."
)
INCOMPLETE = (
    "Incomplete: what was not read may hold what is missing here. Sensei asks no questions because of that."
)
Show = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One check that a reading has spoken to, or that does not apply: places and what is missing as text."""

    check: Check
    state: CheckState
    supports: tuple[str, ...]
    against: tuple[str, ...]
    missing: tuple[str, ...]
    reason: str
    drift: Drift | None


@dataclass(frozen=True, slots=True)
class CriterionSection:
    """One criterion: its rows, and the checks that no reading has spoken to."""

    criterion: Criterion
    rows: tuple[LedgerRow, ...]
    not_assessed: tuple[str, ...]


def sections(filled: FilledLedger) -> Iterator[CriterionSection]:
    """Lay the ledger out in the rubric's order."""
    ledger = filled.ledger
    states, drifted = ledger.states(), ledger.drifted()
    reasons = {each.check: f"by {each.by}: {each.reason}" for each in ledger.exemptions}
    for criterion in filled.rubric.criteria:
        rows = tuple(
            _row(filled, check, states[check.id], reasons.get(check.id, ""), drifted.get(check.id))
            for check in criterion.checks
            if states[check.id] is not CheckState.NOT_ASSESSED
        )
        left = tuple(check.id for check in criterion.checks if states[check.id] is CheckState.NOT_ASSESSED)
        yield CriterionSection(criterion, rows, left)


def _row(
    filled: FilledLedger, check: Check, state: CheckState, reason: str, drift: Drift | None
) -> LedgerRow:
    live = [entry for entry in filled.ledger.entries if entry.check == check.id and entry.live]
    supports = [entry for entry in live if entry.direction == "supports"]
    against = [entry for entry in live if entry.direction == "weakens"]
    # What a partial support lacks is of no interest where a whole one stands.
    partial = [] if any(not entry.partial for entry in supports) else supports
    missing = tuple(dict.fromkeys(entry.missing for entry in partial if entry.missing))
    return LedgerRow(
        check, state, _places(filled, supports), _places(filled, against), missing, reason, drift
    )


def _places(filled: FilledLedger, entries: list[Entry]) -> tuple[str, ...]:
    """Name where evidence stands: at the head where the baseline found it too, else where it was read."""
    head = filled.baseline.head
    current = {entry.evidence for entry in entries if _commit(entry) == head}
    shown = [entry for entry in entries if _commit(entry) == head or entry.evidence not in current]
    return tuple(dict.fromkeys(where(entry.citation, head) for entry in shown))


def _commit(entry: Entry) -> str | None:
    return entry.citation.commit if isinstance(entry.citation, Citation) else None


def where(cited: Citation | Statement, head: str) -> str:
    """Return ``app/client.py:7``, with its commit where it was read elsewhere, or a statement's reference."""
    if isinstance(cited, Statement):
        return f"{cited.source} {visible(cited.reference)}"
    return place(cited) if cited.commit == head else f"{place(cited)} as of {short(cited.commit)}"


def subject(filled: FilledLedger, show: Show) -> str:
    """Say what was read against what."""
    baseline = filled.baseline
    reports = f", {count(filled.reports, 'saved report')}" if filled.reports else ""
    rubric = f"rubric {filled.rubric.id} {filled.rubric.version}"
    return f"whole tree at {show(short(baseline.head))}{reports} · {rubric} · stacks: {stacks(baseline)}"


def tally(filled: FilledLedger) -> str:
    """Count the checks in each state, every state named."""
    found = counts(filled.ledger.states())
    return " · ".join(f"{number:,} {state}" for state, number in found.items())


def fell(note: Drift) -> str:
    """Say how a check fell back, up to the places where its support stood."""
    return f"was {note.before}, is {note.after}: no longer found at {short(note.at)}"


def aside(filled: FilledLedger) -> list[str]:
    """Say what of the saved reports could not be used."""
    said = []
    if any(note.because == "gone" for note in filled.ledger.drifted().values()):
        said.append("What is no longer found was taken away or reworded since, or never merged.")
    if filled.unmatched:
        said.append(
            f"{count(filled.unmatched, 'movement')} of saved reports left out: the rubric here does not have "
            "their checks."
        )
    if filled.unchecked:
        said.append(
            f"{count(filled.unchecked, 'citation')} of saved reports left out: not found, and not every file "
            "was read."
        )
    return said
